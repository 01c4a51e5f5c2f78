"""How TikTok's pages are read: lists by page number, daily figures in spans of thirty days."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from resources.errors import Stop, TryLater
from resources.platform import Stream
from resources.platforms.tiktok_ads import streams
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v1.3"
ROOT: Final = f"https://business-api.tiktok.com/open_api/{VERSION}"
Read = Callable[[Api, Window], Iterator[Page]]
_FIRST_DAY = date(2019, 1, 1)  # there were no advertisers before, should an account not say when it was made
_SPAN_DAYS = 30
_READINGS = 3  # of a span whose rows moved from page to page while it was read
_SERVICES = ("AUCTION", "RESERVATION")


def fields(stream: Stream, under: str = "") -> list[str]:
    """The last names of the columns that lie under that path, as a request asks for them."""
    paths = (column.path for column in stream.columns if column.path.startswith(under) and column.path[0] != "@")
    return [path.removeprefix(under) for path in paths]


def as_text(value: object) -> str:
    return orjson.dumps(value).decode()


def _facts(api: Api, **more: str) -> dict[str, str]:
    return {
        "advertiser_id": api.account,
        "currency": api.settings["currency"],
        "time_zone": api.settings["time_zone"],
        **more,
    }


def _list(api: Api, path: str, params: Mapping[str, str]) -> Iterator[tuple[Reply, Any]]:
    """Replies of one list, each with its `data`.

    Raises:
        Stop: the answers come from a page that was read before.
    """
    page, last = 1, 1
    while page <= last:
        asked = {"advertiser_id": api.account, "page": str(page), "page_size": "1000", **params}
        reply = api.get(f"{ROOT}/{path}/", params=asked)
        data = reply.json()["data"]
        info = data["page_info"]
        if info["page"] != page or (page > 1 and not data["list"]):
            raise Stop(
                "the list does not move on, so it would never end.", to=reply.to, do_next="The next sync starts again."
            )
        yield reply, data
        page, last = page + 1, info["total_page"]


def read_advertiser(api: Api, _window: Window) -> Iterator[Page]:
    # without naming the fields, the answer holds e-mail, phone and address of a person
    asked = {"advertiser_ids": as_text([api.account]), "fields": as_text(fields(streams.ADVERTISERS))}
    yield Page(body=api.get(f"{ROOT}/advertiser/info/", params=asked).body)


def _entities(name: str, stream: Stream) -> Read:
    def read(api: Api, _window: Window) -> Iterator[Page]:
        # deleted ones are left out unless asked for, and past figures would lose their names
        asked = {"filtering": as_text({"secondary_status": f"{name.upper()}_STATUS_ALL"})}
        for reply, _ in _list(api, f"{name}/get", asked | {"fields": as_text(fields(stream))}):
            yield Page(body=reply.body, facts=_facts(api))
        for reply, _ in _list(api, f"smart_plus/{name}/get", asked):
            # the automated kind of ad is called otherwise here, and as all others in the reports
            yield Page(body=reply.body.replace(b'"smart_plus_ad_id":', b'"ad_id":'), facts=_facts(api))

    return read


read_campaigns = _entities("campaign", streams.CAMPAIGNS)
read_ad_groups = _entities("adgroup", streams.AD_GROUPS)
read_ads = _entities("ad", streams.ADS)


def _spans(api: Api, window: Window) -> Iterator[tuple[date, date]]:
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    made = api.settings.get("created_at")
    first = datetime.fromtimestamp(int(made), UTC).date() - timedelta(days=1) if made else _FIRST_DAY
    if window.since:
        first = max(window.since.astimezone(zone).date(), first)
    while first <= last:
        end = min(first + timedelta(days=_SPAN_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _span(api: Api, params: Mapping[str, str]) -> list[Reply]:
    """All pages of one span, read until they fit together: rows move between pages while figures come in."""
    for _ in range(_READINGS):
        pages = list(_list(api, "report/integrated/get", params))
        rows = [tuple(row["dimensions"].values()) for _, data in pages for row in data["list"]]
        totals = {data["page_info"]["total_number"] for _, data in pages}
        if totals == {len(rows)} and len(set(rows)) == len(rows):
            return [reply for reply, _ in pages]
    raise TryLater("the report changed while it was read.", to=f"TikTok Ads {api.account} report")


def daily(level: str, stream: Stream) -> Read:
    """A reader of one level's daily figures: campaign, adgroup or ad."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        # the pages of a service in a row, as those that share their facts are decoded together
        for service in _SERVICES:
            for first, last in _spans(api, window):
                asked = {
                    "report_type": "BASIC",
                    "service_type": service,
                    "data_level": f"{service}_{level.upper()}",
                    "dimensions": as_text([f"{level}_id", "stat_time_day"]),
                    "metrics": as_text(fields(stream, "metrics.")),
                    "start_date": f"{first}",
                    "end_date": f"{last}",
                    "query_mode": "REGULAR",
                }
                for reply in _span(api, asked):
                    yield Page(body=reply.body, facts=_facts(api, service_type=service))

    return read


read_campaign_daily = daily("campaign", streams.CAMPAIGN_DAILY)
read_ad_group_daily = daily("adgroup", streams.AD_GROUP_DAILY)
read_ad_daily = daily("ad", streams.AD_DAILY)
