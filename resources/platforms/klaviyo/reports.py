"""How Klaviyo's reports are read: a month or a year in one call, since calls are few."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson

from resources.platforms.klaviyo import streams
from resources.platforms.klaviyo.asking import (
    ROOT,
    endless,
    facts,
    instant,
    midnight,
    next_link,
    pages,
    shaped,
    zone,
)
from resources.reading import Api, Page, Reply, Window

_CONVERSION: Final = "Placed Order"
_COUNTED: Final = frozenset(
    {
        _CONVERSION, "Received Email", "Opened Email", "Clicked Email", "Bounced Email", "Marked Email as Spam",
        "Unsubscribed from Email Marketing", "Subscribed to Email Marketing", "Received SMS", "Clicked SMS",
        "Subscribed to SMS Marketing", "Unsubscribed from SMS Marketing", "Active on Site", "Viewed Product",
        "Added to Cart", "Started Checkout", "Refunded Order", "Cancelled Order",
    }
)  # fmt: skip
_MEASURES: Final = ("count", "unique", "sum_value")
_YEAR: Final = timedelta(days=365)
_JSON: Final = {"Content-Type": "application/vnd.api+json"}


@dataclass(frozen=True, kw_only=True)
class _Metric:
    """Something that Klaviyo counts."""

    id: str
    name: str
    created: datetime
    from_shop: bool


def _metrics(api: Api) -> list[_Metric]:
    """All metrics, the one to measure conversions by first."""
    found: list[_Metric] = []
    for reply in pages(api, "metrics", {"fields[metric]": "name,created,integration"}):
        found += shaped(reply, lambda answer: [_metric(record) for record in answer["data"]])
    return sorted(found, key=lambda metric: (metric.name != _CONVERSION, not metric.from_shop, metric.id))


def _metric(record: Mapping[str, Any]) -> _Metric:
    known = record["attributes"]
    created = datetime.fromisoformat(known["created"])
    return _Metric(
        id=record["id"],
        name=known["name"],
        created=created if created.tzinfo else created.replace(tzinfo=UTC),
        from_shop="shopify" in str(known.get("integration")).lower(),
    )


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Whole months from the one of `first` on; the end is the first day that no longer belongs."""
    month = first.replace(day=1)
    while month <= last:
        after = (month + timedelta(days=32)).replace(day=1)
        yield month, min(after, last + timedelta(days=1))
        month = after


def _days(api: Api, window: Window, oldest: datetime) -> tuple[date, date]:
    """The first and the last day to read, in the account's zone."""
    since = max(window.since, oldest) if window.since else oldest
    return since.astimezone(zone(api)).date(), window.until.astimezone(zone(api)).date()


def _ask(api: Api, kind: str, attributes: Mapping[str, object]) -> Iterator[Reply]:
    url, seen = f"{ROOT}/{kind}s", set[str]()
    while True:
        reply = api.post(url, json={"data": {"type": kind, "attributes": attributes}}, headers=_JSON)
        yield reply
        cursor = parse_qs(urlsplit(next_link(reply) or "").query).get("page_cursor", [""])[0]
        if not cursor:
            return
        if cursor in seen:
            raise endless(reply)
        seen.add(cursor)
        url = f"{ROOT}/{kind}s?page_cursor={cursor}"


def _frame(api: Api, first: date, after: date) -> dict[str, str]:
    return {"start": instant(midnight(first, zone(api))), "end": instant(midnight(after, zone(api)))}


def _monthly(api: Api, window: Window, kind: str, more: Mapping[str, object]) -> Iterator[tuple[Reply, date, _Metric]]:
    metrics = _metrics(api)
    if not metrics:
        return  # an account that never counted anything has sent nothing either
    first, last = _days(api, window, min(metric.created for metric in metrics))
    for month, after in _months(first, last):
        attributes = {
            "statistics": list(streams.STATISTICS),
            "timeframe": _frame(api, month, after),
            "conversion_metric_id": metrics[0].id,
            **more,
        }
        for reply in _ask(api, kind, attributes):
            yield reply, month, metrics[0]


def read_campaigns(api: Api, window: Window) -> Iterator[Page]:
    """What became of the messages sent in each month; a month is the key, so the same months are asked for again."""
    for reply, month, metric in _monthly(api, window, "campaign-values-report", {}):
        more = {"month": f"{month}", "conversion_metric_id": metric.id, "conversion_metric": metric.name}
        yield Page(body=reply.body, facts={**facts(api), **more})


def _day_of(api: Api) -> Callable[[str], str]:
    where = zone(api)

    def day(text: str) -> str:
        moment = datetime.fromisoformat(text)
        # days come as local midnights in UTC; midnight in UTC itself is a day's plain name
        local = moment.astimezone(where) if moment.tzinfo and moment.astimezone(UTC).hour else moment
        return local.date().isoformat()

    return day


def _lines(rows: list[dict[str, Any]], api: Api, **more: str) -> Iterator[Page]:
    body = b"\n".join(map(orjson.dumps, rows))
    if body:
        yield Page(body=body + b"\n", facts={**facts(api), **more})


def read_flows(api: Api, window: Window) -> Iterator[Page]:
    """Flows by day; the figures come as parallel lists and leave as one line for each message and day."""
    take = partial(_series, _day_of(api))
    for reply, _, metric in _monthly(api, window, "flow-series-report", {"interval": "daily"}):
        yield from _lines(shaped(reply, take), api, conversion_metric_id=metric.id, conversion_metric=metric.name)


def _series(day: Callable[[str], str], answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = answer["data"]["attributes"]
    days = [day(text) for text in found["date_times"]]
    return [
        {**result["groupings"], "date": day_, **{name: values[place] for name, values in result["statistics"].items()}}
        for result in found["results"]
        for place, day_ in enumerate(days)
    ]


def read_events(api: Api, window: Window) -> Iterator[Page]:
    """How often things happened each day, for the metrics that every shop has."""
    metrics, day = _metrics(api), _day_of(api)
    for metric in metrics:
        first, last = _days(api, window, metric.created)
        while metric.name in _COUNTED and first <= last:
            after = min(first + _YEAR, last + timedelta(days=1))
            for reply in _ask(api, "metric-aggregate", _aggregate(api, metric, first, after)):
                yield from _lines(shaped(reply, partial(_counts, metric, day)), api)
            first = after


def _aggregate(api: Api, metric: _Metric, first: date, after: date) -> dict[str, object]:
    frame = _frame(api, first, after)
    return {
        "metric_id": metric.id,
        "measurements": list(_MEASURES),
        "interval": "day",
        "page_size": 500,
        "timezone": api.settings["time_zone"],
        "filter": [f"greater-or-equal(datetime,{frame['start']})", f"less-than(datetime,{frame['end']})"],
    }


def _counts(metric: _Metric, day: Callable[[str], str], answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = answer["data"]["attributes"]
    return [
        {"metric_id": metric.id, "metric": metric.name, "date": day(text)}
        | {name: group["measurements"][name][place] for name in _MEASURES}
        for group in found["data"]
        for place, text in enumerate(found["dates"])
    ]
