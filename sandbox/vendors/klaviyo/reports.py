"""Klaviyo's reports: what came of campaigns and flows, and how often things happened."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

from sandbox.calls import Answer, Call
from sandbox.vendors.klaviyo.access import complaint, refusal, told
from sandbox.vendors.klaviyo.lists import ROOT
from sandbox.vendors.klaviyo.records import METRICS, Metric
from sandbox.world import World, midnight
from sandbox.world.entities import SHOP_ZONE
from sandbox.world.marketing import Message, MessageDay

_LIMITS: Final = "1, 1;w=1, 2;w=60, 225;w=86400"
_ZONE: Final = ZoneInfo(SHOP_ZONE)
_YEAR: Final = timedelta(days=366)
_COUNTS: Final[dict[str, Callable[[MessageDay], int]]] = {
    "recipients": lambda row: row.recipients,
    "delivered": lambda row: row.delivered,
    "bounced": lambda row: row.bounces,
    "opens": lambda row: row.opens,
    "opens_unique": lambda row: row.opens * 9 // 10,
    "clicks": lambda row: row.clicks,
    "clicks_unique": lambda row: row.clicks * 9 // 10,
    "unsubscribes": lambda row: row.unsubscribes,
    "spam_complaints": lambda _row: 0,
    "conversions": lambda row: row.conversions,
    "conversion_uniques": lambda row: row.conversions,
    "conversion_value": lambda row: row.value,
}


def _invalid(detail: str) -> Answer:
    return complaint(HTTPStatus.BAD_REQUEST, "invalid", "Invalid input.", detail=detail)


def _frame(asked: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """Start and end of the time frame; None where it is none, or longer than a year."""
    try:
        start, end = (datetime.fromisoformat(asked["timeframe"][side]) for side in ("start", "end"))
    except (KeyError, TypeError, ValueError):
        return None
    start, end = (moment if moment.tzinfo else moment.replace(tzinfo=_ZONE) for moment in (start, end))
    return (start, end) if start <= end <= start + _YEAR else None


def _asked(call: Call, kind: str, scope: str) -> dict[str, Any] | Answer:
    refused = refusal(call, scope)
    data = (call.json() or {}).get("data", {})
    asked: dict[str, Any] = data.get("attributes") or {}
    if refused or data.get("type") != kind:
        return refused or _invalid(f"The type must be {kind}.")
    if kind != "metric-aggregate":
        if not _frame(asked):
            return _invalid("timeframe needs a start and an end no more than a year apart.")
        if asked.get("conversion_metric_id") not in {metric.id for metric in METRICS}:
            return _invalid("conversion_metric_id is not a metric of this account.")
        if unknown := set(asked.get("statistics", ())) - set(_COUNTS):
            return _invalid(f"{min(unknown)} is not a statistic.")
    return asked


def _sum(name: str, rows: Iterable[MessageDay]) -> float:
    total = sum(_COUNTS[name](row) for row in rows)
    return total / 100 if name == "conversion_value" else float(total)


def _groupings(row: Message) -> dict[str, str]:
    kind = "flow" if row.flow else "campaign"
    return {f"{kind}_id": row.parent_id, f"{kind}_message_id": row.id, "send_channel": row.channel}


def _report(kind: str, call: Call, **attributes: object) -> Answer:
    whole = {"type": kind, "id": "d1a4b623-a90d-491f-89ce-56cca8464b27", "attributes": attributes}
    return told({"data": whole, "links": _links(call)}, limits=_LIMITS)


def _links(call: Call) -> dict[str, str | None]:
    return {"self": f"{ROOT}{call.path}", "next": None, "prev": None}


def _of(world: World, row: Message) -> list[MessageDay]:
    return [day for day in world.message_days if day.message is row]


def campaign_values(call: Call) -> Answer:
    """What came of the messages that were sent in the time frame, whenever it came."""
    asked = _asked(call, "campaign-values-report", "campaigns:read")
    if isinstance(asked, Answer):
        return asked
    start, end = (moment.timestamp() for moment in _frame(asked) or ())
    sent = [row for row in call.world.messages if row.sent is not None and start <= row.sent < end]
    results = [
        {
            "groupings": _groupings(row),
            "statistics": {name: _sum(name, _of(call.world, row)) for name in asked["statistics"]},
        }
        for row in sent
    ]
    return _report("campaign-values-report", call, results=results)


def _days(asked: dict[str, Any]) -> list[date]:
    start, end = _frame(asked) or (datetime.now(UTC), datetime.now(UTC))
    first, last = start.astimezone(_ZONE).date(), (end - timedelta(seconds=1)).astimezone(_ZONE).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def flow_values(call: Call) -> Answer:
    """What came of each message of a flow within the time frame."""
    asked = _asked(call, "flow-values-report", "flows:read")
    if isinstance(asked, Answer):
        return asked
    days = set(_days(asked))
    results = []
    for row in (row for row in call.world.messages if row.flow):
        rows = [each for each in _of(call.world, row) if each.day in days]
        statistics = {name: _sum(name, rows) for name in asked["statistics"]}
        results.append({"groupings": _groupings(row), "statistics": statistics})
    return _report("flow-values-report", call, results=results)


def flow_series(call: Call) -> Answer:
    """The same by day, as parallel lists."""
    asked = _asked(call, "flow-series-report", "flows:read")
    if isinstance(asked, Answer):
        return asked
    if asked.get("interval") != "daily":
        return _invalid("The sandbox serves the daily interval only.")
    days, results = _days(asked), []
    for row in (row for row in call.world.messages if row.flow):
        by_day = {each.day: [each] for each in _of(call.world, row)}
        statistics = {name: [_sum(name, by_day.get(day, [])) for day in days] for name in asked["statistics"]}
        results.append({"groupings": _groupings(row), "statistics": statistics})
    return _report("flow-series-report", call, results=results, date_times=[_starts(day) for day in days])


def _starts(day: date) -> str:
    """A day is known by its first moment in the account's zone, written in UTC."""
    return datetime.fromtimestamp(midnight(day), UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def aggregates(call: Call) -> Answer:
    """How often a thing happened each day, and what it was worth."""
    asked = _asked(call, "metric-aggregate", "metrics:read")
    if isinstance(asked, Answer):
        return asked
    metric = next((row for row in METRICS if row.id == asked.get("metric_id")), None)
    bounds = re.findall(r"\(datetime,([^)]+)\)", str(asked.get("filter", "")))
    frame = {"timeframe": dict(zip(("start", "end"), bounds, strict=False))}
    if metric is None or not _frame(frame) or asked.get("interval", "day") != "day" or asked.get("by"):
        return _invalid("The sandbox serves a metric by day, for a range of datetime of up to a year.")
    days = _days(frame)
    counted = call.state.shelf(("klaviyo", metric.id), lambda: _counted(metric, call.world))
    kinds: dict[str, Callable[[date], float]] = {
        "count": lambda day: float(counted.get(day, (0, 0))[0]),
        "unique": lambda day: float(counted.get(day, (0, 0))[0]),
        "sum_value": lambda day: counted.get(day, (0, 0))[1] / 100,
    }
    measured = {name: [kinds[name](day) for day in days] for name in asked.get("measurements", []) if name in kinds}
    attributes = {"dates": [_starts(day) for day in days], "data": [{"dimensions": [], "measurements": measured}]}
    whole = {"type": "metric-aggregate", "id": "664825546195297352", "attributes": attributes}
    own = {"links": {"self": f"{ROOT}/api/metric-aggregates/"}}
    return told({"data": {**whole, **own}, "links": _links(call)}, limits="3, 3;w=1, 60;w=60")


def _counted(metric: Metric, world: World) -> dict[date, tuple[int, int]]:
    """Events and cents by day."""
    found: dict[date, tuple[int, int]] = {}
    if metric.field:
        happened = [
            (row.day, getattr(row, metric.field), 0)
            for row in world.message_days
            if row.message.channel == metric.channel
        ]
    else:
        happened = [(order.day, 1, order.total) for order in world.orders if not order.test]
    for day, events, cents in happened:
        before = found.get(day, (0, 0))
        found[day] = (before[0] + events, before[1] + cents)
    return found
