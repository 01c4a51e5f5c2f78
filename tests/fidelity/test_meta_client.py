"""Meta's own client reads what we read: lists, a report at once and a report as a job."""

from collections.abc import Callable
from typing import Any

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.campaign import Campaign
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow
ASKED = {"level": "campaign", "time_increment": 1, "time_range": {"since": "2026-02-01", "until": "2026-03-14"}}
FIELDS = ["campaign_id", "impressions", "clicks", "spend"]


@pytest.fixture
def account(ours: Callable[[str], Ours]) -> AdAccount:
    mine = ours("meta_ads")
    session = FacebookSession(access_token=mine.token)
    return AdAccount(mine.account, api=FacebookAdsApi(session, api_version=mine.declared.version))


def all_of(kind: type[Campaign | Ad]) -> dict[str, object]:
    """Every status that the client knows for the kind, since without any archived ones are left out."""
    known = [name for name in vars(kind.EffectiveStatus) if not name.startswith("_")]
    return {"effective_status": [getattr(kind.EffectiveStatus, name) for name in known], "limit": 5}


def figures(rows: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- the client's cursor, which has no types
    return arranged(
        (row["date_start"], row["campaign_id"], int(row["impressions"]), int(row["clicks"]), money(row["spend"]))
        for row in rows
    )


def ours_since_february(mine: Ours) -> list[tuple[Any, ...]]:
    found = mine.rows("campaign_daily", "date", "campaign_id", "impressions", "clicks", "spend")
    return arranged((f"{day}", *rest) for day, *rest in found if f"{day}" >= "2026-02-01")


def test_campaigns_and_ads_are_the_same(ours: Callable[[str], Ours], account: AdAccount) -> None:
    campaigns = [
        (each["id"], each["name"], each["objective"])
        for each in account.get_campaigns(fields=["name", "objective"], params=all_of(Campaign))
    ]
    assert ours("meta_ads").rows("campaigns", "campaign_id", "name", "objective") == arranged(campaigns)
    ads = [
        (each["id"], each["adset_id"], each["name"])
        for each in account.get_ads(fields=["name", "adset_id"], params=all_of(Ad))
    ]
    assert ours("meta_ads").rows("ads", "ad_id", "ad_set_id", "name") == arranged(ads)


def test_daily_figures_are_the_same_at_once(ours: Callable[[str], Ours], account: AdAccount) -> None:
    assert figures(account.get_insights(fields=FIELDS, params=ASKED)) == ours_since_february(ours("meta_ads"))


def test_daily_figures_are_the_same_as_a_job(ours: Callable[[str], Ours], account: AdAccount) -> None:
    run = account.get_insights_async(fields=FIELDS, params=ASKED)
    while run.api_get()["async_status"] != "Job Completed" or run["async_percent_completion"] < 100:
        assert run["async_status"] in {"Job Not Started", "Job Started", "Job Running", "Job Completed"}
    assert figures(run.get_result(params={"limit": 50})) == ours_since_february(ours("meta_ads"))


@pytest.mark.parametrize(
    ("stream", "kind"),
    [("accounts", AdAccount), ("campaigns", Campaign), ("ad_sets", AdSet), ("ads", Ad), ("ad_daily", AdsInsights)],
)
def test_the_client_knows_every_field_that_we_ask_for(ours: Callable[[str], Ours], stream: str, kind: Any) -> None:  # noqa: ANN401 -- a class without types
    [declared] = [each for each in ours("meta_ads").declared.streams if each.name == stream]
    asked = {column.path for column in declared.columns if not column.path.startswith("@")}
    assert asked <= {value for name, value in vars(kind.Field).items() if not name.startswith("_")}
