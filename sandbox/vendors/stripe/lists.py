"""Stripe's lists: newest first, by cursor, filtered by time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.vendors.stripe import records
from sandbox.vendors.stripe.access import complaint, granted
from sandbox.world import World
from sandbox.world.ledger import Entry

_LIMIT: Final = 100


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """All objects of one kind, newest first, with where each id stands."""

    rows: Sequence[Any]
    created: Sequence[int]
    places: dict[str, int]
    render: Callable[[Any, World], records.Record]


def _shelf(rows: Sequence[Any], created: Callable[[Any], int], render: Callable[[Any, World], records.Record]) -> Shelf:
    ordered = sorted(rows, key=lambda row: (created(row), row.id), reverse=True)
    return Shelf(
        rows=ordered,
        created=[created(row) for row in ordered],
        places={row.id: place for place, row in enumerate(ordered)},
        render=render,
    )


def _by_created(row: Any) -> int:  # noqa: ANN401 -- every row of the ledger has its time
    return int(row.created)


def _entries(world: World) -> list[Entry]:
    """The balance with its payouts, each entry knowing the payout it was part of."""
    made, settled = world.settlement
    rows = [replace(row, payout=settled.get(row.id)) for row in world.balance]
    rows += [
        Entry(
            id=f"txn_{one.id.replace('_', '')}",
            kind="payout",
            category="payout",
            source=one.id,
            amount=-one.amount,
            fee=0,
            created=one.created,
            available=one.arrival,
            exchange_rate=None,
            description="STRIPE PAYOUT",
            payout=one.id,
        )
        for one in made
    ]
    return rows


def _opened(row: Any) -> int:  # noqa: ANN401 -- a dispute keeps its time among its facts
    return int(row.facts.created)


_SHELVES: Final[dict[str, Callable[[World], Shelf]]] = {
    "charges": lambda world: _shelf(world.charges, _by_created, records.charge),
    "refunds": lambda world: _shelf(world.charge_refunds, _by_created, records.refund),
    "disputes": lambda world: _shelf(world.disputes, _opened, records.dispute),
    "payouts": lambda world: _shelf(world.payouts, _by_created, records.payout),
    "balance_transactions": lambda world: _shelf(_entries(world), _by_created, records.entry),
}
KINDS: Final = tuple(_SHELVES)
_PERMISSIONS: Final = {"refunds": "charge", "balance_transactions": "balance_transaction"}
_COMPARE: Final[dict[str, Callable[[int, int], bool]]] = {
    "gte": lambda value, bound: value >= bound,
    "gt": lambda value, bound: value > bound,
    "lte": lambda value, bound: value <= bound,
    "lt": lambda value, bound: value < bound,
}


def _open(call: Call) -> Shelf | Answer:
    kind = call.parts["kind"]
    refusal = granted(call, f"rak_{_PERMISSIONS.get(kind, kind[:-1])}_read")
    return refusal or call.state.shelf(("stripe", kind), partial(_SHELVES[kind], call.world))


def listed(call: Call) -> Answer:
    """A page of a list."""
    shelf = _open(call)
    if isinstance(shelf, Answer):
        return shelf
    asked = call.arguments
    cursor = asked.get("starting_after") or asked.get("ending_before")
    if cursor and cursor not in shelf.places:
        kind = call.parts["kind"].rstrip("s")
        message = f"No such {kind}: '{cursor}'"
        return complaint(message, status=HTTPStatus.BAD_REQUEST, code="resource_missing", param="starting_after")
    if not asked.get("limit", "10").isdigit() or not 1 <= int(asked.get("limit", "10")) <= _LIMIT:
        return complaint("Invalid limit: must be between 1 and 100.", status=HTTPStatus.BAD_REQUEST, param="limit")
    key = ("stripe", call.path, *sorted(asked.items()))
    return Answer(body=call.state.page(key, partial(_page, call, shelf)), headers=echoed(call))


def _page(call: Call, shelf: Shelf) -> bytes:
    asked = call.arguments
    limit = int(asked.get("limit", "10"))
    places = range(len(shelf.rows))
    if "starting_after" in asked:
        places = places[shelf.places[asked["starting_after"]] + 1 :]
    elif "ending_before" in asked:
        places = places[: shelf.places[asked["ending_before"]]][-limit:]
    chosen: list[Any] = []
    more = False
    for place in places:
        if _matches(shelf, place, asked):
            if len(chosen) == limit:
                more = True
                break
            chosen.append(shelf.render(shelf.rows[place], call.world))
    return orjson.dumps({"object": "list", "data": chosen, "has_more": more, "url": call.path})


def _matches(shelf: Shelf, place: int, asked: dict[str, str]) -> bool:
    row = shelf.rows[place]
    for name, value in asked.items():
        field, _, operator = name.rstrip("]").partition("[")
        if field in ("created", "arrival_date") and value.lstrip("-").isdigit():
            moment = shelf.created[place] if field == "created" else row.arrival
            if not (_COMPARE[operator](moment, int(value)) if operator in _COMPARE else moment == int(value)):
                return False
        if field == "payout" and getattr(row, "payout", None) != value:
            return False
        if field == "charge" and row.charge.id != value:
            return False
        if field == "type" and row.kind != value:
            return False
    return True


def one(call: Call) -> Answer:
    """A single object."""
    shelf = _open(call)
    if isinstance(shelf, Answer):
        return shelf
    name = call.parts["id"]
    if name not in shelf.places:
        message = f"No such {call.parts['kind'].rstrip('s')}: '{name}'"
        return complaint(message, status=HTTPStatus.NOT_FOUND, code="resource_missing", param="id")
    return said(shelf.render(shelf.rows[shelf.places[name]], call.world), headers=echoed(call))


def endless(call: Call, handle: Callable[[Call], Answer]) -> Answer:
    """The first page again and again, which always says that there is more."""
    answer = handle(replace(call, query="limit=100"))
    whole = orjson.loads(answer.body)
    return said({**whole, "has_more": True}, headers=echoed(call)) if "has_more" in whole else answer


def echoed(call: Call) -> dict[str, str]:
    """The headers that Stripe sends with everything."""
    version = call.headers.get("stripe-version", "2026-10-28.endive")
    return {"stripe-version": version, "request-id": f"req_{abs(hash((call.path, call.query))):x}"[:18]}
