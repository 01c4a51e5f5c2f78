"""How Pinterest's pages are read: lists by bookmark, daily figures by report jobs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from resources.errors import Stop, TryLater
from resources.platform import Stream
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v5"
ROOT: Final = f"https://api.pinterest.com/{VERSION}"
# stated in each request and kept with each row, since figures of other windows can't be compared
WINDOWS: Final = {"click_window_days": 30, "engagement_window_days": 30, "view_window_days": 1}
ANCHOR: Final = "TIME_OF_AD_ACTION"
_HISTORY = timedelta(days=914)
_JOB_DAYS = 186
_LONGEST_JOB = 3600.0
# without these, archived entities are left out and their past figures lose their names
_STATUSES = "ACTIVE,PAUSED,ARCHIVED"


def _facts(api: Api) -> dict[str, str]:
    return {
        "ad_account_id": api.account,
        "currency": api.settings["currency"],
        "time_zone": "UTC",
        "conversion_report_time": ANCHOR,
        **{name: str(days) for name, days in WINDOWS.items()},
    }


def listed(api: Api, url: str, params: Mapping[str, str]) -> Iterator[Reply]:
    """The pages of a list, until there is no bookmark.

    Raises:
        Stop: a bookmark came twice.
    """
    bookmark, seen = "", set[str]()
    while bookmark not in seen:
        seen.add(bookmark)
        reply = api.get(url, params={**params, **({"bookmark": bookmark} if bookmark else {})})
        yield reply
        bookmark = reply.json().get("bookmark") or ""
        if not bookmark:
            return
    raise Stop(
        "a bookmark came twice, so the list would never end.", to=reply.to, do_next="The next sync starts again."
    )


def read_account(api: Api, _window: Window) -> Iterator[Page]:
    yield Page(body=api.get(f"{ROOT}/ad_accounts/{api.account}").body, facts=_facts(api))


def entities(edge: str) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of campaigns, ad_groups or ads."""

    def read(api: Api, _window: Window) -> Iterator[Page]:
        params = {"page_size": "250", "entity_statuses": _STATUSES, "order": "ASCENDING"}
        for reply in listed(api, f"{ROOT}/ad_accounts/{api.account}/{edge}", params):
            yield Page(body=reply.body, facts=_facts(api))

    return read


def _ranges(window: Window) -> Iterator[tuple[date, date]]:
    last = window.until.date()
    oldest = last - _HISTORY + timedelta(days=1)
    first = max(window.since.date(), oldest) if window.since else oldest
    while first <= last:
        end = min(first + timedelta(days=_JOB_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _report(api: Api, level: str, columns: list[str], first: date, last: date) -> bytes:
    url = f"{ROOT}/ad_accounts/{api.account}/reports"
    asked = {
        "start_date": f"{first}",
        "end_date": f"{last}",
        "granularity": "DAY",
        "level": level,
        "columns": columns,
        "conversion_report_time": ANCHOR,
        "report_format": "JSON",
        **WINDOWS,
    }
    token = api.post(url, json=asked).json()["token"]
    waited, pause = 0.0, 0.1
    while waited < _LONGEST_JOB:
        job = api.get(url, params={"token": token}).json()
        if job["report_status"] == "FINISHED":
            return b"".join(api.download(job["url"])) if job.get("url") else b"{}"
        if job["report_status"] != "IN_PROGRESS":
            raise TryLater(f"the report ended as {job['report_status']}.", to=f"{api.account} {level} report")
        api.wait(pause)
        waited, pause = waited + pause, min(pause * 1.5, 30)
    raise TryLater("the report was not ready within an hour.", to=f"{api.account} {level} report")


def daily(level: str, stream: Stream) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one level's daily figures: CAMPAIGN, AD_GROUP or PIN_PROMOTION, which is an ad."""
    # the date comes with the granularity and is no column that can be asked for
    columns = [column.path for column in stream.columns if not column.path.startswith("@") and column.path != "DATE"]

    def read(api: Api, window: Window) -> Iterator[Page]:
        for first, last in _ranges(window):
            yield Page(body=_report(api, level, columns, first, last), facts=_facts(api))

    return read
