"""Google Ads: read from the sandbox, held against the truth, the official fields and the real refusals."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from ad_truth import UNTIL, ad_day, by, campaign_day, reply
from official_specs import example, needs_shared, spec
from reading_feeds import Reader

from resources.door.rules import decide
from resources.errors import AskAgain, Refused, Stop
from resources.operations import Purpose
from resources.platforms.google_ads import PLATFORM, grant, pages, streams
from resources.reading import Page, Verdict
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox

API = "https://googleads.googleapis.com/v26"
CUSTOMER = f"{API}/customers/4815162342"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
MICROS_IN_A_CENT = 10_000


@pytest.fixture
def reader(connect: Callable[..., Reader], sandbox: Sandbox) -> Iterator[Reader]:
    yield connect("google_ads")
    sandbox.state.faults.clear()


def test_the_figures_are_those_of_the_brand(reader: Reader, sandbox: Sandbox) -> None:
    rows, owner = reader.read(UNTIL), sandbox.state.world.ads["google_ads"]
    truth = by(owner, campaign_day)
    assert {(row["campaign_id"], row["date"]) for row in rows["campaign_daily"]} == truth.keys()
    for row in rows["campaign_daily"]:
        true = truth[row["campaign_id"], row["date"]]
        assert row["cost_micros"] == true.spend * MICROS_IN_A_CENT
        assert (row["impressions"], row["clicks"]) == (true.impressions, true.clicks)
        assert (row["conversions"], row["conversions_value"]) == (true.conversions, Decimal(true.value) / 100)
        assert (row["account_id"], row["currency"], row["time_zone"]) == (owner.id, "USD", "America/New_York")
    ads = by(owner, ad_day)
    assert all(row["clicks"] == ads[row["ad_id"], row["date"]].clicks for row in rows["ad_daily"])
    # a Performance Max campaign has figures of its own and none by ad
    with_ads = {row["campaign_id"] for row in rows["ad_daily"]}
    assert with_ads == {row["campaign_id"] for row in rows["campaigns"] if row["channel_type"] != "PERFORMANCE_MAX"}
    assert {row["status"] for row in rows["ads"]} == {"ENABLED", "REMOVED"}
    assert rows["accounts"][0]["account_id"] == owner.id


def test_a_sync_asks_only_for_the_days_of_its_window(reader: Reader) -> None:
    since = dt.datetime(2026, 3, 5, 3, tzinfo=dt.UTC)  # still the fourth where the account is
    days = {
        row["date"]
        for row in reader.decoded(FEEDS["ad_daily"], reader.pages(FEEDS["ad_daily"], since, UNTIL))["ad_daily"]
    }
    assert min(days) == dt.date(2026, 3, 4)


def test_a_page_token_that_comes_again_ends_the_list(reader: Reader, sandbox: Sandbox) -> None:
    sandbox.state.faults.add(Fault(platform="google_ads", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    with pytest.raises(Stop, match="twice"):
        reader.pages(FEEDS["campaigns"], None, UNTIL)


def test_the_proof_names_scope_and_roles_and_refuses_more(reader: Reader) -> None:
    with reader.door(Purpose.PROVE, Purpose.READ) as door:
        proof = grant.prove(door, reader.grant)
    assert proof.granted == set(PLATFORM.scopes.required)
    assert any("READ_ONLY" in finding for finding in proof.findings)
    wide = "https://www.googleapis.com/auth/content"
    assert any(re.fullmatch(pattern, wide) for pattern in PLATFORM.scopes.refused)
    with reader.door(Purpose.REVOKE) as door:
        grant.revoke(door, reader.app, reader.grant.access)
    with reader.door(Purpose.PROVE) as door, pytest.raises(AskAgain):
        grant.accounts(door)


def failure(kind: str, code: str, **details: object) -> bytes:
    one = {"errorCode": {kind: code}, "message": "m", **({"details": details} if details else {})}
    return json.dumps({"error": {"code": 400, "status": "S", "details": [{"errors": [one]}]}}).encode()


@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [
        (b'{"results":[]}', 200, Verdict.FINE),
        (b"[]", 200, Verdict.FINE),
        (b"<html>", 502, Verdict.FINE),
        (failure("authenticationError", "OAUTH_TOKEN_EXPIRED"), 401, Verdict.REFRESH),
        (b'{"error":{"code":401,"status":"UNAUTHENTICATED"}}', 401, Verdict.REFRESH),
        (failure("authenticationError", "OAUTH_TOKEN_REVOKED"), 401, Verdict.ASK_AGAIN),
        (failure("authenticationError", "NOT_ADS_USER"), 401, Verdict.ASK_AGAIN),
        (failure("authorizationError", "USER_PERMISSION_DENIED"), 403, Verdict.ASK_AGAIN),
        (failure("authorizationError", "CUSTOMER_NOT_ENABLED"), 403, Verdict.STOP),
        (failure("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"), 403, Verdict.STOP),
        (failure("queryError", "UNRECOGNIZED_FIELD"), 400, Verdict.STOP),
        (failure("internalError", "TRANSIENT_ERROR"), 500, Verdict.RETRY),
        (b"[" + failure("internalError", "INTERNAL_ERROR") + b"]", 200, Verdict.RETRY),
        (b'{"error":"invalid_grant","error_description":"Token has been expired or revoked."}', 400, Verdict.ASK_AGAIN),
    ],
)
def test_refusals_are_read_by_their_code(body: bytes, status: int, verdict: Verdict) -> None:
    assert PLATFORM.judge(reply(body, status)).verdict is verdict


def test_a_quota_says_how_long_to_wait() -> None:
    body = failure("quotaError", "RESOURCE_EXHAUSTED", quotaErrorDetails={"retryDelay": "900s"})
    judgement = PLATFORM.judge(reply(body, 429))
    assert (judgement.verdict, judgement.after) == (Verdict.RETRY, 900)


WRITES = (
    "googleAds:mutate", "campaigns:mutate", "campaignBudgets:mutate", "batchJobs/1:run", "recommendations:apply",
    "experiments/1:promoteExperiment", "incentives/1:applyIncentive", "customerManagerLinks:moveManagerLink",
    "offlineUserDataJobs:create",
)  # fmt: skip


@pytest.mark.parametrize("path", [f"{CUSTOMER}/{write}" for write in WRITES] + [
    f"{CUSTOMER}:createCustomerClient", f"{CUSTOMER}:uploadClickConversions", f"{CUSTOMER}:uploadUserData",
])  # fmt: skip
def test_writes_do_not_leave(path: str) -> None:
    body = b'{"query":"SELECT campaign.id FROM campaign"}'
    for spelling in (path, path.replace(":", "%3A").replace("https%3A", "https:")):
        assert not decide(PLATFORM, "POST", spelling, body=body).allowed


@needs_shared
def test_no_official_operation_leaves_but_those_we_read_with() -> None:
    known = spec("google_ads/google_ads_v25_http_operations.derived.json")
    let_out = set()
    for one in known:
        path = re.sub(
            r"\{[^}]*=?([^}]*)\}",
            "customers/4815162342",
            one["path"].replace(
                "/v25/customers/{customer_id=*}", CUSTOMER.removeprefix("https://googleads.googleapis.com")
            ),
        )
        url = f"https://googleads.googleapis.com{path.replace('/v25/', '/v26/')}"
        if any(
            decide(PLATFORM, one["method"], url, body=body).allowed for body in (b"", b'{"query":"SELECT a FROM b"}')
        ):
            let_out.add(one["rpc"])
    assert let_out == {"Search", "SearchStream", "ListAccessibleCustomers"}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "SELECT campaign.id FROM campaign", "mutateOperations": []},
        {"query": "DELETE FROM campaign"},
        {"query": "SELECT customer_user_access.email_address FROM customer_user_access"},
        {"query": "SELECT click_view.gclid FROM click_view"},
    ],
)
def test_a_search_that_is_more_than_a_query_does_not_leave(body: dict[str, Any]) -> None:
    assert not decide(PLATFORM, "POST", f"{CUSTOMER}/googleAds:search", body=json.dumps(body).encode()).allowed


def test_every_query_we_ask_may_leave() -> None:
    for stream in PLATFORM.streams:
        body = json.dumps({"query": f"SELECT {pages.fields(stream)} FROM x", "pageToken": "t"}).encode()
        assert decide(PLATFORM, "POST", f"{CUSTOMER}/googleAds:search", body=body, purpose=Purpose.READ).allowed


KINDS: dict[str, type | tuple[type, ...]] = {"int64": str, "double": (int, float), "bool": bool, "string": str}
RESOURCES = {"ad": "ad", "adGroupAd": "ad_group_ad", "adGroup": "ad_group", "customerClient": "customer_client"}


def check(message: str, value: dict[str, Any], official: dict[str, Any]) -> None:
    """Every field is one of the message's, and written as JSON writes its type."""
    fields = {field["name"]: field for field in official[message]}
    for name, found in value.items():
        field = fields[re.sub("[A-Z]", lambda upper: f"_{upper[0].lower()}", name)]
        for one in found if field["label"] == "repeated" else [found]:
            if isinstance(one, dict):
                check(RESOURCES.get(name, name), one, official)
            else:
                assert isinstance(one, KINDS.get(field["type"], str)), f"{message}.{name}"


