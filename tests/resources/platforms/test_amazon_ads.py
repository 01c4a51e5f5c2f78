"""Amazon Ads is read as it is declared, and its refusals are understood."""

import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import orjson
import pytest
from official_specs import example, needs_shared, objections, spec
from reading_feeds import Reader, Row

from resources.operations import Purpose
from resources.platforms.amazon_ads import PLATFORM
from resources.platforms.amazon_ads.grant import SCOPE, judge
from resources.platforms.amazon_ads.pages import _LEVELS
from resources.reading import Page, Reply, Verdict
from sandbox.oauth import Consent
from sandbox.serve import Sandbox
from sandbox.vendors.amazon_ads.access import EDITOR
from sandbox.world import World

NOON = dt.datetime(2026, 3, 14, 16, tzinfo=dt.UTC)
HOST = "https://advertising-api.amazon.com"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
FACTS = {"profile_id": "66", "currency": "USD", "time_zone": "America/Los_Angeles", "region": "na"}


@pytest.fixture
def reader(connect: Callable[..., Reader]) -> Reader:
    return connect("amazon_ads")


@pytest.fixture(scope="module")
def rows(connect: Callable[..., Reader]) -> dict[str, list[Row]]:
    return connect("amazon_ads").read(NOON)


def test_all_figures_are_those_of_the_brand(rows: dict[str, list[Row]], world: World) -> None:
    days = [day for day in world.ads["amazon_ads"].daily if day.impressions]
    for level in ("campaign", "ad_group", "ad"):
        read = rows[f"{level}_daily"]
        assert sum(row["cost"] for row in read) == Decimal(sum(day.spend for day in days)) / 100
        assert sum(row["impressions"] for row in read) == sum(day.impressions for day in days)
        by_click = sum(row["purchases_14d"] or 0 for row in read) + sum(row["purchases_clicks"] or 0 for row in read)
        assert by_click == sum(day.conversions for day in days)
        worth = sum(row["sales_14d"] or 0 for row in read) + sum(row["sales_clicks"] or 0 for row in read)
        assert worth == Decimal(sum(day.value for day in days)) / 100


def test_each_product_counts_in_its_own_columns(rows: dict[str, list[Row]], world: World) -> None:
    spent: dict[str, int] = defaultdict(int)
    for day in world.ads["amazon_ads"].daily:
        spent[day.ad.group.campaign.kind] += day.spend if day.impressions else 0
    read: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows["ad_daily"]:
        read[row["ad_product"]] += row["cost"]
        products = row["ad_product"] == "SPONSORED_PRODUCTS"
        assert (row["purchases_14d"] is None, row["purchases"] is None) == (not products, products)
    assert read == {product: Decimal(cents) / 100 for product, cents in spent.items()}


def test_entities_have_their_names_archived_ones_too(rows: dict[str, list[Row]], world: World) -> None:
    account = world.ads["amazon_ads"]
    campaigns = {row["campaign_id"]: (row["name"], row["budget"]) for row in rows["campaigns"]}
    assert campaigns == {str(one.id): (one.name, Decimal(one.daily_budget) / 100) for one in account.campaigns}
    assert {row["ad_group_id"] for row in rows["ad_groups"]} == {str(group.id) for group in account.groups}
    assert {row["ad_id"] for row in rows["ads"]} == {str(ad.id) for ad in account.ads}
    assert "ARCHIVED" in {row["state"] for row in rows["ads"]}
    (profile,) = rows["profiles"]
    assert (profile["profile_id"], profile["currency"], profile["region"]) == (account.id, "USD", "na")


def test_days_are_those_of_the_profile_s_time_zone(reader: Reader) -> None:
    late_evening = dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC)  # still the 9th in New York
    feed = FEEDS["campaign_daily"]
    read = reader.decoded(feed, reader.pages(feed, late_evening, NOON))["campaign_daily"]
    assert min(row["date"] for row in read) == dt.date(2026, 3, 9)
    assert {(row["currency"], row["time_zone"]) for row in read} == {("USD", "America/New_York")}


