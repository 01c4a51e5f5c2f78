"""Google Ads' own client and messages read what we read."""

from collections.abc import Callable
from typing import Any

import pytest
from google.ads.googleads.v26.services.services.google_ads_service import GoogleAdsServiceClient
from google_rest import RestTransport
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> GoogleAdsServiceClient:
    return GoogleAdsServiceClient(transport=RestTransport(ours("google_ads").token))


def test_ads_are_the_same(ours: Callable[[str], Ours], client: GoogleAdsServiceClient) -> None:
    mine = ours("google_ads")
    query = "SELECT campaign.id, ad_group.id, ad_group_ad.ad.id, ad_group_ad.status FROM ad_group_ad"
    theirs = [
        (str(row.campaign.id), str(row.ad_group.id), str(row.ad_group_ad.ad.id), row.ad_group_ad.status.name)
        for row in client.search(customer_id=mine.account, query=query)
    ]
    assert mine.rows("ads", "campaign_id", "ad_group_id", "ad_id", "status") == arranged(theirs)


@pytest.mark.parametrize("streamed", [False, True])
def test_daily_figures_are_the_same(
    ours: Callable[[str], Ours], client: GoogleAdsServiceClient, *, streamed: bool
) -> None:
    mine = ours("google_ads")
    query = (
        "SELECT campaign.id, segments.date, metrics.impressions, metrics.clicks, metrics.cost_micros, "
        "metrics.conversions_value FROM campaign WHERE segments.date BETWEEN '2026-01-01' AND '2026-03-14'"
    )
    ask: Any = client.search_stream if streamed else client.search
    answer = ask(customer_id=mine.account, query=query)
    parts = answer if streamed else answer.pages
    theirs = [
        (
            str(row.campaign.id),
            row.segments.date,
            row.metrics.impressions,
            row.metrics.clicks,
            row.metrics.cost_micros,
            money(row.metrics.conversions_value),
        )
        for part in parts
        for row in part.results
    ]
    columns = ("campaign_id", "date", "impressions", "clicks", "cost_micros", "conversions_value")
    found = [(id_, f"{day}", *rest, money(value)) for id_, day, *rest, value in mine.rows("campaign_daily", *columns)]
    assert arranged(found) == arranged(theirs)