@needs_shared
def test_what_the_sandbox_says_has_the_official_fields_and_types(reader: Reader) -> None:
    official = spec("google_ads/google_ads_v25_messages.derived.json")
    envelope = {field["name"] for field in official["SearchGoogleAdsResponse"]}
    for feed in PLATFORM.feeds:
        found = [json.loads(page.body) for page in reader.pages(feed, None, UNTIL)]
        assert {re.sub("[A-Z]", lambda u: f"_{u[0].lower()}", name) for part in found for name in part} <= envelope
        rows = [row for part in found for row in part.get("results", [])]
        assert rows
        for row in rows:
            for name, value in row.items():
                check(RESOURCES.get(name, name), value, official)


@needs_shared
def test_the_official_page_is_read(reader: Reader) -> None:
    body = example("google_ads/docs_rest_search_page.shape.json")
    facts = {"account_id": "1", "currency": "USD", "time_zone": "UTC"}
    assert reader.decoded(FEEDS["campaigns"], [Page(body=body, facts=facts)]) == {"campaigns": []}


def test_the_stored_types_hold_what_google_sends(reader: Reader) -> None:
    row = {
        "campaign": {"id": "21000001000"},
        "segments": {"date": "2026-03-01"},
        "metrics": {"impressions": "9007199254740993", "clicks": "1", "costMicros": "1230000", "conversions": 1.25},
    }
    facts = {"account_id": "4815162342", "currency": "USD", "time_zone": "UTC"}
    page = Page(body=json.dumps({"results": [row]}).encode(), facts=facts)
    (kept,) = reader.decoded(FEEDS[streams.CAMPAIGN_DAILY.name], [page])["campaign_daily"]
    assert (kept["impressions"], kept["conversions"]) == (9007199254740993, 1.25)
    assert kept["conversions_value"] is None


def test_the_door_is_closed_to_other_purposes(reader: Reader) -> None:
    with reader.door(Purpose.READ) as door, pytest.raises(Refused):
        PLATFORM.prove(door, reader.grant)