def test_a_viewer_is_told_from_an_editor(connect: Callable[..., Reader], sandbox: Sandbox) -> None:
    viewer = connect("amazon_ads")
    sandbox.state.consents["amazon_ads"] = Consent(scopes=(SCOPE, EDITOR))
    try:
        editor = connect("amazon_ads")
    finally:
        del sandbox.state.consents["amazon_ads"]
    said = []
    for who in (viewer, editor):
        with who.door(Purpose.PROVE, Purpose.READ) as door:
            proof = PLATFORM.prove(door, who.grant)
        assert (proof.grade, proof.granted) == (PLATFORM.best_grade, {SCOPE})
        said.append(" ".join(proof.findings))
    assert "is a viewer" in said[0]
    assert "may edit" in said[1]


def test_a_refresh_keeps_the_refresh_token(reader: Reader) -> None:
    before = reader.grant
    assert reader.renew()
    assert reader.grant.refresh == before.refresh


def reply(status: int, body: object, to: str = "GET advertising-api.amazon.com/v2/profiles", **headers: str) -> Reply:
    return Reply(status=status, headers=headers, body=orjson.dumps(body), to=to)


LOGIN = "POST api.amazon.com/auth/o2/token"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (reply(200, []), Verdict.FINE),
        (reply(401, {"code": "UNAUTHORIZED", "details": "Not authorized to access scope 1"}), Verdict.REFRESH),
        (reply(401, {"code": "401", "detail": "Unauthorized"}), Verdict.REFRESH),
        (reply(401, {"message": "Unauthorized"}), Verdict.REFRESH),
        (reply(403, {"message": "Forbidden"}), Verdict.ASK_AGAIN),
        (reply(425, {"code": "425", "detail": "The request is a duplicate of: 1"}), Verdict.RETRY),
        (reply(429, {"code": "429", "detail": "Too Many Requests"}), Verdict.RETRY),
        (reply(400, {"code": "400", "detail": "Invalid columns"}), Verdict.FINE),
        (reply(200, {"code": "500", "details": "Internal Error"}), Verdict.RETRY),
        (reply(400, {"error": "invalid_grant", "error_description": "gone"}, LOGIN), Verdict.ASK_AGAIN),
        (reply(401, {"error": "invalid_client", "error_description": "x"}, LOGIN), Verdict.STOP),
        (reply(503, {}, LOGIN), Verdict.FINE),
    ],
)
def test_refusals_are_understood(answer: Reply, verdict: Verdict) -> None:
    assert judge(answer).verdict is verdict


def test_throttling_leaves_the_seconds_to_the_header_where_there_is_one() -> None:
    assert judge(reply(429, {}, **{"retry-after": "7"})).after is None
    assert judge(reply(429, {})).after == 30


def test_an_unknown_amount_of_impressions_stays_unknown(reader: Reader) -> None:
    row = {"date": "2026-03-01", "campaignId": 158410630682987, "impressions": None, "clicks": 0, "cost": 0.1 + 0.2}
    page = Page(body=orjson.dumps([row]), facts={**FACTS, "ad_product": "SPONSORED_PRODUCTS"})
    (read,) = reader.decoded(FEEDS["campaign_daily"], [page])["campaign_daily"]
    assert (read["campaign_id"], read["impressions"], read["cost"]) == ("158410630682987", None, Decimal("0.3"))


