"""Amazon Ads' exports of entities and reports of figures: started, polled, and fetched as gzip from a storage host."""

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call
from sandbox.tokens import public
from sandbox.vendors import amazon_login
from sandbox.vendors.amazon_ads import records
from sandbox.vendors.amazon_ads.access import complaint, scoped
from sandbox.vendors.amazon_ads.types import REPORTS, ReportType
from sandbox.world.marketing import AdAccount, AdDay

EXPORT_FILES: Final = "snapshots-prod-us-east-1.s3.us-east-1.amazonaws.com"
REPORT_FILES: Final = "offline-report-storage-us-east-1-prod.s3.amazonaws.com"
_LONGEST: Final = 31
_STATES: Final = frozenset({"ENABLED", "PAUSED", "ARCHIVED"})
_USUAL_STATES: Final = ("ENABLED", "PAUSED")
_KINDS: Final[dict[str, Callable[[AdAccount], Iterable[records.Record]]]] = {
    "campaigns": lambda owner: (records.campaign(row, owner) for row in owner.campaigns),
    "adGroups": lambda owner: (records.ad_group(row, owner) for row in owner.groups),
    "ads": lambda owner: (records.ad(row, owner) for row in owner.ads),
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """What was started, by the answer that it gets, and the file it makes; it is done at the second poll."""

    answer: dict[str, Any]
    content: str
    host: str
    rows: Callable[[], list[records.Record]]
    polls: int = 0


def _moment(call: Call, *, later: int = 0) -> str:
    return datetime.fromtimestamp(call.state.clock() + later, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _spoken(value: object, content: str, *, status: int = 200) -> Answer:
    return Answer(status=status, body=orjson.dumps(value), kind=content)


def export(call: Call) -> Answer:
    """POST /campaigns/export and its like."""
    refusal = scoped(call)
    if refusal:
        return refusal
    kind = call.parts["kind"]
    content = f"application/vnd.{kind.lower()}export.v1+json"
    if call.headers.get("content-type") != content or call.headers.get("accept") != content:
        return _spoken({"message": "Not Acceptable"}, "application/json", status=HTTPStatus.NOT_ACCEPTABLE)
    asked = call.json() or {}
    states, products = asked.get("stateFilter", _USUAL_STATES), asked.get("adProductFilter")
    if not set(states) <= _STATES:
        return _spoken({"message": "Invalid stateFilter"}, "application/json", status=HTTPStatus.BAD_REQUEST)
    owner = call.world.ads["amazon_ads"]

    def rows() -> list[records.Record]:
        wanted = (row for row in _KINDS[kind](owner) if row["state"] in states)
        return [row for row in wanted if not products or row["adProduct"] in products]

    number = public(f"amazon_ads export {len(call.state.jobs)}", 40)
    answer = {"exportId": number, "status": "PROCESSING", "createdAt": _moment(call)}
    call.state.jobs[number] = Job(answer=answer, content=content, host=EXPORT_FILES, rows=rows)
    return _spoken(answer, content, status=HTTPStatus.ACCEPTED)


def report(call: Call) -> Answer:
    """POST /reporting/reports."""
    refusal = scoped(call)
    if refusal:
        return refusal
    asked = call.json()
    problem, found = _checked(call, asked if isinstance(asked, dict) else {})
    if problem or not found:
        return _unfit(problem)
    since, until = date.fromisoformat(asked["startDate"]), date.fromisoformat(asked["endDate"])
    owner, columns = call.world.ads["amazon_ads"], asked["configuration"]["columns"]
    packed = public(f"amazon_ads report {len(call.state.jobs)}", 32)
    number = "-".join((packed[:8], packed[8:12], packed[12:16], packed[16:20], packed[20:]))
    answer = {
        "reportId": number,
        "status": "PENDING",
        "name": asked.get("name"),
        "startDate": asked["startDate"],
        "endDate": asked["endDate"],
        "configuration": {"filters": None, **asked["configuration"]},
        "createdAt": _moment(call),
        "updatedAt": _moment(call),
        "generatedAt": None,
        "fileSize": None,
        "url": None,
        "urlExpiresAt": None,
        "failureReason": None,
    }
    call.state.jobs[number] = Job(
        answer=answer,
        content="application/vnd.getasyncreportresponse.v3+json",
        host=REPORT_FILES,
        rows=lambda: list(_rows(found, since, until, columns, owner)),
    )
    return _spoken(answer, "application/vnd.createasyncreportresponse.v3+json")


def _unfit(detail: str) -> Answer:
    return _spoken({"code": "400", "detail": detail}, "application/json", status=HTTPStatus.BAD_REQUEST)


def _checked(call: Call, asked: dict[str, Any]) -> tuple[str, ReportType | None]:
    wanted = asked.get("configuration") or {}
    try:
        since, until = date.fromisoformat(asked["startDate"]), date.fromisoformat(asked["endDate"])
        found = REPORTS[wanted["adProduct"], wanted["reportTypeId"], tuple(sorted(wanted["groupBy"]))]
        columns = set(wanted["columns"])
    except (KeyError, TypeError, ValueError):
        return "configuration is invalid", None
    if not 0 <= (until - since).days < _LONGEST:
        return f"configuration startDate to endDate range is larger than {_LONGEST} days", None
    if since < call.world.today - timedelta(days=found.days):
        return f"configuration startDate is before the retention period of {found.days} days", None
    if unknown := sorted(columns - found.columns):
        return f"configuration columns includes invalid values: ({', '.join(unknown)})", None
    if wanted.get("timeUnit") != "DAILY" or "date" not in columns or columns & {"startDate", "endDate"}:
        return "timeUnit DAILY needs the column date, and neither startDate nor endDate", None
    return "", found


def _rows(
    found: ReportType, since: date, until: date, columns: list[str], owner: AdAccount
) -> Iterable[records.Record]:
    """Rows in order of day and entity; without delivery no row."""
    spans: dict[tuple[date, int], list[AdDay]] = defaultdict(list)
    for row in owner.daily:
        if since <= row.day <= until and row.impressions and row.ad.group.campaign.kind == found.product:
            spans[row.day, found.entity(row.ad)].append(row)
    for (day, _), rows in sorted(spans.items()):
        yield {**records.figures(rows, columns, owner), "date": day.isoformat()}


def poll(call: Call) -> Answer:
    """GET /exports/{id} or /reporting/reports/{id}."""
    refusal = scoped(call)
    job = call.state.jobs.get(call.parts["id"])
    if refusal:
        return refusal
    if not isinstance(job, Job):
        return complaint("Not found", status=HTTPStatus.NOT_FOUND, code="404")
    if job.host == EXPORT_FILES and call.headers.get("accept") != job.content:
        return _spoken({"message": "Not Acceptable"}, "application/json", status=HTTPStatus.NOT_ACCEPTABLE)
    call.state.jobs[call.parts["id"]] = replace(job, polls=job.polls + 1)
    if not job.polls:
        return _spoken({**job.answer, "status": "PROCESSING"}, job.content)
    number = call.parts["id"]
    done = {
        "status": "COMPLETED",
        "url": f"https://{job.host}/{number}/file.json.gz?X-Amz-Expires=3600&X-Amz-Signature={public(number, 64)}",
        "urlExpiresAt": _moment(call, later=3600),
        "generatedAt": _moment(call),
        "fileSize": len(_file(call, number, job)),
    }
    return _spoken({**job.answer, **done}, job.content)


def _file(call: Call, number: str, job: Job) -> bytes:
    return call.state.page(("amazon_ads", number), lambda: gzip.compress(orjson.dumps(job.rows()), mtime=0))


def fetch(call: Call) -> Answer:
    """The file itself."""
    number = call.parts["id"]
    job = call.state.jobs.get(number)
    signed = isinstance(job, Job) and call.arguments.get("X-Amz-Signature") == public(number, 64)
    body = _file(call, number, job) if isinstance(job, Job) else b""
    return amazon_login.stored(call, body, signed=signed)
