"""How Recharge's pages are read: lists by cursor, of what changed since the last time."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import Any, Final, TypeAlias

import orjson

from resources.errors import Stop
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "2021-11"
ROOT: Final = "https://api.rechargeapps.com"
_LIMIT: Final = "250"
_QUEUED: Final = "queued"
Read: TypeAlias = Callable[[Api, Window], Iterator[Page]]


def _facts(api: Api) -> dict[str, str]:
    return {"store_id": api.account, "currency": api.settings["currency"], "time_zone": api.settings["time_zone"]}


def _list(api: Api, resource: str, params: Mapping[str, str]) -> Iterator[Reply]:
    asked, seen = {"limit": _LIMIT, **params}, set[str]()
    while True:
        reply = api.get(f"{ROOT}/{resource}", params=asked)
        yield reply
        cursor = reply.json().get("next_cursor")
        if not cursor:
            return
        if cursor in seen:
            raise Stop(
                "a page token came twice, so the list would never end.",
                to=reply.to,
                do_next="The next sync starts the list again.",
            )
        seen.add(cursor)
        # a cursor holds the filters of the list it was made for, and is refused beside them
        asked = {"limit": _LIMIT, "cursor": cursor}


def _since(window: Window) -> dict[str, str]:
    if window.since is None:
        return {}
    moment = window.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return {"updated_at_min": moment, "sort_by": "updated_at-asc"}


def changed(resource: str) -> Read:
    """A reader of what changed in one list."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        for reply in _list(api, resource, _since(window)):
            yield Page(body=reply.body, facts=_facts(api))

    return read


def _records(reply: Reply, name: str) -> list[dict[str, Any]]:
    answer = reply.json()
    found = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        return found
    raise Stop(f"a page holds no list {name}.", to=reply.to, do_next="Nothing of it was stored.")


def _page(api: Api, name: str, records: list[dict[str, Any]]) -> Page:
    return Page(body=orjson.dumps({name: records}), facts=_facts(api))


def read_charges(api: Api, window: Window) -> Iterator[Page]:
    """Charges that were tried. Those still queued are rewritten daily and may vanish: see `read_queue`."""
    for reply in _list(api, "charges", _since(window)):
        rows = _records(reply, "charges")
        yield _page(api, "charges", [row for row in rows if str(row.get("status", "")).lower() != _QUEUED])


def read_queue(api: Api, _window: Window) -> Iterator[Page]:
    for reply in _list(api, "charges", {"status": _QUEUED}):
        yield Page(body=reply.body, facts=_facts(api))


def read_orders(api: Api, window: Window) -> Iterator[Page]:
    """Orders whose lines are numbered, since a line has no id of its own."""
    for reply in _list(api, "orders", _since(window)):
        rows = _records(reply, "orders")
        for row in rows:
            lines = row.get("line_items")
            for place, line in enumerate(lines if isinstance(lines, list) else ()):
                line["position"] = place
        yield _page(api, "orders", rows)


def read_products(api: Api, _window: Window) -> Iterator[Page]:
    for reply in _list(api, "products", {}):
        yield Page(body=reply.body, facts=_facts(api))
