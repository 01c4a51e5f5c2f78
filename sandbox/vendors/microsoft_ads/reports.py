"""Microsoft Advertising's reports: asked for, polled, and fetched as a zipped CSV file."""

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from sandbox.calls import Answer, Call, said
from sandbox.tokens import public
from sandbox.vendors.microsoft_ads.access import account, objection
from sandbox.world.marketing import AdAccount, AdDay

FILES: Final = "bingadsappsstorageprod.blob.core.windows.net"
_JOBS_FROM: Final = 30_000_000_000
_LEVELS: Final = {f"{level}PerformanceReportRequest": level for level in ("Account", "Campaign", "AdGroup", "Ad")}
_SUMS: Final = frozenset({"Daily", "Summary"})


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One report. `cut` says whether there is a row a day."""

    name: str
    level: str
    columns: tuple[str, ...]
    since: date
    until: date
    cut: bool
    above: bool
    below: bool


@dataclass(frozen=True, kw_only=True)
class Job:
    """A report that was asked for; it is done at the second poll."""

    ask: Ask
    polls: int = 0


def submit(call: Call) -> Answer:
    """POST GenerateReport/Submit."""
    refusal = account(call)
    if refusal:
        return refusal
    ask = _asked((call.json() or {}).get("ReportRequest") or {}, call.world.ads["microsoft_ads"])
    if isinstance(ask, Answer):
        return ask
    number = str(_JOBS_FROM + len(call.state.jobs) + 1)
    call.state.jobs[number] = Job(ask=ask)
    return said({"ReportRequestId": number})


def _asked(given: dict[str, Any], owner: AdAccount) -> Ask | Answer:
    level, columns = _LEVELS.get(str(given.get("Type"))), tuple(given.get("Columns") or ())
    if not level or given.get("Format") != "Csv":
        return objection(2001, "InvalidReportType", "The type or the format of the report is not served.")
    if (given.get("Scope") or {}).get("AccountIds") != [owner.id]:
        return objection(2014, "InvalidAccountThruCampaignReportScope", "The scope names no account of the user.")
    unknown = sorted(set(columns) - _figures(level, "", [owner.daily[0]], owner).keys())
    if unknown or not columns or given.get("Aggregation") not in _SUMS:
        return objection(2011, "InvalidReportColumn", f"A column is missing or not known: {', '.join(unknown)}")
    time = given.get("Time") or {}
    try:
        since, until = (_day(time[f"CustomDateRange{end}"]) for end in ("Start", "End"))
    except (KeyError, TypeError, ValueError):
        return objection(2030, "InvalidCustomDateRange", "The time of the report is no range of days.")
    return Ask(
        name=str(given.get("ReportName") or "Report"),
        level=level,
        columns=columns,
        since=since,
        until=until,
        # a report without the column of the day is one sum, whatever else is said
        cut="TimePeriod" in columns and given["Aggregation"] == "Daily",
        above=not given.get("ExcludeReportHeader"),
        below=not given.get("ExcludeReportFooter"),
    )


def _day(parts: dict[str, int]) -> date:
    return date(parts["Year"], parts["Month"], parts["Day"])


def poll(call: Call) -> Answer:
    """POST GenerateReport/Poll. A report that holds nothing is a success without a file."""
    refusal = account(call)
    if refusal:
        return refusal
    number = str((call.json() or {}).get("ReportRequestId"))
    job = call.state.jobs.get(number)
    if not isinstance(job, Job):
        return objection(2100, "ReportingServiceInvalidReportId", "There is no such report.")
    call.state.jobs[number] = replace(job, polls=job.polls + 1)
    status: dict[str, Any] = {"Status": "Pending", "ReportDownloadUrl": None}
    if job.polls:
        held = _rows(job.ask, call.world.ads["microsoft_ads"])
        address = f"https://{FILES}:443/reports/{number}/{job.ask.name}.zip?sp=r&sig={_seal(number)}"
        status = {"Status": "Success", "ReportDownloadUrl": address if held else None}
    return said({"ReportRequestStatus": status})


def _seal(number: str) -> str:
    return public(f"microsoft_ads|report|{number}", 32)


def download(call: Call) -> Answer:
    """GET of the file: its address is its own key, and another one beside it is refused."""
    job = call.state.jobs.get(call.parts["number"])
    signed = call.arguments.get("sig") == _seal(call.parts["number"])
    if not isinstance(job, Job) or not signed or call.headers.get("authorization"):
        body = b'<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code></Error>'
        return Answer(status=HTTPStatus.FORBIDDEN, body=body, kind="application/xml")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{job.ask.name}.csv", _written(job.ask, call.world.ads["microsoft_ads"]))
    return Answer(body=whole.getvalue(), kind="application/x-zip-compressed")


def _written(ask: Ask, owner: AdAccount) -> str:
    text = io.StringIO()
    text.write("\ufeff")
    sheet = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows = _rows(ask, owner)
    if ask.above:
        sheet.writerows([[f"Report Name: {ask.name}"], ["Report Aggregation: Daily"], [f"Rows: {len(rows)}"]])
        text.write("\r\n")
    sheet.writerow(ask.columns)
    sheet.writerows(rows)
    if ask.below:
        text.write('\r\n"©2026 Microsoft Corporation. All rights reserved. "\r\n')
    return text.getvalue()


def _place(level: str, row: AdDay) -> int:
    return {"Account": 0, "Campaign": row.ad.group.campaign.id, "AdGroup": row.ad.group.id}.get(level, row.ad.id)


def _rows(ask: Ask, owner: AdAccount) -> list[list[str]]:
    """Rows in order of day and entity; without any delivery there is none."""
    sums: dict[tuple[str, int], list[AdDay]] = defaultdict(list)
    for row in owner.daily:
        if ask.since <= row.day <= ask.until and (row.impressions or row.clicks):
            sums[row.day.isoformat() if ask.cut else "", _place(ask.level, row)].append(row)
    figures = (_figures(ask.level, day, rows, owner) for (day, _), rows in sorted(sums.items(), key=lambda one: one[0]))
    return [[row[name] for name in ask.columns] for row in figures]


def _figures(level: str, day: str, rows: Sequence[AdDay], owner: AdAccount) -> dict[str, str]:
    """The sum of some ads' days by column."""
    one = rows[0].ad
    spend, value = sum(row.spend for row in rows), f"{sum(row.value for row in rows) / 100:.2f}"
    orders, seen = sum(row.conversions for row in rows), sum(row.view_conversions for row in rows)
    names = {"CampaignId": str(one.group.campaign.id), "CampaignName": one.group.campaign.name}
    if level in ("AdGroup", "Ad"):
        names |= {"AdGroupId": str(one.group.id), "AdGroupName": one.group.name}
    if level == "Ad":
        names["AdId"] = str(one.id)
    return {
        "TimePeriod": day,
        "AccountId": owner.id,
        "AccountName": owner.name,
        **(names if level != "Account" else {}),
        "CurrencyCode": owner.currency,
        "Impressions": str(sum(row.impressions for row in rows)),
        "Clicks": str(sum(row.clicks for row in rows)),
        "Spend": f"{spend / 100:.2f}",
        "Conversions": str(orders),
        "ConversionsQualified": f"{orders:.2f}",
        "Revenue": value,
        "AllConversions": str(orders + seen),
        "AllConversionsQualified": f"{orders + seen:.2f}",
        "AllRevenue": value,
        "ViewThroughConversions": str(seen),
    }
