"""Queries answered: in pages, or as one stream."""

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, Handler, said
from sandbox.vendors.google_ads import access, records
from sandbox.vendors.google_ads.gaql import Malformed, Query, Row, parse
from sandbox.world.marketing import AdAccount, AdDay

_PAGE: Final = 10_000
_LETTER: Final = re.compile(r"_([a-z])")


def _wrong(kind: str, code: str, message: str) -> Answer:
    return access.complaint(kind, code, message, status=HTTPStatus.BAD_REQUEST)


def accessible(call: Call) -> Answer:
    """GET customers:listAccessibleCustomers."""
    facts = access.holder(call)
    if isinstance(facts, Answer):
        return facts
    ids = (access.MANAGER, call.world.ads["google_ads"].id)
    return said({"resourceNames": [f"customers/{one}" for one in ids]})


def _found(call: Call) -> tuple[Query, list[Row]] | Answer:
    """The query and the rows that answer it."""
    asked, customer = call.json(), access.customer(call)
    if isinstance(customer, Answer):
        return customer
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return _wrong("requestError", "REQUIRED_FIELD_MISSING", "Required field was not present: query.")
    if asked.get("pageSize"):
        return _wrong("requestError", "PAGE_SIZE_NOT_SUPPORTED", "Setting the page size is not supported.")
    try:
        query = parse(asked["query"])
    except Malformed as malformed:
        return _wrong("queryError", "UNEXPECTED_INPUT", str(malformed))
    if customer == access.MANAGER and any(name.startswith("metrics.") for name in query.fields):
        message = "Metrics cannot be requested for a manager account."
        return _wrong("queryError", "REQUESTED_METRICS_FOR_MANAGER", message)
    rows = call.state.shelf(
        ("google_ads", customer, asked["query"]), lambda: _rows(query, call.world.ads["google_ads"], customer)
    )
    return rows if isinstance(rows, Answer) else (query, rows)


def _rows(query: Query, owner: AdAccount, customer: str) -> list[Row] | Answer:
    rows = _all(query, owner, customer)
    if rows is None:
        return _wrong("queryError", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"Invalid resource: {query.resource}.")
    asked = {*query.fields, *(condition.field for condition in query.where)}
    unknown = sorted(asked - known(query.resource, owner))
    if unknown:
        return _wrong("queryError", "UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{unknown[0]}'.")
    found = [row for row in rows if query.answers(row)]
    for name, down in reversed(query.order):
        found.sort(key=lambda row, name=name: row.get(name) or "", reverse=down)  # type: ignore[misc]
    return found[: query.limit]


def known(resource: str, owner: AdAccount) -> set[str]:
    """The names that a query over this resource may use."""
    if resource == "customer":
        return set(records.customer(owner, owner.id))
    if resource == "customer_client":
        return set(next(records.clients(owner, owner.id)))
    if resource == "customer_user_access":
        return set(next(records.accesses(owner.id)))
    return {
        "segments.date",
        *records.metrics([]),
        *next(iter(records.entities(resource, owner)))[1],
        "campaign.end_date_time",
    }


def _all(query: Query, owner: AdAccount, customer: str) -> Iterable[Row] | None:
    match query.resource:
        case "customer":
            return [records.customer(owner, customer)]
        case "customer_client":
            return list(records.clients(owner, customer))
        case "customer_user_access":
            return list(records.accesses(customer))
        case "campaign" | "ad_group" | "ad_group_ad":
            return _owned(query, owner) if customer == owner.id else []
    return None


def _owned(query: Query, owner: AdAccount) -> Iterable[Row]:
    if any(name.startswith(("metrics.", "segments.")) for name in query.fields):
        return _delivered(query, owner)
    return [row for _, row in records.entities(query.resource, owner)]


def _delivered(query: Query, owner: AdAccount) -> Iterable[Row]:
    """Rows by entity and day, or over all days asked for where the day is not selected."""
    entities = dict(records.entities(query.resource, owner))
    when = [condition for condition in query.where if condition.field == "segments.date"]
    sums: dict[tuple[str, int], list[AdDay]] = defaultdict(list)
    for place, day, rows in records.by_day(query.resource, owner):
        if place in entities and all(condition.holds(day) for condition in when):
            sums[day if "segments.date" in query.fields else "", place].extend(rows)
    for (_, place), rows in sums.items():
        yield {**entities[place], "segments.date": rows[-1].day.isoformat(), **records.metrics(rows)}


def _camel(name: str) -> str:
    return _LETTER.sub(lambda found: found[1].upper(), name)


def _shown(row: Row, fields: Sequence[str]) -> dict[str, Any]:
    """A row as it is sent: only what was asked for, nested, each resource with its name."""
    whole: dict[str, Any] = {}
    for field in fields:
        *path, last = field.split(".")
        for depth in range(1, len(path) + 1):
            name = ".".join((*path[:depth], "resource_name"))
            if name in row:
                _put(whole, name, row[name])
        if row.get(field) is not None:
            _put(whole, ".".join((*path, last)), row[field])
    return whole


def _put(whole: dict[str, Any], field: str, value: object) -> None:
    *path, last = map(_camel, field.split("."))
    for name in path:
        whole = whole.setdefault(name, {})
    whole[last] = value


def _part(query: Query, rows: Sequence[Row]) -> dict[str, Any]:
    part: dict[str, Any] = {"results": [_shown(row, query.fields) for row in rows]} if rows else {}
    return {**part, "fieldMask": ",".join(map(_camel, query.fields)), "queryResourceConsumption": "318"}


def search(call: Call) -> Answer:
    """POST customers/…/googleAds:search, in pages of ten thousand rows."""
    found = _found(call)
    if isinstance(found, Answer):
        return found
    query, rows = found
    token = call.json().get("pageToken") or base64.b64encode(b"0").decode()
    try:
        start = int(base64.b64decode(token, validate=True))
    except ValueError:
        return _wrong("requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")
    end = start + _PAGE
    more = {"nextPageToken": base64.b64encode(str(end).encode()).decode()} if end < len(rows) else {}

    def render() -> bytes:
        return orjson.dumps({**_part(query, rows[start:end]), **more})

    return Answer(body=call.state.page(("google_ads", call.path, call.json()["query"], start), render))


def stream(call: Call) -> Answer:
    """POST customers/…/googleAds:searchStream: a list of parts."""
    found = _found(call)
    if isinstance(found, Answer):
        return replace(found, body=b"[" + found.body + b"]")
    query, rows = found
    parts = [
        {**_part(query, rows[at : at + _PAGE]), "requestId": "Sandbox000000000000001"}
        for at in range(0, len(rows), _PAGE)
    ]
    return said(parts)


def endless(call: Call, handle: Handler) -> Answer:
    """The first page again and again, with the same token for the next."""
    body = call.json() or {}
    body.pop("pageToken", None)
    answer = handle(replace(call, body=orjson.dumps(body)) if call.body else call)
    whole = orjson.loads(answer.body)
    return said({**whole, "nextPageToken": "Q0lQc2FuZGJveA=="}) if "fieldMask" in whole else answer
