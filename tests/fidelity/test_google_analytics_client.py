"""Google Analytics' own client reads what we read, with a token that Google's own library refreshes."""

from collections.abc import Callable
from datetime import datetime

import pytest
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.types import DateRange, Dimension, Metric, RunReportRequest
from google.oauth2.credentials import Credentials
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> BetaAnalyticsDataClient:
    mine = ours("google_analytics")
    assert mine.grant.refresh is not None
    credentials = Credentials(
        token=None,
        refresh_token=mine.grant.refresh.reveal(),
        token_uri="https://oauth2.googleapis.com/token",
        client_id=mine.app.client_id,
        client_secret=mine.app.client_secret,
    )
    return BetaAnalyticsDataClient(credentials=credentials, transport="rest")


def test_sessions_by_source_are_the_same(ours: Callable[[str], Ours], client: BetaAnalyticsDataClient) -> None:
    mine = ours("google_analytics")
    dimensions = ("date", "sessionDefaultChannelGroup", "sessionSource", "sessionMedium")
    report = client.run_report(
        RunReportRequest(
            property=f"properties/{mine.account}",
            dimensions=[Dimension(name=name) for name in dimensions],
            metrics=[Metric(name=name) for name in ("sessions", "ecommercePurchases", "purchaseRevenue")],
            date_ranges=[DateRange(start_date="2026-01-01", end_date="2026-03-13")],
            limit=100_000,
        )
    )
    theirs = [
        (
            datetime.strptime(row.dimension_values[0].value, "%Y%m%d").date(),  # noqa: DTZ007 -- a day of the property
            *(value.value for value in row.dimension_values[1:]),
            int(row.metric_values[0].value),
            int(row.metric_values[1].value),
            money(row.metric_values[2].value),
        )
        for row in report.rows
    ]
    assert report.row_count == len(theirs)
    columns = ("date", "channel_group", "source", "medium", "sessions", "purchases", "revenue")
    assert mine.rows("source_daily", *columns) == arranged(theirs)
