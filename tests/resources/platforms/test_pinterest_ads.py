"""Pinterest Ads is read as it is declared, its refusals are understood, and nothing can be changed."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import orjson
import pytest
from official_specs import example, needs_shared, objections, spec
from reading_feeds import Reader, Row

from resources.door.rules import decide
from resources.errors import AskAgain, Stop
from resources.operations import Purpose
from resources.platforms.pinterest_ads import PLATFORM
from resources.platforms.pinterest_ads.grant import judge
from resources.reading import Page, Reply, Verdict
from sandbox.faults import Fault, Kind
from sandbox.oauth import Consent
from sandbox.serve import Sandbox
from sandbox.world import World

NOON = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
SPEC = "pinterest_ads/pinterest_v5_openapi_trimmed.json"
ACCOUNT = "https://api.pinterest.com/v5/ad_accounts/549755885175"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}


@pytest.fixture
def reader(connect: Callable[..., Reader]) -> Reader:
    return connect("pinterest_ads")


@pytest.fixture(scope="module")
def rows(connect: Callable[..., Reader]) -> dict[str, list[Row]]:
    return connect("pinterest_ads").read(NOON)


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator[Sandbox]:
    yield sandbox
    sandbox.state.faults.clear()


def test_all_figures_are_those_of_the_brand(rows: dict[str, list[Row]], world: World) -> None:
    days = [day for day in world.ads["pinterest_ads"].daily if day.impressions]
    for level in ("campaign", "ad_group", "ad"):
        read = rows[f"{level}_daily"]
        assert sum(row["spend_micro"] for row in read) == sum(day.spend for day in days) * 10_000
        assert sum(row["impressions"] for row in read) == sum(day.impressions for day in days)
        assert sum(row["clicks"] for row in read) == sum(day.clicks for day in days)
        assert sum(row["checkouts"] for row in read) == sum(day.conversions for day in days)
        assert sum(row["checkout_value_micro"] for row in read) == sum(day.value for day in days) * 10_000


def test_each_ad_has_its_day_and_its_names(rows: dict[str, list[Row]], world: World) -> None:
    account = world.ads["pinterest_ads"]
    expected = {(str(day.ad.id), day.day): day.spend * 10_000 for day in account.daily if day.impressions}
    assert {(row["ad_id"], row["date"]): row["spend_micro"] for row in rows["ad_daily"]} == expected
    named = {row["ad_id"]: (row["campaign_id"], row["ad_group_id"], row["name"]) for row in rows["ads"]}
    assert named == {str(ad.id): (str(ad.group.campaign.id), str(ad.group.id), ad.name) for ad in account.ads}
    assert {row["status"] for row in rows["ads"]} == {"ACTIVE", "ARCHIVED"}


def test_rows_keep_currency_zone_and_windows(rows: dict[str, list[Row]]) -> None:
    for row in rows["campaign_daily"]:
        assert (row["currency"], row["time_zone"]) == ("USD", "UTC")
        assert (row["click_window_days"], row["view_window_days"]) == (30, 1)


def test_a_later_sync_reads_from_its_window_on(reader: Reader) -> None:
    since = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    feed = FEEDS["campaign_daily"]
    read = reader.decoded(feed, reader.pages(feed, since, NOON))["campaign_daily"]
    assert min(row["date"] for row in read) == dt.date(2026, 3, 10)


def test_the_grant_is_proved_by_its_scopes_and_renewed_with_a_new_refresh_token(reader: Reader) -> None:
    with reader.door(Purpose.PROVE) as door:
        assert PLATFORM.prove(door, reader.grant).granted == {"ads:read", "pins:read"}
    before = reader.grant
    assert reader.renew()
    assert reader.grant.refresh != before.refresh
    assert reader.grant.scopes == before.scopes


def test_a_dead_grant_asks_for_a_person(reader: Reader, faults: Sandbox) -> None:
    faults.state.faults.add(Fault(platform="pinterest_ads", kind=Kind.REVOKED))
    with pytest.raises(AskAgain):
        reader.pages(FEEDS["campaigns"], None, NOON)


def test_a_list_that_repeats_its_bookmark_is_ended(reader: Reader, faults: Sandbox) -> None:
    faults.state.faults.add(Fault(platform="pinterest_ads", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    with pytest.raises(Stop, match="twice"):
        reader.pages(FEEDS["ads"], None, NOON)


def test_the_merchant_s_narrower_answer_is_what_counts(connect: Callable[..., Reader], sandbox: Sandbox) -> None:
    sandbox.state.consents["pinterest_ads"] = Consent(scopes=("ads:read", "ads:write"))
    try:
        assert connect("pinterest_ads").grant.scopes == {"ads:read", "ads:write"}
    finally:
        del sandbox.state.consents["pinterest_ads"]


def reply(status: int, body: object, path: str = "GET api.pinterest.com/v5/ad_accounts", **headers: str) -> Reply:
    return Reply(status=status, headers=headers, body=orjson.dumps(body), to=path)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, {"items": []}, Verdict.FINE),
        (200, {"code": 12, "message": "Something went wrong on our end."}, Verdict.RETRY),
        (401, {"code": 2, "message": "Authentication failed."}, Verdict.REFRESH),
        (401, {"code": 3, "message": "Authorization failed."}, Verdict.ASK_AGAIN),
        (403, {"code": 29, "message": "You are not permitted to access that resource."}, Verdict.ASK_AGAIN),
        (429, {"code": 8, "message": "You have exceeded your rate limit."}, Verdict.RETRY),
        (400, {"code": 1, "message": "Report is being built. Retry after 35 seconds."}, Verdict.RETRY),
        (400, {"code": 1, "message": "Invalid parameters."}, Verdict.FINE),
    ],
)
def test_refusals_are_understood(status: int, body: object, verdict: Verdict) -> None:
    assert judge(reply(status, body)).verdict is verdict


def test_throttling_waits_as_long_as_it_says() -> None:
    throttled = Reply(status=429, headers={"x-ratelimit-reset": "17"}, body=b"{}", to="GET x")
    assert judge(throttled).after == 17
    assert judge(reply(400, {"code": 1, "message": "Retry after 35 seconds"})).after == 35
    gone = reply(400, {"code": 283, "message": "x"}, "POST api.pinterest.com/v5/oauth/token")
    assert judge(gone).verdict is Verdict.ASK_AGAIN


@needs_shared
def test_the_official_errors_stop_or_ask_again_and_never_pass_for_pages() -> None:
    for status, errors in orjson.loads(example("pinterest_ads/openapi_error_examples.json")).items():
        for body in errors.values():
            if status.isdigit() and int(status) >= 400:
                verdict = judge(reply(int(status), body)).verdict
                assert verdict in {Verdict.FINE, Verdict.REFRESH, Verdict.ASK_AGAIN, Verdict.RETRY}
                assert (verdict is Verdict.FINE) == (int(status) not in {401, 403, 429}), (status, body)


@needs_shared
def test_the_official_examples_become_typed_rows(reader: Reader) -> None:
    given: dict[str, Any] = orjson.loads(example("pinterest_ads/openapi_examples.json"))
    facts = {"ad_account_id": "549755885175", "currency": "USD"}
    page = orjson.dumps({"items": [given["CampaignResponse (assembled from property examples)"]], "bookmark": None})
    (campaign,) = reader.decoded(FEEDS["campaigns"], [Page(body=page, facts=facts)])["campaigns"]
    assert (campaign["campaign_id"], campaign["name"]) == ("549755885175", "ACME Tools")
    assert campaign["daily_spend_cap_micro"] == 1432744744
    assert campaign["starts_at"] == dt.datetime(2020, 2, 5, 1, 12, 6, tzinfo=dt.UTC)
    page = orjson.dumps({"items": [given["AdGroupResponse (assembled from property examples)"]]})
    (group,) = reader.decoded(FEEDS["ad_groups"], [Page(body=page, facts=facts)])["ad_groups"]
    assert (group["campaign_id"], group["bid_micro"], group["billable_event"]) == (
        "626736533506",
        5000000,
        "CLICKTHROUGH",
    )


def test_fractions_of_a_millionth_and_large_amounts_are_kept_whole(reader: Reader) -> None:
    row = {"DATE": "2026-03-01", "CAMPAIGN_ID": 626700001000, "SPEND_IN_MICRO_DOLLAR": 4123456789012.0}
    page = orjson.dumps({"626700001000": [{**row, "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR": None}]})
    facts = {"ad_account_id": "1", "currency": "JPY", "time_zone": "UTC", "conversion_report_time": "T"}
    windows = {"click_window_days": "30", "view_window_days": "1"}
    (read,) = reader.decoded(FEEDS["campaign_daily"], [Page(body=page, facts={**facts, **windows})])["campaign_daily"]
    assert read["spend_micro"] == 4123456789012
    assert read["checkout_value_micro"] is None
    assert Decimal(read["spend_micro"]) / 1_000_000 == Decimal("4123456.789012")


@pytest.mark.parametrize(
    ("method", "url"),
    [
        *((method, f"{ACCOUNT}/{edge}") for method in ("POST", "PATCH") for edge in ("campaigns", "ad_groups", "ads")),
        ("POST", f"{ACCOUNT}/events"),
        ("POST", f"{ACCOUNT}/customer_lists"),
        ("POST", f"{ACCOUNT}/ads_credit/redeem"),
        ("POST", f"{ACCOUNT}/templates/1/reports"),
        ("POST", f"{ACCOUNT}/mmm_reports"),
        ("POST", f"{ACCOUNT}/reports/brand_category_sku"),
        ("POST", "https://api.pinterest.com/v5/oauth/conversion_token"),
        ("POST", "https://api.pinterest.com/v5/pins"),
        ("DELETE", "https://api.pinterest.com/v5/pins/1"),
    ],
)
def test_no_write_that_pinterest_knows_is_let_out(method: str, url: str) -> None:
    assert not decide(PLATFORM, method, url, body=b"{}").allowed


def test_a_report_is_asked_for_with_declared_keys_only() -> None:
    asked = {"start_date": "2026-03-01", "end_date": "2026-03-02", "granularity": "DAY", "level": "CAMPAIGN"}
    url = f"{ACCOUNT}/reports"
    assert decide(PLATFORM, "POST", url, body=orjson.dumps(asked)).allowed
    assert not decide(PLATFORM, "POST", url, body=orjson.dumps({**asked, "name": "x"})).allowed
    assert not decide(PLATFORM, "POST", url, body=orjson.dumps({**asked, "level": "KEYWORD"})).allowed


@needs_shared
def test_what_the_sandbox_says_is_what_the_official_spec_says(reader: Reader) -> None:
    found: list[str] = []
    kinds = {"campaigns": "CampaignResponse", "ad_groups": "AdGroupResponse", "ads": "AdResponse"}
    with reader.opened() as door:
        found += objections(SPEC, "AdAccount", door.get(ACCOUNT).json())
        for edge, kind in kinds.items():
            page = door.get(f"{ACCOUNT}/{edge}", params={"entity_statuses": "ACTIVE,PAUSED,ARCHIVED"}).json()
            found += objections(SPEC, "Paginated", page)
            found += [problem for row in page["items"] for problem in objections(SPEC, kind, row)]
        asked = {"start_date": "2026-03-01", "end_date": "2026-03-02", "granularity": "DAY", "level": "CAMPAIGN"}
        body = {**asked, "columns": ["CAMPAIGN_ID"]}
        started = door.post(f"{ACCOUNT}/reports", json=body).json()
        found += objections(SPEC, "AdsAnalyticsCreateAsyncRequest", body)
        found += objections(SPEC, "AdsAnalyticsCreateAsyncResponse", started)
        for _ in range(2):
            job = door.get(f"{ACCOUNT}/reports", params={"token": started["token"]}).json()
            found += objections(SPEC, "AdsAnalyticsGetAsyncResponse", job)
    assert found == []
    assert job["report_status"] == "FINISHED"


@needs_shared
def test_every_column_asked_for_is_an_official_one() -> None:
    columns = set(spec(SPEC)["components"]["schemas"]["ReportingColumnAsync"]["enum"])
    for name in ("campaign_daily", "ad_group_daily", "ad_daily"):
        asked = {column.path for column in FEEDS[name].streams[0].columns if not column.path.startswith("@")}
        assert asked - {"DATE"} <= columns
