"""Reports over the visits of the brand's site: any of the known dimensions and metrics, filtered, sorted and paged."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, Handler, said
from sandbox.vendors.google_analytics import access
from sandbox.vendors.google_analytics.asking import DIMENSIONS, METRICS, Ask, Unclear, keeps, read, sorter
from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE
from sandbox.world.marketing import TrafficDay

_MOST: Final = 250_000
_DEFAULT: Final = 10_000
_WHOLE: Final = 10**12  # rates are counted in parts of it


@dataclass(frozen=True, kw_only=True)
class _Row:
    dimensions: tuple[str, ...]
    metrics: tuple[int, ...]  # revenue in cents, rates in parts of _WHOLE


def _rows(ask: Ask, traffic: Iterable[TrafficDay]) -> list[_Row]:
    """Sums by dimension; rows in which nothing happened are left out."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(ask.metrics))
    sessions: dict[tuple[str, ...], int] = defaultdict(int)
    for visit in traffic:
        for span in ask.spans:
            if span.first <= visit.day <= span.last and keeps(ask.filter, visit):
                several = (span.name,) if len(ask.spans) > 1 else ()
                key = (*(DIMENSIONS[name](visit) for name in ask.dimensions), *several)
                sessions[key] += visit.sessions
                for place, name in enumerate(ask.metrics):
                    sums[key][place] += METRICS[name][1](visit)
    made = [
        _Row(dimensions=key, metrics=_rated(ask, values, sessions[key])) for key, values in sums.items() if any(values)
    ]
    for place, by_metric, descending in reversed(sorter(ask)):
        made.sort(key=lambda row: (row.metrics if by_metric else row.dimensions)[place], reverse=descending)
    return made


def _rated(ask: Ask, values: list[int], sessions: int) -> tuple[int, ...]:
    """The sums, rates among them divided by the sessions."""
    return tuple(
        value * _WHOLE // max(sessions, 1) if METRICS[name][0] == "TYPE_FLOAT" else value
        for name, value in zip(ask.metrics, values, strict=True)
    )


def _written(name: str, value: int) -> str:
    if METRICS[name][0] == "TYPE_FLOAT":
        return repr(value / _WHOLE)
    if METRICS[name][0] != "TYPE_CURRENCY":
        return str(value)
    return f"{value / 100:.2f}".rstrip("0").rstrip(".")


def _report(call: Call, body: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON has any shape
    ask = read(body, call.world.today)
    rows = call.state.shelf(("google_analytics", ask.key), lambda: _rows(ask, call.world.traffic))
    start, limit = int(body.get("offset", 0)), min(int(body.get("limit", _DEFAULT)), _MOST)
    shown = [
        {
            "dimensionValues": [{"value": text} for text in row.dimensions],
            "metricValues": [{"value": _written(name, n)} for name, n in zip(ask.metrics, row.metrics, strict=True)],
        }
        for row in rows[start : start + limit]
    ]
    several = ["dateRange"] if len(ask.spans) > 1 else []
    quota = {"propertyQuota": _quota()} if body.get("returnPropertyQuota") else {}
    return {
        # an empty report has neither rows nor their count
        **({"rows": shown} if shown else {}),
        "dimensionHeaders": [{"name": name} for name in (*ask.dimensions, *several)],
        "metricHeaders": [{"name": name, "type": METRICS[name][0]} for name in ask.metrics],
        **({"rowCount": len(rows)} if rows else {}),
        "metadata": {"currencyCode": SHOP_CURRENCY, "timeZone": SHOP_ZONE},
        **quota,
        "kind": "analyticsData#runReport",
    }


def _quota() -> dict[str, dict[str, int]]:
    return {
        "tokensPerDay": {"consumed": 11, "remaining": 199_000},
        "tokensPerHour": {"consumed": 11, "remaining": 39_000},
        "concurrentRequests": {"remaining": 10},
        "serverErrorsPerProjectPerHour": {"remaining": 10},
        "potentiallyThresholdedRequestsPerHour": {"remaining": 120},
        "tokensPerProjectPerHour": {"consumed": 11, "remaining": 13_500},
    }


def run(call: Call) -> Answer:
    """POST properties/…:runReport."""
    refusal = access.refusal(call)
    if refusal:
        return refusal
    try:
        return said(_report(call, call.json()))
    except Unclear as unclear:
        return access.complaint(HTTPStatus.BAD_REQUEST, str(unclear))


def batch(call: Call) -> Answer:
    """POST properties/…:batchRunReports, up to five."""
    refusal = access.refusal(call)
    if refusal:
        return refusal
    asked = (call.json() or {}).get("requests", [])
    if not 1 <= len(asked) <= 5:  # noqa: PLR2004 -- Google's own limit
        return access.complaint(HTTPStatus.BAD_REQUEST, "A batch request must have 1 to 5 requests.")
    try:
        return said({"reports": [_report(call, one) for one in asked], "kind": "analyticsData#batchRunReports"})
    except Unclear as unclear:
        return access.complaint(HTTPStatus.BAD_REQUEST, str(unclear))


def metadata(call: Call) -> Answer:
    """GET properties/…/metadata."""
    return access.refusal(call) or said(
        {
            "name": f"properties/{access.PROPERTY}/metadata",
            "dimensions": [{"apiName": name, "uiName": name} for name in DIMENSIONS],
            "metrics": [{"apiName": name, "uiName": name, "type": kind} for name, (kind, _) in METRICS.items()],
        }
    )


def endless(call: Call, handle: Handler) -> Answer:
    """The first rows again and again, of a million."""
    body = call.json() or {}
    body.pop("offset", None)
    answer = handle(replace(call, body=orjson.dumps(body)))
    whole = orjson.loads(answer.body)
    return said({**whole, "rowCount": 1_000_000}) if "rows" in whole else answer
