"""Bulk operations: a query that is run in the background into a file of JSON lines at a signed address."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from sandbox.calls import Answer, Call
from sandbox.vendors.shopify import export
from sandbox.vendors.shopify.views import Context

_FOLDER: Final = "/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs"
_WEEK: Final = 7 * 86_400
_AT_ONCE: Final = 5
_FIRST: Final = 6_100_000_000_000
_OVER: Final = frozenset({"COMPLETED", "FAILED", "CANCELED"})


@dataclass(kw_only=True)
class Job:
    """One operation; a thread moves it on."""

    number: int
    query: str
    created: int
    status: str = "CREATED"
    error: str | None = None
    completed: int | None = None
    objects: int = 0
    roots: int = 0
    body: bytes = b""
    url: str | None = None

    @property
    def gid(self) -> str:
        return f"gid://shopify/BulkOperation/{self.number}"


def _jobs(context: Context) -> list[Job]:
    return [job for job in context.state.jobs.values() if isinstance(job, Job)]


def run(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """BulkOperationRunQuery."""
    query = given["query"]
    complaint = export.complaint(query)
    if complaint:
        return _refused(complaint, "INVALID")
    if sum(1 for job in _jobs(context) if job.status not in _OVER) >= _AT_ONCE:
        return _refused("A bulk query operation for this app and shop is already in progress.", "LIMIT_REACHED")
    job = Job(number=_FIRST + len(context.state.jobs) + 1, query=query, created=int(context.state.clock()))
    context.state.jobs[job.gid] = job
    shown = Job(number=job.number, query=query, created=job.created)
    threading.Thread(target=_work, args=(job, context), daemon=True).start()
    return {"bulkOperation": shown, "userErrors": []}


def _refused(message: str, code: str) -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": [{"field": ["query"], "message": message, "code": code}]}


def _work(job: Job, context: Context) -> None:
    job.status = "RUNNING"
    plan = export.plan(job.query, context)
    if plan is None:
        job.error, job.status = "ACCESS_DENIED", "FAILED"
        return
    roots = plan.rows()
    key = ("shopify", "bulk", job.query, context.scopes)
    job.body = context.state.page(key, lambda: b"".join(export.lines(plan, roots)))
    job.roots, job.objects = len(roots), job.body.count(b"\n")
    job.completed = int(context.state.clock())
    job.url = _address(job, job.completed + _WEEK, str(context.world.seed))
    job.status = "COMPLETED" if job.status == "RUNNING" else "CANCELED"


def find(context: Context, given: Mapping[str, Any]) -> Job | None:
    job = context.state.jobs.get(given["id"])
    return job if isinstance(job, Job) else None


def listed(context: Context, given: Mapping[str, Any]) -> Sequence[Job]:
    """bulkOperations, by status only."""
    wanted = (given.get("query") or "").partition("status:")[2].strip().upper()
    return [job for job in _jobs(context) if not wanted or job.status == wanted]


def current(context: Context, _given: Mapping[str, Any]) -> Job | None:
    jobs = _jobs(context)
    return jobs[-1] if jobs else None


def cancel(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    job = find(context, given)
    if job and job.status not in _OVER:
        job.status = "CANCELING"
    return {"bulkOperation": job, "userErrors": []}


def _signature(number: int, expires: int, key: str) -> str:
    return hashlib.sha256(f"{number}|{expires}|{key}".encode()).hexdigest()


def _address(job: Job, expires: int, key: str) -> str | None:
    """Where the file lies; None when nothing was found."""
    if not job.body:
        return None
    query = {
        "GoogleAccessId": "assets-us-prod@shopify-tiers.iam.gserviceaccount.com",
        "Expires": expires,
        "Signature": _signature(job.number, expires, key),
    }
    return f"https://storage.googleapis.com{_FOLDER}/{job.number}?{urlencode(query)}"


def download(call: Call) -> Answer:
    """GET of a result. The address alone opens it: whoever sends a token along gave it to a stranger."""
    number = int(call.parts["number"])
    expires = call.arguments.get("Expires", "")
    job = call.state.jobs.get(f"gid://shopify/BulkOperation/{number}")
    sealed = expires.isdigit() and call.arguments.get("Signature") == _signature(
        number, int(expires), str(call.world.seed)
    )
    if not sealed or not isinstance(job, Job) or int(expires) < call.state.clock():
        return _xml("AccessDenied", "Access denied.", HTTPStatus.FORBIDDEN)
    if "x-shopify-access-token" in call.headers or "authorization" in call.headers:
        return _xml("InvalidArgument", "The request carries a credential.", HTTPStatus.BAD_REQUEST)
    return Answer(body=job.body, kind="application/jsonl")


def _xml(code: str, message: str, status: int) -> Answer:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status=status, body=body.encode(), kind="application/xml; charset=UTF-8")


FILES: Final = rf"{_FOLDER}/(?P<number>\d+)"
