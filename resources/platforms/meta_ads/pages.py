"""How Meta's pages are read: lists by cursor, daily figures by report jobs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from resources.errors import Stop, TryLater
from resources.platform import Stream
from resources.platforms.meta_ads import streams
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v26.0"
ROOT: Final = f"https://graph.facebook.com/{VERSION}"
_HISTORY = timedelta(days=37 * 30)  # what Meta keeps is 37 months; older days are refused
_JOB_DAYS = 180
_OF_CAMPAIGNS = ("ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES")
_OF_AD_SETS = (*_OF_CAMPAIGNS, "CAMPAIGN_PAUSED")
_REVIEWED = ("DISAPPROVED", "PENDING_REVIEW", "PREAPPROVED", "PENDING_BILLING_INFO")
_OF_ADS = (*_OF_AD_SETS, "ADSET_PAUSED", *_REVIEWED)
_LEVELS = {"campaign": streams.CAMPAIGN_DAILY, "adset": streams.AD_SET_DAILY, "ad": streams.AD_DAILY}


def _facts(api: Api) -> dict[str, str]:
    return {
        "account_id": api.account.removeprefix("act_"),
        "currency": api.settings["currency"],
        "time_zone": api.settings["time_zone"],
    }


def _fields(stream: Stream) -> str:
    return ",".join(column.path for column in stream.columns if not column.path.startswith("@"))


def _list(api: Api, url: str, params: Mapping[str, str]) -> Iterator[Reply]:
    # the next link that Meta sends holds the access token, so it is rebuilt from the cursor instead
    after, seen = "", set[str]()
    while after not in seen:
        seen.add(after)
        reply = api.get(url, params={**params, **({"after": after} if after else {})})
        yield reply
        paging = reply.json().get("paging", {})
        if "next" not in paging:
            return
        after = paging["cursors"]["after"]
    raise Stop(
        "a page token came twice, so the list would never end.", to=reply.to, do_next="The next sync starts again."
    )


def read_account(api: Api, _window: Window) -> Iterator[Page]:
    yield Page(body=api.get(f"{ROOT}/{api.account}", params={"fields": _fields(streams.ACCOUNTS)}).body)


def _entities(edge: str, stream: Stream, statuses: tuple[str, ...]) -> Callable[[Api, Window], Iterator[Page]]:
    def read(api: Api, _window: Window) -> Iterator[Page]:
        # without the statuses, archived entities are left out and their past figures lose their names
        params = {"fields": _fields(stream), "limit": "100", "effective_status": orjson.dumps(statuses).decode()}
        for reply in _list(api, f"{ROOT}/{api.account}/{edge}", params):
            yield Page(body=reply.body, facts=_facts(api))

    return read


read_campaigns = _entities("campaigns", streams.CAMPAIGNS, _OF_CAMPAIGNS)
read_ad_sets = _entities("adsets", streams.AD_SETS, _OF_AD_SETS)
read_ads = _entities("ads", streams.ADS, _OF_ADS)


def _ranges(api: Api, window: Window) -> Iterator[tuple[date, date]]:
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    first = max(window.since.astimezone(zone).date(), last - _HISTORY) if window.since else last - _HISTORY
    while first <= last:
        end = min(first + timedelta(days=_JOB_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _report(api: Api, form: Mapping[str, str]) -> Iterator[Reply]:
    run = str(api.post(f"{ROOT}/{api.account}/insights", form=form).json()["report_run_id"])
    pause = 0.1
    while True:
        job = api.get(f"{ROOT}/{run}", params={"fields": "async_status,async_percent_completion"}).json()
        if job["async_status"] in {"Job Failed", "Job Skipped"}:
            raise TryLater(f"the report ended as {job['async_status']}.", to=f"{api.account} insights")
        # a job can say Completed before the last of its rows is there
        if job["async_status"] == "Job Completed" and job["async_percent_completion"] == 100:  # noqa: PLR2004 -- per cent
            return _list(api, f"{ROOT}/{run}/insights", {"limit": "500"})
        api.wait(pause)
        pause = min(pause * 1.5, 30)


def daily(level: str) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one level's daily figures: campaign, adset or ad."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        for first, last in _ranges(api, window):
            form = {
                "level": level,
                "fields": _fields(_LEVELS[level]).replace("date_start,", ""),
                "time_increment": "1",
                "time_range": orjson.dumps({"since": f"{first}", "until": f"{last}"}).decode(),
            }
            for reply in _report(api, form):
                yield Page(body=reply.body, facts=_facts(api))

    return read
