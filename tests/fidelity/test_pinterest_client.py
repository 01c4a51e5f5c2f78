"""Pinterest's own client reads what we read: a list by bookmark, figures at once and figures as a report job.

It is the client that Pinterest generates from its description; the wrapper around it wants older parts than ours.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests
from openapi_generated.pinterest_client import ApiClient, Configuration
from openapi_generated.pinterest_client.api.ad_accounts_api import AdAccountsApi
from openapi_generated.pinterest_client.api.campaigns_api import CampaignsApi
from openapi_generated.pinterest_client.model_utils import validate_and_convert_types
from openapi_generated.pinterest_client.models import (
    AdsAnalyticsCreateAsyncRequest,
    CampaignResponse,
    Granularity,
    ReportingColumnAsync,
)
from our_rows import Ours, Row, arranged

pytestmark = pytest.mark.slow
COLUMNS = ["CAMPAIGN_ID", "SPEND_IN_MICRO_DOLLAR", "CLICKTHROUGH_1"]
FIRST, LAST = date(2026, 2, 1), date(2026, 3, 14)


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> Iterator[ApiClient]:
    mine = ours("pinterest_ads")
    configuration = Configuration(access_token=mine.token, ssl_ca_cert=str(mine.sandbox.ca_file))
    configuration.proxy = f"http://{mine.sandbox.proxy}"
    with ApiClient(configuration) as opened:
        yield opened


def _modelled(client: ApiClient, row: dict[str, Any]) -> Any:  # noqa: ANN401 -- the client's own model of a campaign
    """The client gives a list's rows as they came; here they pass its checks, as a campaign alone would."""
    kinds, names = (CampaignResponse,), ["campaign"]
    return validate_and_convert_types(row, kinds, names, True, True, client.configuration)  # noqa: FBT003 -- its own way


def campaigns(client: ApiClient, account: str) -> list[Any]:
    found: list[Any] = []
    bookmark = None
    while True:
        asked: dict[str, str] = {"bookmark": bookmark} if bookmark else {}
        page = CampaignsApi(client).campaigns_list(
            account, entity_statuses=["ACTIVE", "PAUSED", "ARCHIVED"], page_size=2, **asked
        )
        found += [_modelled(client, row) for row in page["items"]]
        bookmark = page.get("bookmark")
        if not bookmark:
            return found


def figures(rows: list[dict[str, Any]]) -> list[Row]:
    return arranged(
        (str(row["DATE"])[:10], str(row["CAMPAIGN_ID"]), int(row["SPEND_IN_MICRO_DOLLAR"]), row["CLICKTHROUGH_1"])
        for row in rows
    )


def ours_since_february(mine: Ours) -> list[Row]:
    found = mine.rows("campaign_daily", "date", "campaign_id", "spend_micro", "clicks")
    return arranged((f"{day}", *rest) for day, *rest in found if day >= FIRST)


def test_campaigns_are_the_same(ours: Callable[[str], Ours], client: ApiClient) -> None:
    mine = ours("pinterest_ads")
    theirs = [(each.id, each.name, each.status) for each in campaigns(client, mine.account)]
    assert mine.rows("campaigns", "campaign_id", "name", "status") == arranged(theirs)


def test_daily_figures_are_the_same_at_once(ours: Callable[[str], Ours], client: ApiClient) -> None:
    mine = ours("pinterest_ads")
    rows = CampaignsApi(client).campaigns_analytics(
        mine.account,
        FIRST,
        LAST,
        [each.id for each in campaigns(client, mine.account)],
        COLUMNS,
        Granularity("DAY"),
    )
    assert figures(rows.value) == ours_since_february(mine)


def test_daily_figures_are_the_same_as_a_job(ours: Callable[[str], Ours], client: ApiClient) -> None:
    mine, api = ours("pinterest_ads"), AdAccountsApi(client)
    asked = AdsAnalyticsCreateAsyncRequest(
        start_date=f"{FIRST}",
        end_date=f"{LAST}",
        granularity="DAY",
        columns=[ReportingColumnAsync(name) for name in COLUMNS],
        level="CAMPAIGN",
        report_format="JSON",
    )
    token = api.analytics_create_report(mine.account, asked).token
    while (job := api.analytics_get_report(mine.account, token)).report_status != "FINISHED":
        assert job.report_status == "IN_PROGRESS"
    whole = requests.get(job.url, timeout=10).json()
    assert figures([row for rows in whole.values() for row in rows]) == ours_since_february(mine)


def test_the_client_knows_every_column_that_we_ask_for(ours: Callable[[str], Ours]) -> None:
    known = set(ReportingColumnAsync.allowed_values[("value",)].values())
    for stream in ours("pinterest_ads").declared.streams:
        if stream.name.endswith("_daily"):
            # the day comes with the granularity
            paths = {column.path for column in stream.columns if not column.path.startswith("@")}
            assert paths - known == {"DATE"}
