"""Klaviyo: its feeds and reports, its refusals, what may leave, and replies that others recorded."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from reading_feeds import Reader, Row
from subscriber import SHARED, UNTIL, WHY, example, only, reader, reply, spec

from resources.connecting import key_grant
from resources.door.rules import decide
from resources.errors import AskAgain, Stop
from resources.operations import Purpose
from resources.platforms.klaviyo import PLATFORM, reports
from resources.reading import Page, Verdict
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox
from sandbox.world import World

needs_shared = pytest.mark.skipif(not SHARED, reason=WHY)
ROOT = "https://a.klaviyo.com"
CENT = Decimal(100)


@pytest.fixture(scope="module")
def connected(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return reader(PLATFORM, sandbox, tmp_path_factory.mktemp("klaviyo"))


@pytest.fixture(scope="module")
def rows(connected: Reader) -> dict[str, list[Row]]:
    return connected.read(UNTIL)


def test_campaigns_add_up_to_what_came_of_them(rows: dict[str, list[Row]], world: World) -> None:
    for message in (each for each in world.messages if not each.flow):
        days = [day for day in world.message_days if day.message is message]
        (row,) = only(rows["campaign_monthly"], message_id=message.id)
        assert row["opens"] == sum(day.opens for day in days)
        assert row["conversions"] == sum(day.conversions for day in days)
        assert row["conversion_value"] == sum(day.value for day in days) / CENT
        assert row["conversion_metric"] == "Placed Order"
        (campaign,) = only(rows["campaigns"], id=message.parent_id)
        assert row["month"] == campaign["sent_at"].date().replace(day=1)
        assert campaign["channel"] == message.channel


def test_flows_are_told_by_day(rows: dict[str, list[Row]], world: World) -> None:
    flows = {day.message.parent_id for day in world.message_days if day.message.flow}
    assert {row["id"] for row in rows["flows"]} == flows
    for day in (each for each in world.message_days if each.message.flow):
        (row,) = only(rows["flow_daily"], message_id=day.message.id, date=day.day)
        assert (row["recipients"], row["conversions"]) == (day.recipients, day.conversions)
        assert row["conversion_value"] == day.value / CENT


def test_events_are_summed_by_day_in_the_account_s_zone(rows: dict[str, list[Row]], world: World) -> None:
    placed = [order for order in world.orders if not order.test]
    found = only(rows["events_daily"], metric="Placed Order")
    for day in world.dates:
        (row,) = only(found, date=day)
        theirs = [order for order in placed if order.day == day]
        assert (row["events"], row["value"]) == (len(theirs), sum(order.total for order in theirs) / CENT)
    assert {row["metric"] for row in rows["events_daily"]} == {row["name"] for row in rows["metrics"]}


def test_of_people_only_what_is_declared_is_even_asked_for(connected: Reader, world: World) -> None:
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "profiles")
    pages = connected.pages(feed, None, UNTIL)
    said = b"".join(page.body for page in pages)
    person = next(each for each in world.people if each.phone)
    assert person.email.lower().encode() in said
    assert person.last.encode() not in said
    assert str(person.phone).encode() not in said
    assert len(connected.decoded(feed, pages)["profiles"]) == len(world.people)


def test_only_what_changed_is_read_again(connected: Reader, rows: dict[str, list[Row]]) -> None:
    since = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    newer = connected.read(UNTIL, since)
    for name in ("profiles", "campaigns"):
        expected = [row["id"] for row in rows[name] if row["updated_at"] >= since]
        assert sorted(row["id"] for row in newer[name]) == sorted(expected)
        assert 0 < len(expected) < len(rows[name])
    assert {row["month"] for row in newer["campaign_monthly"]} == {dt.date(2026, 3, 1)}
    # midnight in UTC still belongs to the day before in New York
    assert min(row["date"] for row in newer["events_daily"]) == dt.date(2026, 3, 9)


@pytest.mark.parametrize("name", [feed.name for feed in PLATFORM.feeds])
def test_a_link_that_comes_twice_ends_the_list(connected: Reader, sandbox: Sandbox, name: str) -> None:
    feed = next(feed for feed in PLATFORM.feeds if feed.name == name)
    posted = feed.read in (reports.read_campaigns, reports.read_flows, reports.read_events)
    path = r"reports$|aggregates$" if posted else ""
    sandbox.state.faults.add(Fault(platform="klaviyo", kind=Kind.ENDLESS_PAGE_TOKEN, times=0, path=path))
    try:
        with pytest.raises(Stop, match="never end"):
            connected.pages(feed, None, UNTIL)
    finally:
        sandbox.state.faults.clear()


def test_a_report_of_another_shape_stops(connected: Reader, sandbox: Sandbox) -> None:
    feed = next(feed for feed in PLATFORM.feeds if feed.name == "flow_daily")
    fault = Fault(platform="klaviyo", kind=Kind.MISSING_FIELD, times=0, path="flow-series-reports")
    sandbox.state.faults.add(fault)
    try:
        with pytest.raises(Stop, match="shape"):
            connected.pages(feed, None, UNTIL)
    finally:
        sandbox.state.faults.clear()


@pytest.mark.parametrize(("label", "sentences"), [("narrow", 1), ("full", 2)])
def test_a_key_is_tried_and_its_holder_told(sandbox: Sandbox, tmp_path: Path, label: str, sentences: int) -> None:
    there = reader(PLATFORM, sandbox, tmp_path, label)
    with there.door(Purpose.PROVE, Purpose.READ) as door:
        proof = PLATFORM.prove(door, there.grant)
    assert proof.grade is PLATFORM.best_grade
    assert proof.granted == set(PLATFORM.scopes.required)
    assert len(proof.findings) == sentences


def test_the_scope_that_a_key_lacks_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    there = reader(PLATFORM, sandbox, tmp_path, "no_flows")
    with there.door(Purpose.PROVE, Purpose.READ) as door, pytest.raises(AskAgain, match="flows:read"):
        PLATFORM.prove(door, there.grant)


@pytest.mark.parametrize("pasted", ["AbC123", "sk_" + "0" * 34, "pk_", "Klaviyo-API-Key pk_" + "0" * 34])
def test_another_kind_of_key_is_not_taken(pasted: str) -> None:
    with pytest.raises(AskAgain, match="not such a key"):
        key_grant(PLATFORM, pasted)


def error(code: str) -> dict[str, object]:
    return {"errors": [{"id": "1", "code": code, "title": "t", "detail": "d", "source": {"pointer": "/data/"}}]}


@pytest.mark.parametrize(
    ("status", "body", "headers", "verdict"),
    [
        (401, error("not_authenticated"), {}, Verdict.ASK_AGAIN),
        (400, error("not_authenticated"), {}, Verdict.ASK_AGAIN),
        (400, error("invalid"), {}, Verdict.FINE),
        (403, error("permission_denied"), {}, Verdict.ASK_AGAIN),
        (403, b"<html>", {"cf_mitigated": "challenge", "content_type": "text/html"}, Verdict.RETRY),
        (410, error("gone"), {}, Verdict.STOP),
        (200, error("error"), {}, Verdict.STOP),
        (200, {"data": []}, {}, Verdict.FINE),
    ],
)
def test_refusals_are_understood(status: int, body: object, headers: dict[str, str], verdict: Verdict) -> None:
    assert PLATFORM.judge(reply(status, body, "GET a.klaviyo.com/api/flows", **headers)).verdict is verdict


@needs_shared
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("get_accounts.401", Verdict.ASK_AGAIN),
        ("get_accounts.429", Verdict.FINE),
        ("create_webhook.403", Verdict.ASK_AGAIN),
    ],
)
def test_real_refusals_are_understood(name: str, verdict: Verdict) -> None:
    recorded = example(f"klaviyo/{name}.json")
    answer, asked = recorded["response"], recorded["request"]
    given = {header.replace("-", "_"): value for header, value in answer["headers"].items()}
    to = f"{asked['method']} a.klaviyo.com{asked['path']}"
    # throttling is left to the plain meaning of the status and of its Retry-After
    assert PLATFORM.judge(reply(answer["status"], answer["body"], to, **given)).verdict is verdict


@needs_shared
def test_real_answers_become_typed_rows(connected: Reader) -> None:
    facts = {"account_id": "A", "currency": "EUR", "time_zone": "Europe/Berlin", "month": "2026-09-01"}
    facts |= {"conversion_metric_id": "RK9XjM", "conversion_metric": "SDK Smoke"}
    feeds = {feed.name: feed for feed in PLATFORM.feeds}
    body = json.dumps(example("klaviyo/get_metrics.200.json")["response"]["body"]).encode()
    first, *_ = connected.decoded(feeds["metrics"], [Page(body=body, facts=facts)])["metrics"]
    assert (first["id"], first["integration"]) == ("RK9XjM", "API")
    assert first["created_at"] == dt.datetime(2026, 9, 4, 13, 20, 53, tzinfo=dt.UTC)
    body = json.dumps(example("klaviyo/query_campaign_values.200.json")["response"]["body"]).encode()
    assert connected.decoded(feeds["campaign_monthly"], [Page(body=body, facts=facts)])["campaign_monthly"] == []


@needs_shared
def test_a_real_aggregate_is_cut_into_the_account_s_days() -> None:
    answer = example("klaviyo/query_metric_aggregates.200.json")["response"]["body"]
    metric = reports._Metric(id="M", name="N", created=UNTIL, from_shop=False)
    found = reports._counts(
        metric, lambda text: f"{dt.datetime.fromisoformat(text) + dt.timedelta(hours=2):%F}", answer
    )
    assert [row["date"] for row in found] == [f"2026-09-0{day}" for day in range(1, 6)]
    assert {row["count"] for row in found} == {0}


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        ("campaign-values-report", True),
        ("flow-series-report", True),
        ("metric-aggregate", True),
        ("campaign-send-job", False),
        ("event", False),
        ("data-privacy-deletion-job", False),
    ],
)
def test_only_reports_are_posted_and_say_so_themselves(kind: str, allowed: bool) -> None:  # noqa: FBT001 -- a parameter
    body = json.dumps({"data": {"type": kind, "attributes": {}}}).encode()
    assert decide(PLATFORM, "POST", f"{ROOT}/api/{kind}s", body=body).allowed is allowed
    other = json.dumps({"data": {"type": "profile", "attributes": {}}}).encode()
    assert not decide(PLATFORM, "POST", f"{ROOT}/api/{kind}s", body=other).allowed


@needs_shared
def test_every_operation_that_writes_and_every_read_that_is_not_needed_is_refused() -> None:
    ours = {operation.path for operation in PLATFORM.operations}
    for each in spec("klaviyo/operations-scopes-ratelimits.json"):
        url = ROOT + each["path"].replace("{", "").replace("}", "")
        allowed = decide(PLATFORM, each["method"], url, body=b'{"data":{}}' if each["method"] != "GET" else b"").allowed
        writes = each["method"] != "GET" or not all(scope.endswith(":read") for scope in each["scopes"])
        assert not (allowed and writes), each
        assert not (allowed and "events" in each["path"]), each
    assert ours
