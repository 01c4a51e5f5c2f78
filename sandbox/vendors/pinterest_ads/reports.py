"""Pinterest's figures: at once, or as a job that is started, polled and fetched from a file host."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.tokens import public
from sandbox.vendors.pinterest_ads import records
from sandbox.vendors.pinterest_ads.access import complaint
from sandbox.vendors.pinterest_ads.lists import owner_of, several
from sandbox.world.marketing import AdAccount, AdDay

FILES: Final = "pinterest-async-reports.s3.us-east-1.amazonaws.com"
_HISTORY: Final = 914
_LONGEST: Final = 186
_LONGEST_AT_ONCE: Final = 90
_MOST_IDS: Final = 250
_WINDOWS: Final = (0, 1, 7, 14, 30, 60)
_LEVELS: Final[dict[str, Callable[[AdDay], int]]] = {
    "ADVERTISER": lambda _row: 0,
    "CAMPAIGN": lambda row: row.ad.group.campaign.id,
    "AD_GROUP": lambda row: row.ad.group.id,
    "PIN_PROMOTION": lambda row: row.ad.id,
}
_EDGES: Final = {
    "campaigns": ("CAMPAIGN", "campaign_ids", "CAMPAIGN_ID"),
    "ad_groups": ("AD_GROUP", "ad_group_ids", "AD_GROUP_ID"),
    "ads": ("PIN_PROMOTION", "ad_ids", "AD_ID"),
}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One report. `ids` narrows it to entities of its own level, if any are given."""

    level: str
    since: date
    until: date
    daily: bool
    columns: tuple[str, ...]
    ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Job:
    """A report that was started; it is done at the second poll."""

    ask: Ask
    polls: int = 0


def _asked(call: Call, given: dict[str, Any], *, longest: int, history: int) -> Ask | Answer:
    try:
        since, until = date.fromisoformat(given["start_date"]), date.fromisoformat(given["end_date"])
        level, granularity, columns = given["level"], given["granularity"], tuple(given["columns"])
    except (KeyError, TypeError, ValueError):
        return complaint("Invalid ad account ads analytics parameters.", 400)
    if since < call.world.today - timedelta(days=history):
        return complaint(f"start_date can not be more than {history} days back from today.", 400)
    if not 0 <= (until - since).days < longest:
        return complaint(f"The date range can not be larger than {longest} days.", 400)
    windows = [given[name] for name in ("click_window_days", "view_window_days") if name in given]
    unfit = level not in _LEVELS or granularity not in {"DAY", "TOTAL"} or not columns
    if unfit or any(window not in _WINDOWS for window in windows) or not set(columns) <= records.COLUMNS:
        return complaint("Invalid ad account ads analytics parameters.", 400)
    return Ask(level=level, since=since, until=until, daily=granularity == "DAY", columns=columns)


def _rows(ask: Ask, owner: AdAccount) -> dict[int, list[records.Record]]:
    """Rows by entity, in order of day; without delivery no row."""
    key = _LEVELS[ask.level]
    spans: dict[tuple[int, date], list[AdDay]] = defaultdict(list)
    for row in owner.daily:
        wanted = ask.since <= row.day <= ask.until and row.impressions
        if wanted and (not ask.ids or key(row) in ask.ids):
            spans[key(row), row.day if ask.daily else ask.since].append(row)
    found: dict[int, list[records.Record]] = defaultdict(list)
    for (entity, day), rows in sorted(spans.items()):
        dated = {"DATE": day.isoformat()} if ask.daily else {}
        found[entity or int(owner.id)].append({**records.figures(rows, ask.columns, owner), **dated})
    return found


def now(call: Call) -> Answer:
    """GET /ad_accounts/{id}/campaigns/analytics and its like: a list of rows."""
    owner = owner_of(call)
    if isinstance(owner, Answer):
        return owner
    level, name, column = _EDGES[call.parts["edge"]]
    ids = several(call, name)
    if len(ids) > _MOST_IDS or not all(one.isdigit() for one in ids) or (not ids and name != "ad_ids"):
        return complaint("Invalid ad account campaign analytics parameters.", 400)
    given = {**call.arguments, "level": level, "columns": several(call, "columns")}
    for window in ("click_window_days", "view_window_days"):
        given.pop(window, None)
    ask = _asked(call, given, longest=_LONGEST_AT_ONCE, history=_LONGEST_AT_ONCE)
    if isinstance(ask, Answer):
        return ask
    found = _rows(replace(ask, ids=frozenset(map(int, ids))), owner)
    return said([{**row, column: str(entity)} for entity, rows in found.items() for row in rows])


def start(call: Call) -> Answer:
    """POST /ad_accounts/{id}/reports."""
    owner = owner_of(call)
    if isinstance(owner, Answer):
        return owner
    given = call.json()
    ask = _asked(call, given if isinstance(given, dict) else {}, longest=_LONGEST, history=_HISTORY)
    if isinstance(ask, Answer):
        return ask
    token = public(f"pinterest report {len(call.state.jobs) + 1}", 64, "agt_")
    call.state.jobs[token] = Job(ask=ask)
    return said({"report_status": "IN_PROGRESS", "token": token, "message": ""})


def poll(call: Call) -> Answer:
    """GET /ad_accounts/{id}/reports?token=."""
    owner = owner_of(call)
    if isinstance(owner, Answer):
        return owner
    token = call.arguments.get("token", "")
    job = call.state.jobs.get(token)
    if not isinstance(job, Job):
        return said({"report_status": "DOES_NOT_EXIST", "url": None, "size": None})
    call.state.jobs[token] = replace(job, polls=job.polls + 1)
    if not job.polls:
        return said({"report_status": "IN_PROGRESS", "url": None, "size": None})
    address = (
        f"https://{FILES}/async_reporting_v3/x-json/{token}/metrics_report.txt?X-Amz-Signature={public(token, 64)}"
    )
    return said({"report_status": "FINISHED", "url": address, "size": float(len(_file(call, job, owner)))})


def _file(call: Call, job: Job, owner: AdAccount) -> bytes:
    key = ("pinterest_ads", job.ask)
    return call.state.page(key, lambda: orjson.dumps(_rows(job.ask, owner), option=orjson.OPT_NON_STR_KEYS))


def fetch(call: Call) -> Answer:
    """The file itself. The address is its own key: another one beside it is refused."""
    token = call.parts["token"]
    job = call.state.jobs.get(token)
    if call.headers.get("authorization"):
        return _storage("InvalidArgument", "Only one auth mechanism allowed.", HTTPStatus.BAD_REQUEST)
    if not isinstance(job, Job) or call.arguments.get("X-Amz-Signature") != public(token, 64):
        return _storage("AccessDenied", "Access Denied", HTTPStatus.FORBIDDEN)
    body = _file(call, job, call.world.ads["pinterest_ads"])
    return Answer(body=body, kind="binary/octet-stream")


def _storage(code: str, message: str, status: int) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status=status, body=body.encode(), kind="application/xml")
