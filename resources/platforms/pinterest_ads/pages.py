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


def _start(api: Api, level: str, columns: list[str], first: date, last: date) -> str:
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
    return str(api.post(f"{ROOT}/ad_accounts/{api.account}/reports", json=asked).json()["token"])


def _files(api: Api, tokens: list[str]) -> Iterator[bytes]:
    """The files of reports as they get ready. An address lives for five minutes, so each is fetched at once."""
    waiting, waited, pause = list(tokens), 0.0, 0.1
    while waiting and waited < _LONGEST_JOB:
        api.wait(pause)
        waited, pause = waited + pause, min(pause * 1.5, 30)
        for token in list(waiting):
            job = api.get(f"{ROOT}/ad_accounts/{api.account}/reports", params={"token": token}).json()
            if job["report_status"] == "IN_PROGRESS":
                continue
            if job["report_status"] != "FINISHED":
                raise TryLater(f"a report ended as {job['report_status']}.", to=f"{api.account} reports")
            waiting.remove(token)
            if job.get("url"):
                yield b"".join(api.download(job["url"]))
    if waiting:
        raise TryLater("a report was not ready within an hour.", to=f"{api.account} reports")


def daily(level: str, stream: Stream) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one level's daily figures: CAMPAIGN, AD_GROUP or PIN_PROMOTION, which is an ad."""
    # the date comes with the granularity and is no column that can be asked for
    columns = [column.path for column in stream.columns if not column.path.startswith("@") and column.path != "DATE"]

    def read(api: Api, window: Window) -> Iterator[Page]:
        tokens = [_start(api, level, columns, first, last) for first, last in _ranges(window)]
        for body in _files(api, tokens):
            yield Page(body=body, facts=_facts(api))

    return read
