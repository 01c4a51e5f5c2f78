"""How Google Ads is asked: one query a table, in pages of the size that Google chooses."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from resources.errors import Stop
from resources.platform import Stream
from resources.platforms.google_ads import streams
from resources.reading import Api, Page, Reply, Window

VERSION: Final = "v26"
ROOT: Final = f"https://googleads.googleapis.com/{VERSION}"
Read = Callable[[Api, Window], Iterator[Page]]
_HISTORY = timedelta(days=11 * 365)  # Google keeps daily figures for eleven years
_QUERY_DAYS = 365
_UPPER = re.compile("[A-Z]")


def fields(stream: Stream) -> str:
    """The columns as a query names them: in snake case, where the answer writes camel case."""
    paths = (column.path for column in stream.columns if not column.path.startswith("@"))
    return ", ".join(_UPPER.sub(lambda found: f"_{found[0].lower()}", path) for path in paths)


def search(api: Api, customer: str, query: str, manager: str = "") -> Iterator[Reply]:
    """All pages of one query. `manager` is the account through which the customer is reached, "" if directly.

    Raises:
        Stop: a page token came twice.
    """
    headers = {"login-customer-id": manager} if manager else {}
    token, seen = "", set[str]()
    while token not in seen:
        seen.add(token)
        body = {"query": query, **({"pageToken": token} if token else {})}
        reply = api.post(f"{ROOT}/customers/{customer}/googleAds:search", json=body, headers=headers)
        yield reply
        token = reply.json().get("nextPageToken", "")
        if not token:
            return
    raise Stop(
        "a page token came twice, so the list would never end.", to=reply.to, do_next="The next sync starts again."
    )


def _pages(api: Api, query: str) -> Iterator[Page]:
    facts = {
        "account_id": api.account,
        "currency": api.settings["currency"],
        "time_zone": api.settings["time_zone"],
    }
    for reply in search(api, api.account, query, api.settings.get("login_customer_id", "")):
        yield Page(body=reply.body, facts=facts)


def read_account(api: Api, _window: Window) -> Iterator[Page]:
    yield from _pages(api, f"SELECT {fields(streams.ACCOUNTS)} FROM customer_client WHERE customer_client.level = 0")


def _entities(resource: str, stream: Stream) -> Read:
    def read(api: Api, _window: Window) -> Iterator[Page]:
        # no filter by status: removed entities keep the names of past figures
        yield from _pages(api, f"SELECT {fields(stream)} FROM {resource}")

    return read


read_campaigns = _entities("campaign", streams.CAMPAIGNS)
read_ad_groups = _entities("ad_group", streams.AD_GROUPS)
read_ads = _entities("ad_group_ad", streams.ADS)


def _ranges(api: Api, window: Window) -> Iterator[tuple[date, date]]:
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    first = max(window.since.astimezone(zone).date(), last - _HISTORY) if window.since else last - _HISTORY
    while first <= last:
        end = min(first + timedelta(days=_QUERY_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _daily(resource: str, stream: Stream) -> Read:
    def read(api: Api, window: Window) -> Iterator[Page]:
        for first, last in _ranges(api, window):
            when = f"segments.date BETWEEN '{first}' AND '{last}'"
            yield from _pages(api, f"SELECT {fields(stream)} FROM {resource} WHERE {when}")

    return read


read_campaign_daily = _daily("campaign", streams.CAMPAIGN_DAILY)
read_ad_group_daily = _daily("ad_group", streams.AD_GROUP_DAILY)
read_ad_daily = _daily("ad_group_ad", streams.AD_DAILY)
