"""How Amazon Ads' pages are read: entities by exports, daily figures by report jobs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from resources.errors import TryLater
from resources.reading import Api, Page, Window

VERSION: Final = "reporting v3, exports v1, profiles v2"
HOSTS: Final = {
    "na": "advertising-api.amazon.com",
    "eu": "advertising-api-eu.amazon.com",
    "fe": "advertising-api-fe.amazon.com",
}
# both are always sent, since documents differ about what holds without them
VIEWED: Final = {"apiProgram": "report", "accessLevel": "view"}
_PRODUCTS: Final = ["SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"]
_REQUEST = "application/vnd.createasyncreportrequest.v3+json"
_JOB_DAYS = 31
_LONGEST_JOB = 3.5 * 3600


@dataclass(frozen=True, kw_only=True)
class _Report:
    """One of Amazon's report types; `days` is how long it keeps a day."""

    product: str
    type: str
    group_by: tuple[str, ...]
    columns: tuple[str, ...]
    days: int


def _products(group_by: tuple[str, ...], type_: str, *ids: str) -> _Report:
    figures = ("impressions", "clicks", "cost", "purchases14d", "sales14d", "unitsSoldClicks14d")
    return _Report(product=_PRODUCTS[0], type=type_, group_by=group_by, columns=("date", *ids, *figures), days=95)


def _others(product: str, group_by: str, type_: str, days: int, *ids: str) -> _Report:
    by_click = ("purchasesClicks", "salesClicks", "unitsSoldClicks")
    figures = ("impressions", "clicks", "cost", "purchases", "sales", "unitsSold", *by_click)
    return _Report(product=product, type=type_, group_by=(group_by,), columns=("date", *ids, *figures), days=days)


_AD = ("campaignId", "adGroupId", "adId")
_BRANDS, _DISPLAY = _PRODUCTS[1:]
_LEVELS: Final = {
    "campaign": (
        _products(("campaign",), "spCampaigns", "campaignId"),
        _others(_BRANDS, "campaign", "sbCampaigns", 60, "campaignId"),
        _others(_DISPLAY, "campaign", "sdCampaigns", 65, "campaignId"),
    ),
    "ad_group": (
        _products(("campaign", "adGroup"), "spCampaigns", *_AD[:2]),
        _others(_BRANDS, "adGroup", "sbAdGroup", 60, *_AD[:2]),
        _others(_DISPLAY, "adGroup", "sdAdGroup", 65, *_AD[:2]),
    ),
    "ad": (
        _products(("advertiser",), "spAdvertisedProduct", *_AD, "advertisedAsin", "advertisedSku"),
        _others(_BRANDS, "ads", "sbAds", 60, *_AD),
        _others(_DISPLAY, "advertiser", "sdAdvertisedProduct", 65, *_AD, "promotedAsin", "promotedSku"),
    ),
}


def _root(api: Api) -> str:
    return f"https://{HOSTS[api.settings['region']]}"


def _scope(api: Api) -> dict[str, str]:
    return {"Amazon-Advertising-API-Scope": api.account}


def _facts(api: Api, **more: str) -> dict[str, str]:
    return {
        "profile_id": api.account,
        "currency": api.settings["currency"],
        "time_zone": api.settings["time_zone"],
        "region": api.settings["region"],
        **more,
    }


def read_profile(api: Api, _window: Window) -> Iterator[Page]:
    rows = api.get(f"{_root(api)}/v2/profiles", params=VIEWED).json()
    own = [row for row in rows if str(row["profileId"]) == api.account]
    yield Page(body=orjson.dumps(own), facts=_facts(api))


def _files(api: Api, jobs: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of jobs as they get ready, each with what is noted beside the job's address."""
    waiting, waited, pause = dict(jobs), 0.0, 0.1
    while waiting and waited < _LONGEST_JOB:
        api.wait(pause)
        waited, pause = waited + pause, min(pause * 1.5, 60)
        for url, noted in list(waiting.items()):
            job: dict[str, Any] = api.get(url, headers=headers).json()
            if job["status"] == "FAILED":
                raise TryLater("Amazon could not make the file.", to=f"profile {api.account}")
            if job["status"] == "COMPLETED":
                del waiting[url]
                yield noted, b"".join(api.download(job["url"], compressed=True))
    if waiting:
        raise TryLater("a file was not ready within hours.", to=f"profile {api.account}")


def entities(kind: str) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of campaigns, adGroups or ads."""
    # the export is only shown to those who name its type in both headers
    content = f"application/vnd.{kind.lower()}export.v1+json"
    # archived ones are left out unless asked for, and their past figures would lose their names
    asked = {"adProductFilter": _PRODUCTS, "stateFilter": ["ENABLED", "PAUSED", "ARCHIVED"]}

    def read(api: Api, _window: Window) -> Iterator[Page]:
        headers = {**_scope(api), "Accept": content, "Content-Type": content}
        job = api.post(f"{_root(api)}/{kind}/export", json=asked, headers=headers).json()
        url = f"{_root(api)}/exports/{job['exportId']}"
        for _, body in _files(api, {url: kind}, {**_scope(api), "Accept": content}):
            yield Page(body=body, facts=_facts(api))

    return read


def _ranges(api: Api, window: Window, days: int) -> Iterator[tuple[date, date]]:
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    oldest = last - timedelta(days=days - 1)
    first = max(window.since.astimezone(zone).date(), oldest) if window.since else oldest
    while first <= last:
        end = min(first + timedelta(days=_JOB_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _start(api: Api, report: _Report, first: date, last: date) -> str:
    asked = {
        "name": f"{report.type} {first} {last}",
        "startDate": f"{first}",
        "endDate": f"{last}",
        "configuration": {
            "adProduct": report.product,
            "groupBy": report.group_by,
            "columns": report.columns,
            "reportTypeId": report.type,
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
        },
    }
    headers = {**_scope(api), "Content-Type": _REQUEST}
    return str(api.post(f"{_root(api)}/reporting/reports", json=asked, headers=headers).json()["reportId"])


def daily(level: str) -> Callable[[Api, Window], Iterator[Page]]:
    """A reader of one level's daily figures: campaign, ad_group or ad."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        # a report may take hours, so all are started before the first is waited for
        jobs = {
            f"{_root(api)}/reporting/reports/{_start(api, report, first, last)}": report.product
            for report in _LEVELS[level]
            for first, last in _ranges(api, window, report.days)
        }
        for product, body in _files(api, jobs, _scope(api)):
            yield Page(body=body, facts=_facts(api, ad_product=product))

    return read
