"""TikTok Ads: read from the sandbox, held against the truth, real replies and the official operations."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from ad_truth import UNTIL, ad_day, by, campaign_day, reply
from official_specs import SHARED, example, needs_shared, spec
from openapi_schema_validator import OAS30Validator
from reading_feeds import Reader

from resources.door.rules import decide
from resources.errors import AskAgain, Refused, Stop, TryLater
from resources.operations import Purpose
from resources.platforms.tiktok_ads import PLATFORM, grant, pages, streams
from resources.reading import Page, Reply, Verdict, Window
from sandbox.faults import Fault, Kind
from sandbox.oauth import Consent
from sandbox.serve import Sandbox

API = "https://business-api.tiktok.com/open_api/v1.3"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
FACTS = {"advertiser_id": "7", "currency": "USD", "time_zone": "UTC", "service_type": "AUCTION"}


@pytest.fixture
def reader(connect: Callable[..., Reader], sandbox: Sandbox) -> Iterator[Reader]:
    yield connect("tiktok_ads")
    sandbox.state.faults.clear()


def test_the_figures_are_those_of_the_brand(reader: Reader, sandbox: Sandbox) -> None:
    rows, owner = reader.read(UNTIL), sandbox.state.world.ads["tiktok_ads"]
    truth, kinds = by(owner, campaign_day), {str(one.id): one.kind for one in owner.campaigns}
    assert {(row["campaign_id"], row["date"]) for row in rows["campaign_daily"]} == truth.keys()
    for row in rows["campaign_daily"]:
        true = truth[row["campaign_id"], row["date"]]
        counts = kinds[row["campaign_id"]] != "REACH"
        assert (row["spend"], row["impressions"]) == (Decimal(true.spend) / 100, true.impressions)
        # what a campaign for reach does not count comes as a dash
        assert row["complete_payment"] == (true.conversions if counts else None)
        assert row["total_complete_payment_rate"] == (Decimal(true.value) / 100 if counts else None)
        assert (row["advertiser_id"], row["currency"], row["time_zone"]) == (owner.id, "USD", "America/New_York")
    ads, above = by(owner, ad_day), {row["ad_id"]: row["ad_group_id"] for row in rows["ads"]}
    for row in rows["ad_daily"]:
        assert row["clicks"] == ads[row["ad_id"], row["date"]].clicks
        assert row["ad_group_id"] == above[row["ad_id"]]
    assert any(row["secondary_status"] == "AD_STATUS_DELETE" for row in rows["ads"])


def test_no_answer_with_a_person_in_it_is_asked_for(reader: Reader) -> None:
    (page,) = reader.pages(FEEDS["advertisers"], None, UNTIL)
    assert json.loads(page.body)["data"]["list"][0].keys() == set(pages.fields(streams.ADVERTISERS))
    assert b"@" not in page.body


def test_a_sync_asks_only_for_the_days_of_its_window(reader: Reader) -> None:
    since = dt.datetime(2026, 3, 5, 3, tzinfo=dt.UTC)  # still the fourth where the account is
    found = reader.decoded(FEEDS["ad_daily"], reader.pages(FEEDS["ad_daily"], since, UNTIL))["ad_daily"]
    assert min(row["date"] for row in found) == dt.date(2026, 3, 4)


def test_a_list_that_stands_still_is_ended(reader: Reader, sandbox: Sandbox) -> None:
    sandbox.state.faults.add(Fault(platform="tiktok_ads", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    with pytest.raises(Stop, match="never end"):
        reader.pages(FEEDS["campaigns"], None, UNTIL)


def test_a_grant_that_may_write_is_told_apart(connect: Callable[..., Reader], sandbox: Sandbox) -> None:
    # a parent's number grants all below it, writing included
    sandbox.state.consents["tiktok_ads"] = Consent(scopes=("1", "2", "4", "10"))
    try:
        wide = connect("tiktok_ads")
    finally:
        sandbox.state.consents.clear()
    with wide.door(Purpose.PROVE) as door:
        proof = grant.prove(door, wide.grant)
    assert "44" in proof.granted
    assert {scope for scope in proof.granted if not may_hold(scope)} == {"1", "2", "10"}
    assert all(may_hold(scope) for scope in ("100", "200", "210", "220", "44"))
    assert not any(may_hold(scope) for scope in ("15", "20", "21", "22", "201", "211", "221", "151", "2001"))


def may_hold(scope: str) -> bool:
    return not any(re.fullmatch(pattern, scope) for pattern in PLATFORM.scopes.refused)


def test_giving_back_ends_the_grant(reader: Reader) -> None:
    with reader.door(Purpose.REVOKE) as door:
        grant.revoke(door, reader.app, reader.grant.access)
    with pytest.raises(AskAgain):
        reader.pages(FEEDS["campaigns"], None, UNTIL)


@dataclass
class Scripted:
    """Answers of a report whose rows move between its pages while it is read."""

    answers: Iterator[dict[str, Any]]
    account: str = "7"
    settings: Mapping[str, str] = None  # type: ignore[assignment]

    def get(self, url: str, *, params: Mapping[str, str], headers: object = None) -> Reply:  # noqa: ARG002
        data = {"code": 0, "data": next(self.answers)}
        return reply(json.dumps(data).encode())


def part(page: int, last: int, total: int, *ids: str) -> dict[str, Any]:
    rows = [{"dimensions": {"ad_id": one, "stat_time_day": "2026-03-01 00:00:00"}, "metrics": {}} for one in ids]
    return {"list": rows, "page_info": {"page": page, "total_page": last, "total_number": total}}


def read_scripted(*answers: dict[str, Any]) -> list[Page]:
    api: Any = Scripted(iter(answers), settings={"currency": "USD", "time_zone": "UTC", "created_at": "1772323200"})
    window = Window(since=None, until=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    return list(pages.read_ad_daily(api, window))


def test_a_report_that_moved_is_read_again_until_it_fits() -> None:
    moved = (part(1, 2, 3, "1", "2"), part(2, 2, 3, "2"))
    whole = (part(1, 2, 3, "1", "2"), part(2, 2, 3, "3"))
    nothing_reserved = part(1, 0, 0)
    assert len(read_scripted(*moved, *whole, nothing_reserved)) == 3
    with pytest.raises(TryLater, match="changed"):
        read_scripted(*moved, *moved, *moved)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0, Verdict.FINE), (40102, Verdict.ASK_AGAIN), (40105, Verdict.ASK_AGAIN), (40106, Verdict.ASK_AGAIN),
        (40001, Verdict.ASK_AGAIN), (40300, Verdict.ASK_AGAIN), (40100, Verdict.RETRY), (40133, Verdict.RETRY),
        (40016, Verdict.RETRY), (50000, Verdict.RETRY), (51010, Verdict.RETRY), (20001, Verdict.RETRY),
        (40002, Verdict.STOP), (None, Verdict.STOP),
    ],
)  # fmt: skip
def test_the_code_tells_although_http_says_all_is_well(code: int | None, verdict: Verdict) -> None:
    assert PLATFORM.judge(reply(json.dumps({"code": code, "data": {}}).encode())).verdict is verdict


@needs_shared
def test_real_refusals_are_understood() -> None:
    assert grant.judge(reply(example("tiktok_ads/docs_error_40002.json"))).verdict is Verdict.STOP
    assert grant.judge(reply(example("tiktok_ads/observed_error_40104_http200.json"))).verdict is Verdict.ASK_AGAIN


@needs_shared
def test_real_rows_are_read(reader: Reader) -> None:
    ad = json.loads(example("tiktok_ads/airbyte_ad_row.subset.json"))
    page = Page(body=json.dumps({"data": {"list": [ad]}}).encode(), facts=FACTS)
    (kept,) = reader.decoded(FEEDS["ads"], [page])["ads"]
    assert (kept["ad_id"], kept["campaign_id"]) == ("1728545390695442", "1728545382536225")
    assert kept["updated_at"] == dt.datetime(2022, 3, 28, 21, 34, 26, tzinfo=dt.UTC)
    lines = example("tiktok_ads/airbyte_campaign_country_daily_rows.jsonl").splitlines()
    rows = [json.loads(line)["data"] for line in lines]
    held = {"spend", "impressions", "clicks"}
    columns = tuple(c for c in streams.CAMPAIGN_DAILY.columns if not c.path.startswith("metrics.") or c.name in held)
    stream = replace(streams.CAMPAIGN_DAILY, columns=columns)
    feed = replace(FEEDS["campaign_daily"], streams=(stream,))
    body = json.dumps({"data": {"list": rows}}).encode()
    found = reader.decoded(feed, [Page(body=body, facts=FACTS)])["campaign_daily"]
    first = next(row for row in found if row["date"] == dt.date(2021, 10, 19))
    assert (first["spend"], first["impressions"], first["clicks"]) == (Decimal(20), 4874, 65)


def official(name: str) -> Any:  # noqa: ANN401 -- YAML has any shape
    (path,) = yaml.safe_load((Path(SHARED) / f"specs/tiktok_ads/{name}.yml").read_text(encoding="utf-8"))[
        "paths"
    ].values()
    return path["get"]


@needs_shared
@pytest.mark.parametrize(
    ("feed", "name"),
    [
        ("advertisers", "advertiser_info"),
        ("ad_daily", "report_integrated_get"),
        ("campaigns", "smart_plus_campaign_get"),
    ],
)
def test_what_the_sandbox_says_is_as_the_official_spec_has_it(reader: Reader, feed: str, name: str) -> None:
    schema = official(name)["responses"]["200"]["content"]["application/json"]["schema"]
    for page in reader.pages(FEEDS[feed], dt.datetime(2026, 3, 1, tzinfo=dt.UTC), UNTIL):
        assert list(OAS30Validator(schema).iter_errors(json.loads(page.body))) == []


@needs_shared
def test_no_official_operation_leaves_but_those_we_read_with() -> None:
    known = spec("tiktok_ads/tiktok_v1.3_operations_from_sdk_1.1.3.json")
    out = {
        one["path"].removeprefix("/open_api/v1.3")
        for one in known
        if decide(
            PLATFORM,
            one["method"],
            f"https://business-api.tiktok.com{one['path']}",
            body=b"{}" if one["method"] == "POST" else b"",
        ).allowed
    }
    lists = {f"{smart}/{name}/get/" for smart in ("", "/smart_plus") for name in ("campaign", "adgroup", "ad")}
    assert out - {"/oauth2/access_token/", "/oauth2/revoke_token/"} <= lists | {
        "/advertiser/info/",
        "/report/integrated/get/",
    }
    assert "/campaign/get/" in out


@pytest.mark.parametrize(
    "path",
    [
        "campaign/create", "campaign/update", "campaign/status/update", "adgroup/create", "adgroup/status/update",
        "ad/create", "ad/status/update", "smart_plus/campaign/create", "smart_plus/ad/update", "advertiser/update",
        "bc/transfer", "bc/advertiser/create", "bc/asset/assign", "term/confirm", "event/track", "report/task/cancel",
        "changelog/task/create", "report/task/create",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_writes_do_not_leave(method: str, path: str) -> None:
    body = b'{"advertiser_id":"7"}' if method == "POST" else b""
    assert not decide(PLATFORM, method, f"{API}/{path}/", body=body).allowed


def test_a_read_without_its_last_slash_or_with_a_secret_does_not_leave() -> None:
    assert decide(PLATFORM, "GET", f"{API}/campaign/get/?advertiser_id=7&page=1").allowed
    assert not decide(PLATFORM, "GET", f"{API}/campaign/get?advertiser_id=7").allowed
    assert not decide(PLATFORM, "GET", f"{API}/advertiser/info/?secret=x").allowed


def test_the_door_is_closed_to_other_purposes(reader: Reader) -> None:
    with reader.door(Purpose.READ) as door, pytest.raises(Refused):
        grant.revoke(door, reader.app, reader.grant.access)
