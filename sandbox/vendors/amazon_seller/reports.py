"""The Selling Partner API's report jobs: sales and traffic by day and by product, fetched as gzip."""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.tokens import public
from sandbox.vendors import amazon_login
from sandbox.vendors.amazon_seller.access import MARKETPLACE, denied, refusal, unfit
from sandbox.vendors.amazon_seller.traffic import Sold, by_asin, by_date
from sandbox.world import World

FILES: Final = "tortuga-prod-na.s3.amazonaws.com"
_TYPE: Final = "GET_SALES_AND_TRAFFIC_REPORT"
_ROLE: Final = "Brand Analytics"
_ZONE: Final = ZoneInfo("America/Los_Angeles")
_HISTORY: Final = timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A report that was asked for; it is done at the second poll."""

    asked: dict[str, Any]
    since: date
    until: date
    created: float
    polls: int = 0


def start(call: Call) -> Answer:
    """POST /reports/2021-06-30/reports."""
    asked = call.json()
    refused = refusal(call, _ROLE)
    if refused or not isinstance(asked, dict):
        return refused or unfit("The body is no object.")
    options = asked.get("reportOptions") or {}
    if asked.get("reportType") != _TYPE or options.get("dateGranularity", "DAY") != "DAY":
        return unfit("The sandbox makes GET_SALES_AND_TRAFFIC_REPORT by day, and no other.")
    if MARKETPLACE not in asked.get("marketplaceIds", []):
        return denied()
    try:
        since, until = date.fromisoformat(asked["dataStartTime"][:10]), date.fromisoformat(asked["dataEndTime"][:10])
    except (KeyError, TypeError, ValueError):
        return unfit("dataStartTime and dataEndTime must be ISO 8601 moments.")
    number = str(50_000_020_000 + len(call.state.jobs))
    call.state.jobs[number] = Job(asked=asked, since=since, until=until, created=call.state.clock())
    return said({"reportId": number}, status=HTTPStatus.ACCEPTED, headers={"x-amzn-RateLimit-Limit": "0.0167"})


def poll(call: Call) -> Answer:
    """GET /reports/2021-06-30/reports/{reportId}."""
    refused = refusal(call, _ROLE)
    number = call.parts["id"]
    job = call.state.jobs.get(number)
    if refused or not isinstance(job, Job):
        return refused or unfit("There is no such report.")
    call.state.jobs[number] = replace(job, polls=job.polls + 1)
    created = datetime.fromtimestamp(job.created, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    known: dict[str, Any] = {
        "reportId": number,
        "reportType": _TYPE,
        "marketplaceIds": [MARKETPLACE],
        "dataStartTime": f"{job.since}T00:00:00+00:00",
        "dataEndTime": f"{job.until}T23:59:59+00:00",
        "createdTime": created,
        "processingStartTime": created,
        "processingStatus": "IN_PROGRESS",
    }
    if not job.polls:
        return said(known)
    if not _has_data(call, job):
        return said({**known, "processingStatus": "CANCELLED", "processingEndTime": created})
    done = {"processingStatus": "DONE", "processingEndTime": created, "reportDocumentId": _document(number)}
    return said({**known, **done})


def _has_data(call: Call, job: Job) -> bool:
    days = _sold(call)
    return job.since >= call.world.today - _HISTORY and any(job.since <= day <= job.until for day in days)


def _document(number: str) -> str:
    return f"amzn1.spdoc.1.4.na.{public(f'document {number}', 32)}.{number}"


def document(call: Call) -> Answer:
    """GET /reports/2021-06-30/documents/{reportDocumentId}."""
    refused = refusal(call, _ROLE)
    number = call.parts["id"].rpartition(".")[2]
    if refused or call.parts["id"] != _document(number) or number not in call.state.jobs:
        return refused or unfit("There is no such document.")
    address = f"https://{FILES}/{number}?X-Amz-Expires=300&X-Amz-Signature={public(number, 64)}"
    return said({"reportDocumentId": call.parts["id"], "compressionAlgorithm": "GZIP", "url": address})


def fetch(call: Call) -> Answer:
    """The file itself."""
    number = call.parts["id"]
    job = call.state.jobs.get(number)
    signed = isinstance(job, Job) and call.arguments.get("X-Amz-Signature") == public(number, 64)
    body = call.state.page(("amazon_seller", number), lambda: _file(call, job)) if isinstance(job, Job) else b""
    return amazon_login.stored(call, body, signed=signed)


def _sold(call: Call) -> dict[date, Sold]:
    return call.state.shelf(("amazon_seller", "sold"), lambda: dict(_days(call.world)))


def _days(world: World) -> Iterator[tuple[date, Sold]]:
    """What was ordered and shipped on each day of the marketplace."""
    found: dict[date, Sold] = defaultdict(Sold)
    for order in world.amazon_orders:
        if order.status == "CANCELLED":
            continue
        found[datetime.fromtimestamp(order.created, _ZONE).date()].ordered.append(order)
        if order.status == "SHIPPED":
            found[datetime.fromtimestamp(order.updated, _ZONE).date()].shipped.append(order)
    yield from sorted(found.items())


def _file(call: Call, job: Job) -> bytes:
    options = job.asked.get("reportOptions") or {}
    days = {day: sold for day, sold in _sold(call).items() if job.since <= day <= job.until}
    whole = {
        "reportSpecification": {
            "reportType": _TYPE,
            "reportOptions": options,
            "dataStartTime": f"{job.since}",
            "dataEndTime": f"{job.until}",
            "marketplaceIds": [MARKETPLACE],
        },
        "salesAndTrafficByDate": [by_date(call.world, day, sold) for day, sold in days.items()],
        "salesAndTrafficByAsin": by_asin(call.world, days, options.get("asinGranularity", "PARENT")),
    }
    return gzip.compress(orjson.dumps(whole), mtime=0)
