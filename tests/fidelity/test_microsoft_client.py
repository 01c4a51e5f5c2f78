"""What can be judged of Microsoft's own client: its sign-in, its reader of report files, its descriptions of entities.

Its calls are SOAP, which neither we nor the sandbox speak; its REST twin is not published for Python.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from bingads.authorization import OAuthWebAuthCodeGrant
from bingads.service_client import ServiceClient
from bingads.v13.reporting import ReportFileReader
from our_rows import Ours, arranged, money

pytestmark = [
    pytest.mark.slow,
    # the client still takes its times in the old way
    pytest.mark.filterwarnings(r"ignore:datetime\.datetime\.utcnow:DeprecationWarning:bingads\..*"),
]
CAMPAIGNS = "https://campaign.api.bingads.microsoft.com/CampaignManagement/v13"
REPORTS = "https://reporting.api.bingads.microsoft.com/Reporting/v13/GenerateReport"
COLUMNS = ["TimePeriod", "CampaignId", "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue"]


@pytest.fixture
def ask(ours: Callable[[str], Ours]) -> Callable[..., Any]:
    """Posts with a token that Microsoft's own client got by refreshing ours."""
    mine = ours("microsoft_ads")
    assert mine.grant.refresh is not None
    sign_in = OAuthWebAuthCodeGrant(mine.app.client_id, mine.app.client_secret, "http://127.0.0.1:9/callback")
    token = sign_in.request_oauth_tokens_by_refresh_token(mine.grant.refresh.reveal()).access_token
    headers = {
        "Authorization": f"Bearer {token}",
        "DeveloperToken": mine.app.developer_token,
        "CustomerAccountId": mine.account,
        "CustomerId": mine.datasources[0].settings["customer_id"],
    }
    return lambda url, **body: requests.post(url, json=body, headers=headers, timeout=10).json()


def test_a_report_with_its_header_reads_the_same(
    ours: Callable[[str], Ours], ask: Callable[..., Any], tmp_path: Path
) -> None:
    mine = ours("microsoft_ads")
    days = {
        "CustomDateRangeStart": {"Day": 1, "Month": 2, "Year": 2026},
        "CustomDateRangeEnd": {"Day": 14, "Month": 3, "Year": 2026},
    }
    request = {
        "Type": "CampaignPerformanceReportRequest",
        "ReportName": "Fidelity",
        "Format": "Csv",
        "FormatVersion": "2.0",
        "Aggregation": "Daily",
        "Columns": COLUMNS,
        "Scope": {"AccountIds": [mine.account]},
        "Time": days,
    }
    job = ask(f"{REPORTS}/Submit", ReportRequest=request)
    while (status := ask(f"{REPORTS}/Poll", **job)["ReportRequestStatus"])["Status"] != "Success":
        assert status["Status"] == "Pending"
    zipped = tmp_path / "report.zip"
    zipped.write_bytes(requests.get(status["ReportDownloadUrl"], timeout=10).content)
    with ZipFile(zipped) as archive:
        [name] = archive.namelist()
        archive.extractall(tmp_path)
    reader = ReportFileReader(str(tmp_path / name), "Csv")
    report = reader.get_report()
    theirs = [tuple(row.value(column) for column in COLUMNS) for row in report.report_records]
    reader.close()
    assert (report.report_name, report.record_count) == ("Fidelity", len(theirs))
    columns = ("date", "campaign_id", "impressions", "clicks", "spend", "conversions", "revenue")
    found = [row for row in mine.rows("campaign_daily", *columns) if f"{row[0]}" >= "2026-02-01"]
    assert [(f"{day}", id_, *rest) for day, id_, *rest in found] == arranged(
        (day, id_, int(shown), int(clicks), *map(money, amounts)) for day, id_, shown, clicks, *amounts in theirs
    )


def test_entities_hold_what_the_client_s_own_description_names(
    ours: Callable[[str], Ours], ask: Callable[..., Any]
) -> None:
    mine, described = ours("microsoft_ads"), ServiceClient("CampaignManagementService", 13).factory
    types = "Search,Shopping,PerformanceMax"
    asked = {"AccountId": mine.account, "CampaignType": types}
    campaigns = ask(f"{CAMPAIGNS}/Campaigns/QueryByAccountId", **asked)["Campaigns"]
    groups = [
        group
        for campaign in campaigns
        for group in ask(f"{CAMPAIGNS}/AdGroups/QueryByCampaignId", CampaignId=campaign["Id"])["AdGroups"]
    ]
    assert set().union(*campaigns) <= set(described.create("Campaign").__keylist__)
    assert set().union(*groups) <= set(described.create("AdGroup").__keylist__)
    theirs = [(row["Id"], row["Name"], row["Status"]) for row in campaigns]
    assert mine.rows("campaigns", "campaign_id", "name", "status") == arranged(theirs)
    theirs = [(row["Id"], row["Name"], row["Status"]) for row in groups]
    assert mine.rows("ad_groups", "ad_group_id", "name", "status") == arranged(theirs)
