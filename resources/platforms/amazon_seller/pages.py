"""How Amazon Seller's pages are read: orders by change, stock as it stands, sales and traffic by report jobs."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from resources.errors import Stop, TryLater
from resources.reading import Api, Page, Reply, Window

ORDERS: Final = "2026-01-01"
REPORTS: Final = "2021-06-30"
FINANCES: Final = "2024-06-19"
VERSION: Final = f"orders {ORDERS}, reports {REPORTS}, finances {FINANCES}, FBA inventory v1"
HOSTS: Final = {
    "na": "sellingpartnerapi-na.amazon.com",
    "eu": "sellingpartnerapi-eu.amazon.com",
    "fe": "sellingpartnerapi-fe.amazon.com",
}
SALES_AND_TRAFFIC: Final = "GET_SALES_AND_TRAFFIC_REPORT"
_HISTORY = timedelta(days=729)  # older orders are not served, and older reports are cancelled
_JOB_DAYS = 90
_BY_ASIN_DAYS = 30
_LONGEST_JOB = 3600.0


def _root(api: Api) -> str:
    return f"https://{HOSTS[api.settings['region']]}"


def _facts(api: Api, **more: str) -> dict[str, str]:
    settings = api.settings
    return {
        "marketplace_id": api.account,
        "currency": settings["currency"],
        "time_zone": settings["time_zone"],
        "region": settings["region"],
        **more,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def marketplaces(api: Api, region: str) -> list[dict[str, Any]]:
    """Where the seller sells, in one region."""
    rows: list[dict[str, Any]] = api.get(f"https://{HOSTS[region]}/sellers/v1/marketplaceParticipations").json()[
        "payload"
    ]
    return rows


def read_marketplace(api: Api, _window: Window) -> Iterator[Page]:
    own = [row for row in marketplaces(api, api.settings["region"]) if row["marketplace"]["id"] == api.account]
    yield Page(body=orjson.dumps(own), facts=_facts(api))


def _stock_asked(marketplace: str) -> dict[str, str]:
    return {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace,
        "marketplaceIds": marketplace,
    }


def probes(api: Api, region: str, marketplace: str) -> None:
    """Asks for an order and for stock, to see whether they are granted."""
    asked = {"createdAfter": "2000-01-01T00:00:00Z", "marketplaceIds": marketplace, "maxResultsPerPage": "1"}
    api.get(f"https://{HOSTS[region]}/orders/{ORDERS}/orders", params=asked)
    api.get(f"https://{HOSTS[region]}/fba/inventory/v1/summaries", params=_stock_asked(marketplace))


def _next(reply: Reply, *way: str) -> str:
    node = reply.json()
    for name in way:
        node = node.get(name) or {}
    return node.get("nextToken") or ""


def _listed(api: Api, url: str, params: Mapping[str, str], parameter: str, *way: str) -> Iterator[Reply]:
    """The pages of a list; the next token lies at the end of `way` and goes into `parameter`."""
    token, seen = "", set[str]()
    while token not in seen:
        seen.add(token)
        reply = api.get(url, params={**params, **({parameter: token} if token else {})})
        yield reply
        token = _next(reply, *way)
        if not token:
            return
    raise Stop(
        "a page token came twice, so the list would never end.", to=reply.to, do_next="The next sync starts again."
    )


def read_orders(api: Api, window: Window) -> Iterator[Page]:
    since = (
        {"lastUpdatedAfter": _iso(window.since)} if window.since else {"createdAfter": _iso(window.until - _HISTORY)}
    )
    params = {
        **since,
        "marketplaceIds": api.account,
        "maxResultsPerPage": "100",
        "includedData": "PROCEEDS,FULFILLMENT",
    }
    for reply in _listed(api, f"{_root(api)}/orders/{ORDERS}/orders", params, "paginationToken", "pagination"):
        yield Page(body=reply.body, facts=_facts(api))


def read_stock(api: Api, window: Window) -> Iterator[Page]:
    day = window.until.astimezone(ZoneInfo(api.settings["time_zone"])).date()
    url, asked = f"{_root(api)}/fba/inventory/v1/summaries", _stock_asked(api.account)
    # a page token lives for 30 seconds, so all pages are fetched before the first is handed on
    for reply in list(_listed(api, url, asked, "nextToken", "pagination")):
        yield Page(body=reply.body, facts=_facts(api, snapshot_on=f"{day}"))


def read_transactions(api: Api, window: Window) -> Iterator[Page]:
    since = window.since or window.until - _HISTORY
    params = {"postedAfter": _iso(since), "marketplaceId": api.account}
    url = f"{_root(api)}/finances/{FINANCES}/transactions"
    for reply in _listed(api, url, params, "nextToken", "payload"):
        yield Page(body=reply.body, facts=_facts(api))


def _days(api: Api, window: Window, first_time: timedelta) -> Iterator[date]:
    """The marketplace's days in the window, `first_time` before its end where it has no start."""
    zone = ZoneInfo(api.settings["time_zone"])
    last = window.until.astimezone(zone).date()
    since = window.since.astimezone(zone).date() if window.since else last - first_time
    first = max(since, last - _HISTORY)
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def _start(api: Api, first: date, last: date) -> str:
    asked = {
        "reportType": SALES_AND_TRAFFIC,
        "marketplaceIds": [api.account],
        "dataStartTime": f"{first}T00:00:00Z",
        "dataEndTime": f"{last}T23:59:59Z",
        "reportOptions": {"dateGranularity": "DAY", "asinGranularity": "SKU"},
    }
    return str(api.post(f"{_root(api)}/reports/{REPORTS}/reports", json=asked).json()["reportId"])


def _document(api: Api, job: Mapping[str, Any]) -> bytes:
    url = f"{_root(api)}/reports/{REPORTS}/documents/{job['reportDocumentId']}"
    found = api.get(url).json()
    return b"".join(api.download(found["url"], compressed=found.get("compressionAlgorithm") == "GZIP"))


def _reports(api: Api, spans: list[tuple[date, date]]) -> Iterator[tuple[date, bytes]]:
    """The first day and the file of each span's report, as they get ready; a span without data has none."""
    waiting = {_start(api, first, last): first for first, last in spans}
    waited, pause = 0.0, 0.1
    while waiting and waited < _LONGEST_JOB:
        api.wait(pause)
        waited, pause = waited + pause, min(pause * 1.5, 60)
        for report, first in list(waiting.items()):
            job = api.get(f"{_root(api)}/reports/{REPORTS}/reports/{report}").json()
            if job["processingStatus"] == "FATAL":
                raise TryLater("Amazon could not make the report.", to=f"{api.account} sales and traffic of {first}")
            if job["processingStatus"] in {"DONE", "CANCELLED"}:
                del waiting[report]
            if job["processingStatus"] == "DONE":
                yield first, _document(api, job)
    if waiting:
        raise TryLater("a report was not ready within an hour.", to=f"{api.account} sales and traffic")


def read_traffic(api: Api, window: Window) -> Iterator[Page]:
    days = list(_days(api, window, _HISTORY))
    spans = [(days[at], days[min(at + _JOB_DAYS, len(days)) - 1]) for at in range(0, len(days), _JOB_DAYS)]
    for _, body in _reports(api, spans):
        yield Page(body=body, facts=_facts(api))


def read_traffic_by_asin(api: Api, window: Window) -> Iterator[Page]:
    # a product's row has no date, so each day is a report of its own
    for day, body in _reports(api, [(day, day) for day in _days(api, window, timedelta(days=_BY_ASIN_DAYS - 1))]):
        yield Page(body=body, facts=_facts(api, date=f"{day}"))
