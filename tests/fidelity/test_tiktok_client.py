"""TikTok's own client reads what we read."""

import json
from collections.abc import Callable
from typing import Any

import business_api_client as sdk
import pytest
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> Any:  # noqa: ANN401 -- the client has no types
    mine = ours("tiktok_ads")
    configuration = sdk.Configuration()
    configuration.proxy, configuration.ssl_ca_cert = f"http://{mine.sandbox.proxy}", str(mine.sandbox.ca_file)
    return sdk.ApiClient(configuration)


def listed(ask: Callable[..., Any], **asked: object) -> list[Any]:
    """All rows of a list, in small pages."""
    found, page, last = [], 1, 1
    while page <= last:
        answer = ask(page=page, page_size=5, **asked)
        found += answer["data"]["list"]
        page, last = page + 1, answer["data"]["page_info"]["total_page"]
    return found


def test_ads_are_the_same(ours: Callable[[str], Ours], client: Any) -> None:  # noqa: ANN401 -- as above
    mine = ours("tiktok_ads")
    every = json.loads('{"secondary_status": "AD_STATUS_ALL"}')
    rows = listed(sdk.AdApi(client).ad_get, advertiser_id=mine.account, access_token=mine.token, filtering=every)
    theirs = [(row["ad_id"], row["adgroup_id"], row["ad_name"]) for row in rows]
    assert mine.rows("ads", "ad_id", "ad_group_id", "name") == arranged(theirs)


def test_daily_figures_are_the_same(ours: Callable[[str], Ours], client: Any) -> None:  # noqa: ANN401 -- as above
    mine = ours("tiktok_ads")
    rows = listed(
        lambda **asked: sdk.ReportingApi(client).report_integrated_get("BASIC", **asked),
        access_token=mine.token,
        advertiser_id=mine.account,
        service_type="AUCTION",
        data_level="AUCTION_CAMPAIGN",
        dimensions=["campaign_id", "stat_time_day"],
        metrics=["spend", "clicks", "impressions"],
        start_date="2026-02-15",
        end_date="2026-03-14",
    )
    theirs = [
        (
            row["dimensions"]["stat_time_day"][:10],
            row["dimensions"]["campaign_id"],
            money(row["metrics"]["spend"]),
            int(row["metrics"]["clicks"]),
            int(row["metrics"]["impressions"]),
        )
        for row in rows
    ]
    found = mine.rows("campaign_daily", "date", "campaign_id", "spend", "clicks", "impressions")
    assert [(f"{day}", *rest) for day, *rest in found if f"{day}" >= "2026-02-15"] == arranged(theirs)
    assert len(theirs) > 5
