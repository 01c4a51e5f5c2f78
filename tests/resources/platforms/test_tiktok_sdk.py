"""TikTok's own client reads from the sandbox, and gets the rows that we get."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from ad_truth import UNTIL
from reading_feeds import Reader

from resources.platforms.tiktok_ads import PLATFORM
from sandbox.serve import Sandbox

sdk = pytest.importorskip("business_api_client", reason="tiktok-business-api-sdk-official is not installed")
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
SINCE = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_the_official_client_reads_the_same(connect: Callable[..., Reader], sandbox: Sandbox) -> None:
    reader = connect("tiktok_ads")
    configuration = sdk.Configuration()
    configuration.proxy, configuration.ssl_ca_cert = f"http://{sandbox.proxy}", str(sandbox.ca_file)
    client, token = sdk.ApiClient(configuration), reader.grant.access.reveal()
    report = sdk.ReportingApi(client).report_integrated_get(
        "BASIC",
        access_token=token,
        advertiser_id=reader.account.id,
        service_type="AUCTION",
        data_level="AUCTION_CAMPAIGN",
        dimensions=["campaign_id", "stat_time_day"],
        metrics=["spend", "clicks"],
        start_date="2026-03-01",
        end_date="2026-03-14",
        page=1,
        page_size=1000,
    )
    theirs = {
        (row["dimensions"]["campaign_id"], row["dimensions"]["stat_time_day"][:10]): Decimal(row["metrics"]["spend"])
        for row in report["data"]["list"]
    }
    ours = reader.decoded(FEEDS["campaign_daily"], reader.pages(FEEDS["campaign_daily"], SINCE, UNTIL))
    assert {(row["campaign_id"], str(row["date"])): row["spend"] for row in ours["campaign_daily"]} == theirs
    campaigns = sdk.CampaignCreationApi(client).campaign_get(reader.account.id, token, page=1, page_size=10)
    names = {
        row["name"]
        for row in reader.decoded(FEEDS["campaigns"], reader.pages(FEEDS["campaigns"], None, UNTIL))["campaigns"]
    }
    assert {row["campaign_name"] for row in campaigns["data"]["list"]} == names