@needs_shared
def test_the_documented_examples_become_typed_rows(reader: Reader) -> None:
    def rows_of(feed: str, body: bytes) -> list[Row]:
        return reader.decoded(FEEDS[feed], [Page(body=body, facts=FACTS)])[feed]

    (campaign,) = rows_of("campaigns", example("amazon_ads/docs_export_campaign_sponsored_products.json"))
    assert (campaign["ad_product"], campaign["budget"]) == ("SPONSORED_PRODUCTS", Decimal(0))
    assert (campaign["starts_on"], campaign["ends_on"]) == (dt.date(2023, 11, 30), dt.date(2023, 12, 8))
    (group,) = rows_of("ad_groups", example("amazon_ads/docs_export_adgroup_sponsored_products.json"))
    assert (group["state"], group["default_bid"]) == ("ARCHIVED", Decimal(0))
    one = example("amazon_ads/docs_export_ad_product_ad.json")
    (ad,) = rows_of("ads", b"[" + one + b"]")
    assert orjson.loads(ad["products"]) == [{"productIdType": "ASIN", "productId": "string"}]
    assert ad["created_at"] == dt.datetime(2018, 11, 8, 15, 41, 14, tzinfo=dt.UTC)
    profiles = rows_of("profiles", example("amazon_ads/docs_profiles_list.json"))
    assert [row["profile_id"] for row in profiles] == ["777777777", "888888888", "999999999"]


@needs_shared
def test_every_column_asked_for_is_one_of_its_report_type() -> None:
    types = spec("amazon_ads/report_v3_columns_by_type.derived.json")
    titles = {"SPONSORED_PRODUCTS": "Sponsored Products", "SPONSORED_BRANDS": "Sponsored Brands"}
    pages = {"spAdvertisedProduct": "advertised-product", "sdAdvertisedProduct": "advertised-product", "sbAds": "ad"}
    for report_type in (one for level in _LEVELS.values() for one in level):
        page = pages.get(report_type.type, "ad-group" if report_type.type.endswith("AdGroup") else "campaign")
        known = types[page][titles.get(report_type.product, "Sponsored Display")]
        assert set(report_type.columns) <= {name for names in known.values() for name in names}, report_type.type


def report(**changes: object) -> bytes:
    configuration = {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["campaign"],
        "columns": ["date", "cost"],
        "reportTypeId": "spCampaigns",
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
        **changes,
    }
    return orjson.dumps({"startDate": "2026-03-01", "endDate": "2026-03-02", "configuration": configuration})


@needs_shared
def test_what_the_sandbox_says_is_what_the_official_specs_say(reader: Reader) -> None:
    scope = {"Amazon-Advertising-API-Scope": reader.account.id}
    content = "application/vnd.campaignsexport.v1+json"
    found: list[str] = []
    with reader.opened() as door:
        profiles = door.get(f"{HOST}/v2/profiles", params={"apiProgram": "report", "accessLevel": "view"}).json()
        found += [one for row in profiles for one in objections("amazon_ads/AccountsProfiles.json", "Profile", row)]
        headers = {**scope, "Content-Type": content, "Accept": content}
        started = door.post(f"{HOST}/campaigns/export", json={}, headers=headers).json()
        answers = [started]
        asked = {**scope, "Accept": content}
        answers += [door.get(f"{HOST}/exports/{started['exportId']}", headers=asked).json() for _ in range(2)]
        for answer in answers:
            found += objections("amazon_ads/ExportsSnapshots.json", "UniversalApiExportResponse", answer)
        wanted = {**scope, "Content-Type": "application/vnd.createasyncreportrequest.v3+json"}
        job = door.post(f"{HOST}/reporting/reports", json=orjson.loads(report()), headers=wanted).json()
        found += objections("amazon_ads/ReportingVersion3.json", "CreateAsyncReportRequest", orjson.loads(report()))
        for _ in range(2):
            found += objections("amazon_ads/ReportingVersion3.json", "AsyncReport", job)
            job = door.get(f"{HOST}/reporting/reports/{job['reportId']}", headers=scope).json()
        found += objections("amazon_ads/ReportingVersion3.json", "AsyncReport", job)
    assert found == []
    assert (answers[-1]["status"], job["status"]) == ("COMPLETED", "COMPLETED")


def test_the_file_is_gzip_and_its_address_alone_opens_it(reader: Reader, sandbox: Sandbox) -> None:
    feed = FEEDS["campaigns"]
    (page,) = reader.pages(feed, None, NOON)
    assert not page.body.startswith(gzip.compress(b"")[:2])
    assert {row["campaignId"] for row in orjson.loads(page.body)}
    assert list(sandbox.state.writes_seen) == []
