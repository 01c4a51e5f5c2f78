"""What a report request says: its dimensions, metrics, spans of days, filter and order."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson

from sandbox.world.marketing import TrafficDay

DIMENSIONS: Final[dict[str, Callable[[TrafficDay], str]]] = {
    "date": lambda visit: visit.day.strftime("%Y%m%d"),
    "sessionDefaultChannelGroup": lambda visit: visit.channel,
    "sessionSource": lambda visit: visit.source,
    "sessionMedium": lambda visit: visit.medium,
    "sessionSourceMedium": lambda visit: f"{visit.source} / {visit.medium}",
    "sessionCampaignName": lambda visit: visit.campaign,
    "sessionManualAdContent": lambda visit: visit.content,
}
METRICS: Final[dict[str, tuple[str, Callable[[TrafficDay], int]]]] = {
    "sessions": ("TYPE_INTEGER", lambda visit: visit.sessions),
    "engagedSessions": ("TYPE_INTEGER", lambda visit: visit.engaged),
    "totalUsers": ("TYPE_INTEGER", lambda visit: visit.users),
    "activeUsers": ("TYPE_INTEGER", lambda visit: visit.users),
    "newUsers": ("TYPE_INTEGER", lambda visit: visit.new_users),
    "ecommercePurchases": ("TYPE_INTEGER", lambda visit: visit.purchases),
    "transactions": ("TYPE_INTEGER", lambda visit: visit.purchases),
    "purchaseRevenue": ("TYPE_CURRENCY", lambda visit: visit.revenue),
    "totalRevenue": ("TYPE_CURRENCY", lambda visit: visit.revenue),
    # of the sessions, those that had a purchase: each order is a session of its own
    "sessionKeyEventRate:purchase": ("TYPE_FLOAT", lambda visit: visit.purchases),
}
_MOST: Final = {"dimension": 9, "metric": 10}


class Unclear(ValueError):  # noqa: N818 -- it says what is wrong with the request
    """The request cannot be answered; the text is Google's kind of complaint."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """One range of days."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request, read. `key` tells requests apart that differ in more than their page."""

    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    spans: tuple[Span, ...]
    filter: Any
    orders: tuple[Any, ...]
    key: bytes


def read(body: Any, today: date) -> Ask:  # noqa: ANN401 -- JSON has any shape
    """Takes the body of a runReport apart.

    Raises:
        Unclear: it asks for what there is not.
    """
    if not isinstance(body, dict):
        raise Unclear("Invalid JSON payload received.")
    paging = {"limit", "offset", "returnPropertyQuota"}
    kept = {name: value for name, value in body.items() if name not in paging}
    return Ask(
        dimensions=_names(body, "dimension", DIMENSIONS),
        metrics=_names(body, "metric", METRICS),
        spans=tuple(_span(given, place, today) for place, given in enumerate(body.get("dateRanges", []))),
        filter=body.get("dimensionFilter"),
        orders=tuple(body.get("orderBys", [])),
        key=orjson.dumps(kept, option=orjson.OPT_SORT_KEYS),
    )


def _names(body: dict[str, Any], kind: str, known: dict[str, Any]) -> tuple[str, ...]:
    names = tuple(each.get("name", "") for each in body.get(f"{kind}s", []))
    for name in names:
        if name not in known:
            raise Unclear(f"Field {name} is not a valid {kind}. For a list of valid {kind}s see the schema.")
    if len(names) > _MOST[kind]:
        raise Unclear(f"Requests are limited to {_MOST[kind]} {kind}s.")
    return names


def _span(given: dict[str, str], place: int, today: date) -> Span:
    first, last = _day(given.get("startDate", ""), today), _day(given.get("endDate", ""), today)
    if first > last:
        raise Unclear("Invalid DateRange: startDate is after endDate.")
    return Span(name=given.get("name") or f"date_range_{place}", first=first, last=last)


def _day(text: str, today: date) -> date:
    back = {"today": 0, "yesterday": 1}.get(text)
    if found := re.fullmatch(r"(\d+)daysAgo", text):
        back = int(found[1])
    if back is not None:
        return today - timedelta(days=back)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unclear(f"Invalid date: {text}") from None


def keeps(wanted: Any, visit: TrafficDay) -> bool:  # noqa: ANN401 -- a filter expression
    """Whether the visit passes the filter."""
    if not wanted:
        return True
    if "andGroup" in wanted:
        return all(keeps(part, visit) for part in wanted["andGroup"].get("expressions", []))
    if "orGroup" in wanted:
        return any(keeps(part, visit) for part in wanted["orGroup"].get("expressions", []))
    if "notExpression" in wanted:
        return not keeps(wanted["notExpression"], visit)
    one = wanted.get("filter", {})
    known = DIMENSIONS.get(one.get("fieldName", ""))
    value = known(visit) if known else ""
    if "inListFilter" in one:
        return value in one["inListFilter"].get("values", [])
    text = str(one.get("stringFilter", {}).get("value", ""))
    tests = {"CONTAINS": text in value, "BEGINS_WITH": value.startswith(text)}
    return tests.get(one.get("stringFilter", {}).get("matchType", "EXACT"), value == text)


def sorter(ask: Ask) -> list[tuple[int, bool, bool]]:
    """The order, most important first: which place, whether among the metrics, whether descending."""
    if not ask.orders:
        return [(0, True, True)] if ask.metrics else []
    found = []
    for order in ask.orders:
        metric, dimension = order.get("metric"), order.get("dimension")
        try:
            place = (
                ask.metrics.index(metric["metricName"]) if metric else ask.dimensions.index(dimension["dimensionName"])
            )
        except (KeyError, TypeError, ValueError):
            raise Unclear("An orderBy names a field that is not in the request.") from None
        found.append((place, bool(metric), bool(order.get("desc"))))
    return found
