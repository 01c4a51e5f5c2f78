"""How Google's reports are read: a quarter of days at a time, page after page by offset."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from resources.errors import Stop, TryLater
from resources.platforms.google_analytics.streams import METRICS, Report
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v1beta"
DATA: Final = f"https://analyticsdata.googleapis.com/{VERSION}"
ADMIN: Final = f"https://analyticsadmin.googleapis.com/{VERSION}"
REPORT_KEYS: Final = frozenset(
    {"dateRanges", "dimensions", "metrics", "orderBys", "limit", "offset", "returnPropertyQuota"}
)
_LIMIT: Final = 100_000
_JOB_DAYS: Final = 90
_FIRST: Final = date(2015, 8, 14)  # Google takes no earlier day
_QUOTAS: Final = ("tokensPerHour", "tokensPerProjectPerHour", "tokensPerDay")


def _ranges(api: Api, window: Window) -> Iterator[tuple[date, date]]:
    """Days up to yesterday: today's rows still lack where they came from."""
    zone = ZoneInfo(api.settings["time_zone"])
    opened = date.fromisoformat(api.settings.get("opened") or _FIRST.isoformat())
    last = window.until.astimezone(zone).date() - timedelta(days=1)
    first = max(window.since.astimezone(zone).date(), opened) if window.since else opened
    while first <= last:
        end = min(first + timedelta(days=_JOB_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _question(report: Report, first: date, last: date, offset: int) -> dict[str, object]:
    return {
        "dateRanges": [{"startDate": f"{first}", "endDate": f"{last}"}],
        "dimensions": [{"name": name} for name in report.dimensions],
        "metrics": [{"name": name} for name in METRICS],
        # without an order of their own, two pages may share rows and lack others
        "orderBys": [{"dimension": {"dimensionName": name}} for name in report.dimensions],
        "limit": str(_LIMIT),
        "offset": str(offset),
        "returnPropertyQuota": True,
    }


def _broken(reply: Reply, what: str) -> Stop:
    return Stop(what, to=reply.to, do_next="Nothing of it was stored; the next sync asks again.")


def _rows(reply: Reply, answer: object, report: Report) -> tuple[list[Any], int]:
    """The rows and how many there are in all; an empty report leaves both out."""
    if not isinstance(answer, Mapping):
        raise _broken(reply, "the answer is no report.")
    asked = (list(report.dimensions), list(METRICS))
    if (_headers(answer, "dimensionHeaders"), _headers(answer, "metricHeaders")) != asked:
        raise _broken(reply, "the answer's columns are not those asked for.")
    rows, total = answer.get("rows", []), answer.get("rowCount", 0)
    if not isinstance(rows, list) or not isinstance(total, int):
        raise _broken(reply, "the answer is no report.")
    return rows, total


def _headers(answer: Mapping[str, Any], key: str) -> list[object]:
    found = answer.get(key)
    return [each.get("name") for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _spare(reply: Reply, answer: Mapping[str, Any]) -> None:
    """Leaves the last of the quota to the others who read the property."""
    quota = answer.get("propertyQuota") or {}
    for name in _QUOTAS:
        left = quota.get(name) or {}
        if "remaining" in left and left["remaining"] <= left.get("consumed", 0):
            raise TryLater(f"the property's quota of {name} is nearly used up.", to=reply.to)


def reader(report: Report) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one report."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        for first, last in _ranges(api, window):
            yield from _pages(api, report, first, last)

    return read


def _pages(api: Api, report: Report, first: date, last: date) -> Iterator[Page]:
    url, got, before = f"{DATA}/properties/{api.account}:runReport", 0, None
    while True:
        reply = api.post(url, json=_question(report, first, last, got))
        answer = reply.json()
        rows, total = _rows(reply, answer, report)
        if got < total and (not rows or rows[0] == before):
            raise _broken(reply, "a page came twice or empty, so the report would never end.")
        yield Page(body=reply.body, facts={"property_id": api.account})
        got += len(rows)
        if got >= total:
            return
        before = rows[0]
        _spare(reply, answer)
