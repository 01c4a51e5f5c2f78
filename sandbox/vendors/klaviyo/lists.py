"""Klaviyo's lists: filtered, sorted, with the fields asked for, going on by links."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from sandbox.calls import Answer, Call, Handler
from sandbox.vendors.klaviyo import people, records
from sandbox.vendors.klaviyo.access import complaint, refusal, told
from sandbox.world import World

ROOT: Final = "https://a.klaviyo.com"
_MAKE: Final[dict[str, Callable[[World], list[records.Record]]]] = {
    "campaigns": records.campaigns,
    "flows": records.flows,
    "lists": records.lists,
    "segments": records.segments,
    "metrics": records.metrics,
    "profiles": people.profiles,
    "tags": records.tags,
}
KINDS: Final = tuple(_MAKE)
_SIZES: Final = {
    "campaigns": (100, 100),
    "flows": (50, 50),
    "metrics": (200, 200),
    "profiles": (20, 100),
    "tags": (50, 50),
}
_LIMITS: Final = {"flows": "3, 3;w=1, 60;w=60", "campaigns": "10, 10;w=1, 150;w=60", "metrics": "10, 10;w=1, 150;w=60"}
_CONDITION: Final = re.compile(r"([a-z-]+)\(([\w.]+),\s*(\[[^\]]*\]|\"[^\"]*\"|'[^']*'|[^(),]+)\)")
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "equals": lambda value, wanted: value == wanted,
    "greater-than": lambda value, wanted: value > wanted,
    "greater-or-equal": lambda value, wanted: value >= wanted,
    "less-than": lambda value, wanted: value < wanted,
    "less-or-equal": lambda value, wanted: value <= wanted,
    "any": lambda value, wanted: value in wanted,
}


def accounts(call: Call) -> Answer:
    """GET /api/accounts."""
    return refusal(call, "accounts:read") or told(
        {"data": [records.account()], "links": _links(call.path, call.query, None)}, limits="1, 1;w=1, 15;w=60"
    )


def _invalid(parameter: str, detail: str) -> Answer:
    return complaint(HTTPStatus.BAD_REQUEST, "invalid", "Invalid input.", detail=detail, parameter=parameter)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _value(text: str) -> Any:  # noqa: ANN401 -- a text, a moment, a truth or a list of texts
    if text.startswith("["):
        return re.findall(r"[\"']([^\"']*)[\"']", text)
    if text in ("true", "false"):
        return text == "true"
    bare = text.strip("\"'")
    return _moment(bare) or bare


def _field(record: records.Record, name: str) -> Any:  # noqa: ANN401 -- as above
    if name == "messages.channel":
        return record["channel"]
    value = record["id"] if name == "id" else record["attributes"]
    for step in name.split(".") if name != "id" else ():
        value = value.get(step) if isinstance(value, dict) else None
    return (_moment(value) or value) if isinstance(value, str) else value


def _passes(record: records.Record, conditions: list[tuple[str, str, Any]]) -> bool:
    for operator, name, wanted in conditions:
        value = _field(record, name)
        if value is None or operator not in _COMPARE or not _COMPARE[operator](value, wanted):
            return False
    return True


def listed(call: Call) -> Answer:
    """A page of a list."""
    kind, asked = call.parts["kind"], call.arguments
    refused = refusal(call, f"{kind}:read")
    if refused:
        return refused
    conditions = [
        (operator, name, _value(text)) for operator, name, text in _CONDITION.findall(asked.get("filter", ""))
    ]
    if kind == "campaigns" and not any(name == "messages.channel" for _, name, _ in conditions):
        return _invalid("filter", "A channel filter is required to list campaigns: equals(messages.channel,'email')")
    default, most = _SIZES.get(kind, (10, 10))
    size = asked.get("page[size]", str(default))
    if not size.isdigit() or not 1 <= int(size) <= most:
        return _invalid("page[size]", f"Page size must be an integer between 1 and {most}.")
    start = _place(asked.get("page[cursor]", ""))
    if start is None:
        return _invalid("page[cursor]", "Invalid page cursor.")
    every = call.state.shelf(("klaviyo", kind), partial(_MAKE[kind], call.world))
    rows = [row for row in every if _passes(row, conditions)]
    sort = asked.get("sort", "")
    if sort:
        rows.sort(key=lambda row: (str(_field(row, sort.lstrip("-"))), row["id"]), reverse=sort.startswith("-"))
    after = start + int(size) if start + int(size) < len(rows) else None
    shown = [_shown(row, asked) for row in rows[start : start + int(size)]]
    return told({"data": shown, "links": _links(call.path, call.query, after, asked)}, limits=_limits(kind))


def _limits(kind: str) -> str:
    return _LIMITS.get(kind, "75, 75;w=1, 750;w=60")


def _shown(record: records.Record, asked: dict[str, str]) -> records.Record:
    """The record with the attributes that were asked for; some come only when they are asked for twice over."""
    kind, attributes = record["type"], record["attributes"]
    if kind == "profile" and "subscriptions" not in asked.get("additional-fields[profile]", ""):
        attributes = {name: value for name, value in attributes.items() if name != "subscriptions"}
    if fields := asked.get(f"fields[{kind}]"):
        attributes = _picked(attributes, [name.split(".") for name in fields.split(",")])
    kept = {name: value for name, value in record.items() if name != "channel"}
    return {**kept, "attributes": attributes}


def _picked(whole: dict[str, Any], paths: list[list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in paths):
        below = [path[1:] for path in paths if path[0] == name]
        if name in whole:
            deeper = all(below) and isinstance(whole[name], dict)
            found[name] = _picked(whole[name], below) if deeper else whole[name]
    return found


def _links(path: str, query: str, after: int | None, asked: dict[str, str] | None = None) -> dict[str, str | None]:
    own = f"{ROOT}{path}" + (f"?{query}" if query else "")
    following = urlencode({**(asked or {}), "page[cursor]": _cursor(after)}) if after is not None else ""
    return {"self": own, "next": f"{ROOT}{path}?{following}" if following else None, "prev": None}


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"next::id::{place}".encode()).decode()


def _place(cursor: str) -> int | None:
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        return None
    number = text.removeprefix("next::id::")
    return int(number) if number.isdigit() else None


def endless(call: Call, handle: Handler) -> Answer:
    """The same page again and again, which always says that there is more."""
    asked = {name: value for name, value in call.arguments.items() if name != "page[cursor]"}
    answer = handle(replace(call, query=urlencode(asked)))
    whole = orjson.loads(answer.body)
    if "links" not in whole:
        return answer
    key = "page[cursor]" if call.method == "GET" else "page_cursor"
    following = f"{ROOT}{call.path}?{urlencode({**asked, key: _cursor(0)})}"
    return told({**whole, "links": {**whole["links"], "next": following}})
