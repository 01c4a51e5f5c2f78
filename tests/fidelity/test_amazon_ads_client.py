"""A client for Amazon Ads that others wrote reads what we read; Amazon itself publishes none for Python."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from ad_api.api import Exports, Profiles, Reports
from ad_api.base import Client, Marketplaces
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow
COLUMNS = ["date", "campaignId", "impressions", "clicks", "cost", "sales14d"]


@pytest.fixture
def opened(ours: Callable[[str], Ours]) -> Callable[[type[Client]], Any]:
    mine = ours("amazon_ads")
    assert mine.grant.refresh is not None
    credentials = {
        "refresh_token": mine.grant.refresh.reveal(),
        "client_id": mine.app.client_id,
        "client_secret": mine.app.client_secret,
        "profile_id": mine.account,
    }
    return lambda kind: kind(marketplace=Marketplaces.NA, credentials=credentials)


def finished(ask: Callable[[], Any]) -> str:
    """The address of a job's file."""
    while (job := ask().payload)["status"] != "COMPLETED":
        assert job["status"] in {"PENDING", "PROCESSING"}
    return str(job["url"])


def test_the_profile_is_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    [profile] = opened(Profiles).list_profiles(apiProgram="report", accessLevel="view").payload
    theirs = (str(profile["profileId"]), profile["currencyCode"], profile["timezone"])
    assert ours("amazon_ads").rows("profiles", "profile_id", "currency", "time_zone") == [theirs]


def test_campaigns_are_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    exports = opened(Exports)
    asked = {
        "adProductFilter": ["SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"],
        "stateFilter": ["ENABLED", "PAUSED", "ARCHIVED"],
    }
    job = exports.campaigns_export(body=json.dumps(asked)).payload["exportId"]
    url = finished(lambda: exports.get_export(job, "campaigns"))
    rows = opened(Reports).download_report(url=url, format="data").payload
    theirs = [(row["campaignId"], row["name"], row["state"]) for row in rows]
    assert ours("amazon_ads").rows("campaigns", "campaign_id", "name", "state") == arranged(theirs)


def test_daily_figures_are_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    reports = opened(Reports)
    asked = {
        "name": "fidelity",
        "startDate": "2026-02-20",
        "endDate": "2026-03-14",
        "configuration": {
            "adProduct": "SPONSORED_PRODUCTS",
            "groupBy": ["campaign"],
            "columns": COLUMNS,
            "reportTypeId": "spCampaigns",
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
        },
    }
    job = reports.post_report(body=json.dumps(asked)).payload["reportId"]
    rows = reports.download_report(url=finished(lambda: reports.get_report(job)), format="data").payload
    theirs = [
        (row["date"], str(row["campaignId"]), row["impressions"], row["clicks"], money(row["cost"])) for row in rows
    ]
    columns = ("date", "campaign_id", "impressions", "clicks", "cost", "ad_product")
    mine = ours("amazon_ads").rows("campaign_daily", *columns)
    products = [(f"{row[0]}", *row[1:5]) for row in mine if row[5] == "SPONSORED_PRODUCTS"]
    assert arranged(row for row in products if row[0] >= "2026-02-20") == arranged(theirs)
