"""Google Analytics: its reports, its refusals, what may leave, and replies that others recorded."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from reading_feeds import Reader, Row
from subscriber import SHARED, UNTIL, WHY, example, only, reader, reply, spec

from resources.connecting import prove
from resources.door.rules import decide
from resources.errors import AskAgain, Refused, Stop, TryLater
from resources.operations import Purpose
from resources.platform import OAuth
from resources.platforms.google_analytics import PLATFORM, pages, streams
from resources.reading import Page, Verdict
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox, running
from sandbox.world import World

needs_shared = pytest.mark.skipif(not SHARED, reason=WHY)
DATA = "https://analyticsdata.googleapis.com/v1beta/properties/412345678"
ADMIN = "https://analyticsadmin.googleapis.com/v1beta"
READONLY, EDIT = (f"https://www.googleapis.com/auth/analytics{end}" for end in (".readonly", ".edit"))
REPORTS = {report.stream.name: report for report in streams.REPORTS}


@pytest.fixture(scope="module")
def connected(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return reader(PLATFORM, sandbox, tmp_path_factory.mktemp("google_analytics"))


@pytest.fixture(scope="module")
def rows(connected: Reader) -> dict[str, list[Row]]:
    return connected.read(UNTIL)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_adds_up_to_the_visits(rows: dict[str, list[Row]], world: World, name: str) -> None:
    for ours, theirs in (("sessions", "sessions"), ("engaged_sessions", "engaged"), ("purchases", "purchases")):
        assert sum(row[ours] for row in rows[name]) == sum(getattr(visit, theirs) for visit in world.traffic)
    assert sum(row["revenue"] for row in rows[name]) == Decimal(sum(visit.revenue for visit in world.traffic)) / 100
    assert {row["date"] for row in rows[name]} == set(world.dates)
    assert {(row["currency"], row["time_zone"]) for row in rows[name]} == {("USD", "America/New_York")}


def test_purchases_of_a_day_are_the_shop_s_web_orders(rows: dict[str, list[Row]], world: World) -> None:
    for day in world.dates:
        orders = [order for order in world.orders if order.day == day and order.source == "web" and not order.test]
        (row,) = only(rows["daily"], date=day)
        assert (row["purchases"], row["revenue"]) == (len(orders), Decimal(sum(o.total for o in orders)) / 100)


def test_the_last_days_are_read_again_and_today_never(connected: Reader) -> None:
    found = connected.read(UNTIL, UNTIL - dt.timedelta(days=4))
    assert {row["date"] for row in found["daily"]} == {dt.date(2026, 3, day) for day in range(10, 14)}


def test_pages_make_the_whole(connected: Reader, rows: dict[str, list[Row]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_LIMIT", 137)
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "content_daily")
    parts = connected.pages(feed, None, UNTIL)
    assert len(parts) > 10
    assert connected.decoded(feed, parts)["content_daily"] == rows["content_daily"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_that_never_ends_is_ended(connected: Reader, sandbox: Sandbox, name: str) -> None:
    feed = next(feed for feed in PLATFORM.feeds if feed.name == name)
    sandbox.state.faults.add(Fault(platform="google_analytics", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    try:
        with pytest.raises(Stop, match="never end"):
            connected.pages(feed, None, UNTIL)
    finally:
        sandbox.state.faults.clear()


def report(name: str, **more: object) -> dict[str, object]:
    asked = REPORTS[name].dimensions
    headers = {"dimensionHeaders": [{"name": each} for each in asked]}
    metrics = [{"name": each, "type": "TYPE_INTEGER"} for each in streams.METRICS]
    return {**headers, "metricHeaders": metrics, "metadata": {"currencyCode": "EUR", "timeZone": "UTC"}, **more}


def test_columns_in_another_order_stop_the_report() -> None:
    answer = report("channel_daily")
    answer["dimensionHeaders"] = [{"name": "sessionDefaultChannelGroup"}, {"name": "date"}]
    with pytest.raises(Stop, match="columns"):
        pages._rows(reply(200, answer, "POST x"), answer, REPORTS["channel_daily"])


def test_the_last_of_the_quota_is_left_to_others() -> None:
    quota = {"tokensPerHour": {"consumed": 50, "remaining": 40}}
    with pytest.raises(TryLater, match="tokensPerHour"):
        pages._spare(reply(200, {}, "POST x"), {"propertyQuota": quota})
    pages._spare(reply(200, {}, "POST x"), {"propertyQuota": {"tokensPerHour": {"consumed": 5, "remaining": 400}}})


def test_doubts_about_a_report_stand_beside_its_rows(connected: Reader) -> None:
    values = [{"value": "20260301"}], [{"value": "3"} for _ in streams.METRICS]
    row = {"dimensionValues": values[0], "metricValues": values[1]}
    doubts = {
        "currencyCode": "EUR",
        "timeZone": "UTC",
        "subjectToThresholding": True,
        "samplingMetadatas": [{"a": "1"}],
    }
    body = json.dumps(report("daily", rows=[row], rowCount=1, metadata=doubts)).encode()
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "daily")
    (found,) = connected.decoded(feed, [Page(body=body, facts={"property_id": "1"})])["daily"]
    assert (found["is_thresholded"], found["has_other_row"], found["currency"]) == (True, None, "EUR")
    assert json.loads(found["sampling"]) == [{"a": "1"}]


@needs_shared
def test_a_real_report_without_rows_is_no_rows_and_no_error(connected: Reader) -> None:
    answer = example("google_analytics/runReport.empty.json")
    mine = {**answer, "dimensionHeaders": report("daily")["dimensionHeaders"]}
    mine["metricHeaders"] = report("daily")["metricHeaders"]
    assert pages._rows(reply(200, mine, "POST x"), mine, REPORTS["daily"]) == ([], 0)
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "daily")
    assert connected.decoded(feed, [Page(body=json.dumps(mine).encode(), facts={"property_id": "1"})])["daily"] == []


@needs_shared
def test_a_real_report_becomes_typed_rows(connected: Reader) -> None:
    answer = example("google_analytics/runReport.date_eventName.json")
    # the recorded question had one figure; the same value stands for each of ours
    for row in answer["rows"]:
        row["metricValues"] *= len(streams.METRICS)
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "channel_daily")
    found = connected.decoded(feed, [Page(body=json.dumps(answer).encode(), facts={"property_id": "1"})])
    first, *_ = found["channel_daily"]
    assert (first["date"], first["channel_group"], first["sessions"]) == (dt.date(2024, 6, 14), "page_view", 266)
    assert (first["currency"], first["time_zone"]) == ("EUR", "Europe/Warsaw")
    assert len(found["channel_daily"]) == 8


def test_access_is_proved_renewed_and_given_back(world: World, tmp_path: Path) -> None:
    auth = PLATFORM.auth
    assert isinstance(auth, OAuth)
    assert auth.revoke
    with running(world) as box:
        there = reader(PLATFORM, box, tmp_path)
        with there.door(Purpose.PROVE) as door:
            prove(PLATFORM.scopes, PLATFORM.prove(door, there.grant), "Google Analytics 4", ())
        assert there.renew()
        with there.door(Purpose.REVOKE) as door:
            auth.revoke(door, there.app, there.grant.access)
            # once more does no harm
            auth.revoke(door, there.app, there.grant.access)
        with there.opened() as door, pytest.raises(AskAgain):
            door.post(f"{DATA}:runReport", json=pages._question(REPORTS["daily"], *(dt.date(2026, 3, 1),) * 2, 0))


def test_a_grant_that_may_edit_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    there = Reader(declared=PLATFORM, sandbox=sandbox, scratch=tmp_path)
    there.connect(f"{READONLY} {EDIT}")
    with there.door(Purpose.PROVE) as door, pytest.raises(Refused, match="edit"):
        prove(PLATFORM.scopes, PLATFORM.prove(door, there.grant), "Google Analytics 4", ())


LOGIN = "POST oauth2.googleapis.com/token"
REPORT = "POST analyticsdata.googleapis.com/v1beta/properties/1:runReport"


@pytest.mark.parametrize(
    ("status", "body", "to", "verdict"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
            LOGIN,
            "ask_again",
        ),
        (401, {"error": "invalid_client"}, LOGIN, "stop"),
        (200, {"access_token": "a"}, LOGIN, "fine"),
        (401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}, REPORT, "refresh"),
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED"}}, REPORT, "ask_again"),
        (403, {"error": {"code": 403, "details": [{"reason": "SERVICE_DISABLED"}]}}, REPORT, "stop"),
        (429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, REPORT, "retry"),
        (200, {"error": {"code": 500, "status": "INTERNAL"}}, REPORT, "stop"),
        (200, {"dimensionHeaders": []}, REPORT, "fine"),
    ],
)
def test_refusals_are_understood(status: int, body: object, to: str, verdict: str) -> None:
    assert PLATFORM.judge(reply(status, body, to)).verdict is Verdict(verdict)


def asked(**changes: object) -> bytes:
    question = pages._question(REPORTS["campaign_daily"], dt.date(2026, 3, 1), dt.date(2026, 3, 2), 0)
    return json.dumps({**question, **changes}).encode()


def test_the_reports_that_are_used_may_leave() -> None:
    assert decide(PLATFORM, "POST", f"{DATA}:runReport", body=asked()).allowed
    assert decide(PLATFORM, "POST", f"{DATA}%3ArunReport", body=asked()).allowed
    assert decide(PLATFORM, "GET", f"{ADMIN}/accountSummaries?pageSize=200").allowed


@pytest.mark.parametrize(
    "name", ["transactionId", "pageLocation", "city", "customUser:email", "searchTerm", "streamId"]
)
def test_no_report_names_what_may_hold_a_person(name: str) -> None:
    body = asked(dimensions=[{"name": "date"}, {"name": name}])
    assert not decide(PLATFORM, "POST", f"{DATA}:runReport", body=body).allowed
    body = asked(dimensionFilter={"filter": {"fieldName": name}})
    assert not decide(PLATFORM, "POST", f"{DATA}:runReport", body=body).allowed


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{DATA}/audienceExports"),
        ("POST", f"{DATA}/audienceExports/1:query"),
        ("POST", f"{DATA}:runAccessReport"),
        ("POST", f"{DATA}:runRealtimeReport"),
        ("POST", f"{ADMIN}/properties/1:runAccessReport"),
        ("GET", f"{ADMIN}/properties/1/dataStreams/1/measurementProtocolSecrets"),
        ("PATCH", f"{ADMIN}/properties/1"),
        ("POST", f"{ADMIN}/properties/1/keyEvents"),
    ],
)
def test_what_readonly_permits_too_much_does_not_leave(method: str, url: str) -> None:
    assert not decide(PLATFORM, method, url, body=b"{}" if method != "GET" else b"").allowed


@needs_shared
def test_no_method_of_the_admin_api_leaves_but_two() -> None:
    allowed = set()
    for each in spec("google_analytics/analyticsadmin.v1beta.all-methods.json"):
        path = each["path"].removeprefix("v1beta/").replace("{propertiesId}", "1")
        body = b"" if each["method"] == "GET" else b"{}"
        if "{" not in path and decide(PLATFORM, each["method"], f"{ADMIN}/{path}", body=body).allowed:
            allowed.add((each["method"], path))
    assert allowed == {("GET", "accountSummaries"), ("GET", "properties/1")}
