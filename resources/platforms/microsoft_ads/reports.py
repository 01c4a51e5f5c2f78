"""How Microsoft's daily figures are read: a report is asked for, waited for and fetched as a zipped CSV file."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from resources.errors import TryLater
from resources.platform import Stream
from resources.platforms.microsoft_ads import streams
from resources.platforms.microsoft_ads.pages import VERSION, Read, facts, headers
from resources.reading import Api, Page, Window

_REPORTS: Final = f"https://reporting.api.bingads.microsoft.com/Reporting/{VERSION}/GenerateReport"
_HISTORY = timedelta(days=36 * 30)  # daily figures are kept for 36 months
_REPORT_DAYS = 365
_LONGEST_WAIT = 3600.0  # seconds for one report
_BOM = b"\xef\xbb\xbf"
# report headers and footers are asked away; should they come all the same, they are no rows
_ABOVE = r'\A(?:(?!"?{first}\b).*\n)*'
_BELOW = re.compile(rb'(?:\r?\n)+"?(?:@|\xc2?\xa9).*\s*\Z')


def _ranges(api: Api, window: Window) -> Iterator[tuple[date, date]]:
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    first = max(window.since.astimezone(zone).date(), last - _HISTORY) if window.since else last - _HISTORY
    while first <= last:
        end = min(first + timedelta(days=_REPORT_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _day(day: date) -> dict[str, int]:
    return {"Day": day.day, "Month": day.month, "Year": day.year}


def _request(api: Api, level: str, stream: Stream, first: date, last: date) -> dict[str, object]:
    return {
        "Type": f"{level}PerformanceReportRequest",
        "ReportName": stream.name,
        "Format": "Csv",
        # the older format writes 1,000.00
        "FormatVersion": "2.0",
        "ExcludeReportHeader": True,
        "ExcludeReportFooter": True,
        "ExcludeColumnHeaders": False,
        "ReturnOnlyCompleteData": False,
        "Aggregation": "Daily",
        "Columns": columns(stream),
        "Scope": {"AccountIds": [api.account]},
        # a range of its own, since named ones end by a clock in another zone
        "Time": {"CustomDateRangeStart": _day(first), "CustomDateRangeEnd": _day(last)},
    }


def columns(stream: Stream) -> list[str]:
    """The report's columns, the day first."""
    paths = [column.path for column in stream.columns if not column.path.startswith("@")]
    return sorted(paths, key=lambda path: path != "TimePeriod")


def _finished(api: Api, request: dict[str, object]) -> str | None:
    """The address of the finished file; None where the report holds nothing."""
    asked = api.post(f"{_REPORTS}/Submit", json={"ReportRequest": request}, headers=headers(api)).json()
    waited, pause = 0.0, 0.1
    while waited < _LONGEST_WAIT:
        api.wait(pause)
        waited, pause = waited + pause, min(pause * 1.5, 30)
        poll = {"ReportRequestId": asked["ReportRequestId"]}
        status = api.post(f"{_REPORTS}/Poll", json=poll, headers=headers(api)).json()["ReportRequestStatus"]
        if status["Status"] == "Success":
            address: str | None = status.get("ReportDownloadUrl")
            return address
        if status["Status"] == "Error":
            raise TryLater("the report failed.", to=f"Microsoft Ads {api.account} report")
    raise TryLater("the report took longer than an hour.", to=f"Microsoft Ads {api.account} report")


def table(pieces: Iterable[bytes], first: str = "TimePeriod") -> Iterator[bytes]:
    """CSV pages out of a file's pieces: the column names, which begin with `first`, over each; nothing around them."""
    names, above = b"", re.compile(_ABOVE.format(first=first).encode())
    for piece in pieces:
        text = _BELOW.sub(b"", piece)
        if not names:
            names, _, text = above.sub(b"", text.removeprefix(_BOM)).partition(b"\n")
        elif not text.strip():
            continue
        yield names + b"\n" + text


def daily(level: str, stream: Stream) -> Read:
    """A reader of one level's daily figures: Campaign, AdGroup or Ad."""

    def read(api: Api, window: Window) -> Iterator[Page]:
        for first, last in _ranges(api, window):
            address = _finished(api, _request(api, level, stream, first, last))
            if address:
                for body in table(api.download(address, compressed=True)):
                    yield Page(body=body, facts=facts(api))

    return read


read_campaign_daily = daily("Campaign", streams.CAMPAIGN_DAILY)
read_ad_group_daily = daily("AdGroup", streams.AD_GROUP_DAILY)
read_ad_daily = daily("Ad", streams.AD_DAILY)
