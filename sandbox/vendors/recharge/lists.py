"""Recharge's lists: by cursor, filtered by time and status, sorted as asked."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode

import orjson

from sandbox.calls import Answer, Call, Handler, said
from sandbox.vendors.recharge import billing, records
from sandbox.vendors.recharge.access import complaint, refusal
from sandbox.world import World

_SCOPES: Final = {
    "customers": "read_customers",
    "addresses": "read_customers",
    "subscriptions": "read_subscriptions",
    "charges": "read_orders",
    "orders": "read_orders",
    "products": "read_products",
}
KINDS: Final = tuple(_SCOPES)
_MAKE: Final[dict[str, Callable[[World], list[records.Record]]]] = {
    "customers": records.customers,
    "addresses": records.addresses,
    "subscriptions": records.subscriptions,
    "charges": billing.charges,
    "orders": billing.orders,
    "products": records.products,
}
_MOST: Final = 250
_BOUNDS: Final[dict[str, Callable[[datetime, datetime], bool]]] = {
    "min": lambda value, bound: value >= bound,
    "max": lambda value, bound: value <= bound,
}
_SORTS: Final = frozenset(
    f"{name}-{way}" for name in ("id", "updated_at", "created_at", "scheduled_at") for way in ("asc", "desc")
)


def invalid(field: str, message: str) -> Answer:
    return said({"errors": {field: [message]}}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _asked(call: Call) -> dict[str, str] | Answer:
    """The parameters; a cursor brings those it was made with, and stands no other beside it but the limit."""
    asked = call.arguments
    cursor = asked.get("cursor")
    if not cursor:
        return asked
    try:
        kept = dict(parse_qsl(orjson.loads(base64.b64decode(cursor, validate=True))["query"]))
    except (ValueError, KeyError, TypeError):
        return invalid("cursor", "Invalid value")
    if set(asked) - {"cursor", "limit"}:
        return invalid("cursor", "Cannot be combined with other parameters")
    return kept | {name: value for name, value in asked.items() if name == "limit"}


def listed(call: Call) -> Answer:
    """A page of a list."""
    kind = call.parts["kind"]
    refused = refusal(call, _SCOPES[kind])
    asked = refused or _asked(call)
    if isinstance(asked, Answer):
        return asked
    limit = asked.get("limit", "50")
    if not limit.isdigit() or not 1 <= int(limit) <= _MOST:
        return invalid("limit", "Must be between 1 and 250")
    try:
        rows = _chosen(call, kind, asked)
    except ValueError as error:
        return invalid(str(error).partition(" ")[0], f"Invalid date: {error}. Must be a valid ISO-8601 datetime string")
    start, size = int(asked.get("place", "0")), int(limit)
    more = start + size < len(rows)
    return said(
        {
            "next_cursor": _cursor(asked, start + size) if more else None,
            "previous_cursor": _cursor(asked, max(start - size, 0)) if start else None,
            kind: rows[start : start + size],
        }
    )


def _cursor(asked: dict[str, str], place: int) -> str:
    query = urlencode({**{name: value for name, value in asked.items() if name != "limit"}, "place": str(place)})
    return base64.b64encode(orjson.dumps({"query": query, "cursor_dir": "next"})).decode()


def _all(call: Call, kind: str) -> list[records.Record]:
    return call.state.shelf(("recharge", kind), partial(_MAKE[kind], call.world))


def _chosen(call: Call, kind: str, asked: dict[str, str]) -> list[records.Record]:
    rows = _all(call, kind)
    for name, value in asked.items():
        field, _, bound = name.rpartition("_")
        if bound in _BOUNDS and field.endswith("_at"):
            try:
                limit = _moment(value)
            except ValueError:
                raise ValueError(f"{name} {value}") from None
            rows = [row for row in rows if row.get(field) and _BOUNDS[bound](_moment(row[field]), limit)]
        elif name in ("status", "type"):
            rows = [row for row in rows if row.get(name) == value.lower()]
        elif name in ("customer_id", "address_id"):
            rows = [row for row in rows if str(row.get(name)) == value]
        elif name == "ids":
            wanted = set(value.split(","))
            rows = [row for row in rows if str(row["id"]) in wanted]
    sort = asked.get("sort_by", "id-desc")
    if kind == "products" or sort not in _SORTS:
        return rows
    field, _, way = sort.partition("-")
    return sorted(rows, key=lambda row: (row.get(field) or "", row["id"]), reverse=way == "desc")


def one(call: Call) -> Answer:
    """A single record."""
    kind = call.parts["kind"]
    refused = refusal(call, _SCOPES[kind])
    name = "external_product_id" if kind == "products" else "id"
    row = None if refused else next((row for row in _all(call, kind) if str(row[name]) == call.parts["id"]), None)
    single = "address" if kind == "addresses" else kind.removesuffix("s")
    return refused or (said({single: row}) if row else complaint(HTTPStatus.NOT_FOUND, "Not Found"))


def endless(call: Call, handle: Handler) -> Answer:
    """The first page again and again, always with the same cursor."""
    answer = handle(replace(call, query="limit=250"))
    whole = orjson.loads(answer.body)
    return said({**whole, "next_cursor": _cursor({}, 0)}) if "next_cursor" in whole else answer
