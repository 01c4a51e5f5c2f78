"""Microsoft Ads: read from the sandbox, held against the truth, real replies and the official models."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ad_truth import UNTIL, ad_day, by, campaign_day, reply
from official_specs import SHARED, example, needs_shared, spec
from reading_feeds import Reader

from resources.door import Issued
from resources.door.rules import decide
from resources.errors import Refused, Stop
from resources.operations import Purpose
from resources.platforms.microsoft_ads import PLATFORM, grant, pages, reports, streams
from resources.platforms.microsoft_ads.zones import ZONES
from resources.reading import Page, Verdict, Window
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox

CLIENTS = "https://clientcenter.api.bingads.microsoft.com/CustomerManagement/v13"
CAMPAIGNS = "https://campaign.api.bingads.microsoft.com/CampaignManagement/v13"
SUBMIT = "https://reporting.api.bingads.microsoft.com/Reporting/v13/GenerateReport/Submit"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
FACTS = {"account_id": "1", "currency": "USD", "time_zone": "UTC"}
MODELS = "microsoft_ads/microsoft_ads_v13_models.derived.json"
MARCH = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def reader(connect: Callable[..., Reader], sandbox: Sandbox) -> Iterator[Reader]:
    yield connect("microsoft_ads")
    sandbox.state.faults.clear()


def test_the_figures_are_those_of_the_brand(reader: Reader, sandbox: Sandbox) -> None:
    rows, owner = reader.read(UNTIL, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), sandbox.state.world.ads["microsoft_ads"]
    truth = by(owner, campaign_day)
    assert {(row["campaign_id"], row["date"]) for row in rows["campaign_daily"]} == truth.keys()
    for row in rows["campaign_daily"]:
        true = truth[row["campaign_id"], row["date"]]
        assert (row["spend"], row["impressions"]) == (Decimal(true.spend) / 100, true.impressions)
        assert (row["conversions"], row["revenue"]) == (true.conversions, Decimal(true.value) / 100)
        assert (row["account_id"], row["currency"], row["time_zone"]) == (owner.id, "USD", "America/New_York")
    ads = by(owner, ad_day)
    assert all(row["clicks"] == ads[row["ad_id"], row["date"]].clicks for row in rows["ad_daily"])
    # all types of campaign come, and each thing knows what it hangs on
    assert {row["campaign_type"] for row in rows["campaigns"]} == {"Search", "Shopping", "PerformanceMax"}
    assert {row["ad_id"]: (row["ad_group_id"], row["campaign_id"]) for row in rows["ads"]} == {
        str(ad.id): (str(ad.group.id), str(ad.group.campaign.id)) for ad in owner.ads
    }


def test_a_sync_asks_only_for_the_days_of_its_window(reader: Reader) -> None:
    since = dt.datetime(2026, 3, 5, 3, tzinfo=dt.UTC)  # still the fourth where the account is
    found = reader.decoded(FEEDS["ad_daily"], reader.pages(FEEDS["ad_daily"], since, UNTIL))["ad_daily"]
    assert min(row["date"] for row in found) == dt.date(2026, 3, 4)


def test_a_report_that_holds_nothing_is_no_error(reader: Reader) -> None:
    long_ago = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    assert reader.pages(FEEDS["campaign_daily"], long_ago, long_ago + dt.timedelta(days=9)) == []


def test_a_page_that_comes_again_ends_the_list(reader: Reader, sandbox: Sandbox) -> None:
    sandbox.state.faults.add(Fault(platform="microsoft_ads", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    with reader.door(Purpose.READ) as door, pytest.raises(Stop, match="never end"):
        list(pages.accounts(door))


def test_each_refresh_brings_a_refresh_token_of_its_own(reader: Reader) -> None:
    first = reader.grant.refresh
    assert first is not None
    assert reader.renew()
    assert reader.grant.refresh not in (None, first)
    assert reader.renew()


def test_an_expired_token_is_renewed_once(reader: Reader, sandbox: Sandbox) -> None:
    sandbox.state.faults.add(Fault(platform="microsoft_ads", kind=Kind.EXPIRED_TOKEN))
    with reader.opened() as door:
        assert list(pages.read_campaigns(door, Window(since=None, until=UNTIL)))
        assert door.counts.refreshes == 1


def test_the_proof_tells_the_role_and_keeps_nobody(reader: Reader) -> None:
    with reader.door(Purpose.PROVE, Purpose.READ) as door:
        proof = grant.prove(door, reader.grant)
        assert pages.user(door).keys() == {"Id", "CustomerRoles"}
    assert set(PLATFORM.scopes.required) <= proof.granted
    assert any("viewer" in finding for finding in proof.findings)
    (page,) = reader.pages(FEEDS["accounts"], None, UNTIL)
    assert b"Address" not in page.body


def fault(code: int, name: str = "Errors") -> bytes:
    return json.dumps({"TrackingId": "t", name: [{"Code": code, "Message": "m"}], "Type": "x"}).encode()


@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [
        (b'{"Campaigns":[]}', 200, Verdict.FINE),
        (b'{"Campaigns":[],"PartialErrors":[]}', 200, Verdict.FINE),
        (b"", 503, Verdict.FINE),
        (fault(109), 401, Verdict.REFRESH),
        (fault(105), 200, Verdict.ASK_AGAIN),
        (fault(106), 400, Verdict.ASK_AGAIN),
        (fault(120), 500, Verdict.ASK_AGAIN),
        (fault(117), 400, Verdict.RETRY),
        (fault(207, "OperationErrors"), 400, Verdict.RETRY),
        (fault(2004, "OperationErrors"), 400, Verdict.RETRY),
        (fault(0), 500, Verdict.RETRY),
        (fault(116), 400, Verdict.STOP),
        (fault(2011, "OperationErrors"), 400, Verdict.STOP),
        (b'{"error":"invalid_grant","error_description":"AADSTS70008: expired"}', 400, Verdict.ASK_AGAIN),
    ],
)
def test_refusals_are_read_by_their_code(body: bytes, status: int, verdict: Verdict) -> None:
    assert PLATFORM.judge(reply(body, status)).verdict is verdict


def test_too_many_calls_wait_a_minute() -> None:
    assert PLATFORM.judge(reply(fault(117), 400)).after == 60


@needs_shared
def test_real_replies_are_understood(reader: Reader) -> None:
    assert PLATFORM.judge(reply(example("microsoft_ads/qa_error_105.json"), 400)).verdict is Verdict.ASK_AGAIN
    page = Page(body=example("microsoft_ads/airbyte_accounts_search.json"), facts=FACTS)
    (kept,) = reader.decoded(FEEDS["accounts"], [page])["accounts"]
    assert (kept["account_id"], kept["currency"], kept["manager_id"]) == ("180278106", "USD", "987654321")
    assert kept["updated_at"] == dt.datetime(2025, 2, 20, 5, 26, 37, 200_000, tzinfo=dt.UTC)


@needs_shared
def test_only_the_file_that_was_handed_out_is_fetched() -> None:
    polled = example("microsoft_ads/airbyte_generate_report_poll.json")
    url = json.loads(polled)["ReportRequestStatus"]["ReportDownloadUrl"]
    issued = Issued()
    assert not decide(PLATFORM, "GET", url, issued=issued).allowed
    issued.note("poll_report", polled, ids=False)
    assert decide(PLATFORM, "GET", url, purpose=Purpose.DOWNLOAD, issued=issued).allowed
    assert not decide(PLATFORM, "GET", url.replace("potato", "tomato"), issued=issued).allowed
    assert not decide(PLATFORM, "GET", url.replace("blob.core", "evil"), issued=issued).allowed


@needs_shared
def test_lines_around_the_table_are_no_rows() -> None:
    whole = example("microsoft_ads/docs_report_file_1.csv")
    (body,) = reports.table([b"\xef\xbb\xbf" + whole], first="AccountId")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert [row["Clicks"] for row in rows] == ["35", "50", "1", "80", "5"]


def test_each_piece_of_a_file_gets_the_names_of_its_columns(reader: Reader) -> None:
    names = ",".join(f'"{name}"' for name in reports.columns(streams.CAMPAIGN_DAILY)).encode()
    row = b'"2026-03-0%d","1","2","USD","10","1","1.50","--","","0","0","0"\r\n'
    pieces = [b"\xef\xbb\xbf" + names + b"\r\n" + row % 1, row % 2, '\r\n"©2026 Microsoft Corporation."\r\n'.encode()]
    made = [Page(body=body, facts=FACTS) for body in reports.table(pieces)]
    found = reader.decoded(FEEDS["campaign_daily"], made)["campaign_daily"]
    assert [row["date"].day for row in found] == [1, 2]
    assert (found[0]["spend"], found[0]["conversions"], found[0]["revenue"]) == (Decimal("1.5"), None, None)


@needs_shared
def test_every_time_zone_has_a_place_on_the_map() -> None:
    wsdl = Path(SHARED) / "specs/microsoft_ads/customermanagement_service.wsdl.xml"
    kind = wsdl.read_text(encoding="utf-8").split('name="TimeZoneType"')[1].split("</xs:simpleType>")[0]
    official = {*re.findall(r'enumeration value="(\w+)"', kind), *spec(MODELS)["ReportTimeZone"]}
    assert official == ZONES.keys()
    assert all(ZoneInfo(zone) for zone in ZONES.values())


@needs_shared
@pytest.mark.parametrize(
    ("feed", "model", "inside"),
    [
        ("accounts", "CustomerManagement.AdvertiserAccount", "Accounts"),
        ("campaigns", "CampaignManagement.Campaign", "Campaigns"),
        ("ad_groups", "CampaignManagement.AdGroup", "AdGroups"),
        ("ads", "CampaignManagement.Ad", "Ads"),
    ],
)
def test_what_the_sandbox_says_has_the_official_fields(reader: Reader, feed: str, model: str, inside: str) -> None:
    plain = {"string": str, "int": int, "float": (int, float), "bool": bool}
    for page in reader.pages(FEEDS[feed], None, UNTIL):
        whole = json.loads(page.body)
        for row in whole.get("Reply", whole)[inside]:
            assert row.keys() <= spec(MODELS)[model].keys()
            for name, value in row.items():
                kind: Any = plain.get(spec(MODELS)[model][name], object)
                assert value is None or isinstance(value, kind), name


@needs_shared
@pytest.mark.parametrize("level", ["Campaign", "AdGroup", "Ad"])
def test_the_columns_asked_for_are_official(level: str) -> None:
    stream = {"Campaign": streams.CAMPAIGN_DAILY, "AdGroup": streams.AD_GROUP_DAILY, "Ad": streams.AD_DAILY}[level]
    assert set(reports.columns(stream)) <= set(spec(MODELS)[f"{level}PerformanceReportColumn"])


@needs_shared
def test_no_official_operation_leaves_but_those_we_read_with() -> None:
    known = spec("microsoft_ads/microsoft_ads_v13_rest_operations.derived.json")
    out = {
        one["path"].split("/v13/")[1]
        for one in known
        if decide(PLATFORM, one["method"], f"https://{one['host']}{one['path']}", body=b"{}").allowed
    }
    assert out == {
        "User/Query", "Accounts/Search", "Campaigns/QueryByAccountId", "AdGroups/QueryByCampaignId",
        "Ads/QueryByAdGroupId", "GenerateReport/Submit", "GenerateReport/Poll",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{CAMPAIGNS}/Campaigns"), ("PUT", f"{CAMPAIGNS}/Campaigns"), ("DELETE", f"{CAMPAIGNS}/Campaigns"),
        ("POST", f"{CAMPAIGNS}/AdGroups"), ("POST", f"{CAMPAIGNS}/Ads"),
        ("POST", f"{CAMPAIGNS}/OfflineConversions/Apply"), ("POST", f"{CAMPAIGNS}/CustomerListUserData/Apply"),
        ("POST", f"{CAMPAIGNS}/NegativeSites/SetToCampaigns"),
        ("PUT", f"{CLIENTS}/User"), ("PUT", f"{CLIENTS}/UserRoles"), ("POST", f"{CLIENTS}/UserInvitation/Send"),
        ("PUT", f"{CAMPAIGNS}/Campaigns/QueryByAccountId"), ("DELETE", f"{CAMPAIGNS}/Campaigns/QueryByAccountId"),
        ("POST", "https://bulk.api.bingads.microsoft.com/Bulk/v13/Campaigns/Upload"),
    ],
)  # fmt: skip
def test_writes_do_not_leave(method: str, url: str) -> None:
    assert not decide(PLATFORM, method, url, body=b'{"AccountId":"1"}').allowed


@pytest.mark.parametrize("kind", ["CampaignPerformanceReportRequest", "SearchQueryPerformanceReportRequest", ""])
def test_only_the_reports_we_keep_are_asked_for(kind: str) -> None:
    body = json.dumps({"ReportRequest": {"ReportName": "x", "Type": kind, "Columns": ["Clicks"]}}).encode()
    assert decide(PLATFORM, "POST", SUBMIT, body=body).allowed is (kind == "CampaignPerformanceReportRequest")


def test_the_door_is_closed_to_other_purposes(reader: Reader) -> None:
    with reader.door(Purpose.PROVE) as door, pytest.raises(Refused):
        pages.user(door)
