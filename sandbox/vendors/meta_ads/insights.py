"""The Graph API's reports: at once, or as a job that is started, polled and fetched."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Final

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.vendors.meta_ads import records
from sandbox.vendors.meta_ads.access import complaint, holder
from sandbox.vendors.meta_ads.lists import paged, pick, usage
from sandbox.world.marketing import AdAccount, AdDay

_HISTORY_MONTHS: Final = 37
_JOBS_FROM: Final = 1_200_000_000_000_000
_LEVELS: Final[dict[str, Callable[[AdDay], int]]] = {
    "account": lambda _row: 0,
    "campaign": lambda row: row.ad.group.campaign.id,
    "adset": lambda row: row.ad.group.id,
    "ad": lambda row: row.ad.id,
}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One report: which level, which days, cut into spans of so many days (0: one span for all)."""

    level: str
    since: date
    until: date
    increment: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A report that was started; it is done at the second poll."""

    ask: Ask
    polls: int = 0


def _asked(call: Call) -> Ask | Answer:
    given = call.fields
    if given.get("level", "account") not in _LEVELS:
        return complaint("(#100) level must be one of: ad, adset, campaign, account", 100)
    if given.get("breakdowns") not in (None, "", "[]"):
        return complaint("(#100) Breakdowns are not served by the sandbox.", 100)
    today = call.world.today
    span = {"since": (today - timedelta(days=30)).isoformat(), "until": (today - timedelta(days=1)).isoformat()}
    try:
        span |= orjson.loads(given["time_range"]) if "time_range" in given else {}
        since, until = date.fromisoformat(span["since"]), date.fromisoformat(span["until"])
    except (ValueError, KeyError, TypeError):
        return complaint("(#100) param time_range must be an object with since and until", 100)
    if since > until:
        return complaint("(#100) Must specify since before until", 100, subcode=1487534)
    if (today - since).days > _HISTORY_MONTHS * 31:
        message = "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
        return complaint(message, 3018)
    step = given.get("time_increment", "all_days")
    increment = int(step) if step.isdigit() else 0
    return Ask(
        level=given.get("level", "account"), since=since, until=until, increment=increment, fields=_fields(given)
    )


def _fields(given: dict[str, str]) -> tuple[str, ...]:
    text = given.get("fields", "impressions,spend")
    names = orjson.loads(text) if text.startswith("[") else text.split(",")
    return tuple(name.strip() for name in names if name.strip())


def _rows(ask: Ask, owner: AdAccount) -> Iterable[records.Record]:
    """Rows in order of day and entity; without delivery no row."""
    key = _LEVELS[ask.level]
    length = ask.increment or (ask.until - ask.since).days + 1
    spans: dict[tuple[int, int], list[AdDay]] = defaultdict(list)
    for row in owner.daily:
        if ask.since <= row.day <= ask.until and row.impressions:
            spans[(row.day - ask.since).days // length, key(row)].append(row)
    for (span, _), rows in sorted(spans.items()):
        first = ask.since + timedelta(days=span * length)
        last = min(first + timedelta(days=length - 1), ask.until)
        yield pick(records.insight(ask.level, rows, owner, first, last), (*ask.fields, "date_start", "date_stop"))


def _account(call: Call) -> AdAccount | Answer:
    refusal = holder(call, needs="ads_read")
    owner = call.world.ads["meta_ads"]
    if isinstance(refusal, Answer):
        return refusal
    if call.parts.get("account", owner.id) != owner.id:
        return complaint(f"(#100) Unsupported get request. Object 'act_{call.parts['account']}' does not exist", 100)
    return owner


def now(call: Call) -> Answer:
    """GET act_…/insights."""
    owner = _account(call)
    ask = _asked(call)
    if isinstance(owner, Answer):
        return owner
    return ask if isinstance(ask, Answer) else _report(call, ask, owner)


def _report(call: Call, ask: Ask, owner: AdAccount) -> Answer:
    rows = call.state.shelf(("meta_ads", ask), lambda: list(_rows(ask, owner)))
    return paged(call, rows, ("meta_ads", ask), default=25)


def start(call: Call) -> Answer:
    """POST act_…/insights."""
    owner = _account(call)
    ask = _asked(call)
    if isinstance(owner, Answer):
        return owner
    if isinstance(ask, Answer):
        return ask
    number = str(_JOBS_FROM + len(call.state.jobs) + 1)
    call.state.jobs[number] = Job(ask=ask)
    return said({"report_run_id": number}, headers=usage(owner))


def _job(call: Call) -> Job | Answer:
    refusal = holder(call, needs="ads_read")
    job = call.state.jobs.get(call.parts["run"])
    if isinstance(refusal, Answer):
        return refusal
    if not isinstance(job, Job):
        message = f"Unsupported get request. Object with ID '{call.parts['run']}' does not exist"
        return complaint(message, 100, subcode=33, kind="GraphMethodException")
    return job


def poll(call: Call) -> Answer:
    """GET /{report_run_id}."""
    job = _job(call)
    if isinstance(job, Answer):
        return job
    call.state.jobs[call.parts["run"]] = replace(job, polls=job.polls + 1)
    done = job.polls > 0
    return said(
        {
            "id": call.parts["run"],
            "account_id": call.world.ads["meta_ads"].id,
            "async_status": "Job Completed" if done else "Job Running",
            "async_percent_completion": 100 if done else 40,
            "date_start": job.ask.since.isoformat(),
            "date_stop": job.ask.until.isoformat(),
        }
    )


def fetch(call: Call) -> Answer:
    """GET /{report_run_id}/insights."""
    job = _job(call)
    if isinstance(job, Answer):
        return job
    if not job.polls:
        return complaint("(#2601) The report is not ready yet.", 2601, status=HTTPStatus.BAD_REQUEST)
    return _report(call, job.ask, call.world.ads["meta_ads"])
