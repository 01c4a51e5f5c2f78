"""The Selling Partner API's lists: orders, stock, the account's movements, marketplaces."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from sandbox.calls import Answer, Call, said
from sandbox.vendors.amazon_seller import records
from sandbox.vendors.amazon_seller.access import MARKETPLACE, denied, refusal, unfit
from sandbox.world.marketing import AmazonOrder

_MOST: Final = 100
_STOCK_PAGE: Final = 50
_MOVEMENTS: Final = 100
_TOO_YOUNG: Final = 120
_HISTORY: Final = 2 * 365 * 86_400
_RATES: Final = {"orders": "0.0056", "stock": "2.0", "transactions": "0.5", "marketplaces": "0.016"}


def _limit(kind: str) -> dict[str, str]:
    return {"x-amzn-RateLimit-Limit": _RATES[kind], "x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}


def _moment(text: str | None) -> int | None:
    """UNIX seconds of an ISO text; None where there is none, -1 where it is no moment."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return -1
    return int(found.timestamp()) if found.tzinfo else -1


def _token(place: int) -> str:
    return base64.b64encode(f"next|{place}".encode()).decode()


def _place(token: str | None) -> int | None:
    if not token:
        return 0
    try:
        kind, _, number = base64.b64decode(token, validate=True).decode().partition("|")
    except ValueError:
        return None
    return int(number) if kind == "next" and number.isdigit() else None


def marketplaces(call: Call) -> Answer:
    """GET /sellers/v1/marketplaceParticipations."""
    refused = refusal(call)
    return refused or said({"payload": [records.participation()]}, headers=_limit("marketplaces"))


def _elsewhere(call: Call, name: str) -> bool:
    wanted = call.arguments.get(name)
    return bool(wanted) and MARKETPLACE not in str(wanted).split(",")


def orders(call: Call) -> Answer:
    """GET /orders/2026-01-01/orders."""
    refused = refusal(call, "Inventory and Order Tracking")
    if refused or _elsewhere(call, "marketplaceIds"):
        return refused or denied()
    asked = call.arguments
    kinds = [kind for kind in ("created", "lastUpdated") if f"{kind}After" in asked]
    size = asked.get("maxResultsPerPage", str(_MOST))
    start = _place(asked.get("paginationToken"))
    if len(kinds) != 1 or not size.isdigit() or not 1 <= int(size) <= _MOST or start is None:
        return unfit("Exactly one of createdAfter and lastUpdatedAfter, and up to 100 results a page.")
    after, before = _moment(asked[f"{kinds[0]}After"]), _moment(asked.get(f"{kinds[0]}Before"))
    if after == -1 or before == -1 or (before is not None and before > call.world.now - _TOO_YOUNG):
        return unfit("A time is no ISO 8601 moment, or not two minutes old.")
    rows = _matching(call, kinds[0], after or 0, before)
    included = frozenset(asked.get("includedData", "").split(","))
    end = start + int(size)
    whole: dict[str, Any] = {"orders": [records.order(row, included) for row in rows[start:end]]}
    if end < len(rows):
        whole["pagination"] = {"nextToken": _token(end)}
    whole[f"{kinds[0]}Before"] = asked.get(f"{kinds[0]}Before", records.time(call.world.now - _TOO_YOUNG))
    return Answer(body=orjson.dumps(whole), headers=_limit("orders"))


def _matching(call: Call, kind: str, after: int, before: int | None) -> Sequence[AmazonOrder]:
    asked = call.arguments
    statuses, makers = asked.get("fulfillmentStatuses"), asked.get("fulfilledBy")

    def moment(row: AmazonOrder) -> int:
        return row.created if kind == "created" else row.updated

    rows = [
        row
        for row in call.world.amazon_orders
        if after <= moment(row) <= (before or call.world.now)
        and row.created > call.world.now - _HISTORY
        and (not statuses or row.status in statuses.split(","))
        and (not makers or row.fulfilled_by in makers.split(","))
    ]
    return sorted(rows, key=lambda row: (moment(row), row.id))


def order(call: Call) -> Answer:
    """GET /orders/2026-01-01/orders/{orderId}."""
    refused = refusal(call, "Inventory and Order Tracking")
    found = next((row for row in call.world.amazon_orders if row.id == call.parts["id"]), None)
    if refused or not found:
        return refused or unfit("There is no such order.")
    included = frozenset(call.arguments.get("includedData", "").split(","))
    return said({"order": records.order(found, included)})


def stock(call: Call) -> Answer:
    """GET /fba/inventory/v1/summaries."""
    refused = refusal(call, "Amazon Fulfillment")
    asked = call.arguments
    if refused or _elsewhere(call, "marketplaceIds") or _elsewhere(call, "granularityId"):
        return refused or denied()
    start = _place(asked.get("nextToken"))
    if asked.get("granularityType") != "Marketplace" or "granularityId" not in asked or start is None:
        return unfit("granularityType must be Marketplace, with its id beside it.")
    wanted = asked.get("sellerSkus", "").split(",") if asked.get("sellerSkus") else None
    held = [row for row in call.world.inventory if row.place.name.startswith("Reno")]
    rows = [row for row in held if not wanted or row.variant.sku in wanted]
    details, end = asked.get("details") == "true", start + _STOCK_PAGE
    granularity = {"granularityType": "Marketplace", "granularityId": MARKETPLACE}
    shown = [records.summary(row, call.world.now, details=details) for row in rows[start:end]]
    whole: dict[str, Any] = {"payload": {"granularity": granularity, "inventorySummaries": shown}}
    if end < len(rows):
        whole["pagination"] = {"nextToken": _token(end)}
    return Answer(body=orjson.dumps(whole), headers=_limit("stock"))


def transactions(call: Call) -> Answer:
    """GET /finances/2024-06-19/transactions."""
    refused = refusal(call, "Finance and Accounting")
    asked = call.arguments
    start, after = _place(asked.get("nextToken")), _moment(asked.get("postedAfter"))
    before = _moment(asked.get("postedBefore"))
    if refused or _elsewhere(call, "marketplaceId"):
        return refused or denied()
    if start is None or after in (None, -1) or before == -1:
        return unfit("postedAfter is needed, as an ISO 8601 moment.")
    rows = sorted(
        (
            row
            for row in call.world.amazon_orders
            if row.status == "SHIPPED" and (after or 0) <= row.updated < (before or call.world.now + 1)
        ),
        key=lambda row: (row.updated, row.id),
    )
    end = start + _MOVEMENTS
    payload: dict[str, Any] = {"transactions": [records.transaction(row, call.world.now) for row in rows[start:end]]}
    if end < len(rows):
        payload["nextToken"] = _token(end)
    return Answer(body=orjson.dumps({"payload": payload}), headers=_limit("transactions"))


def endless(call: Call, handle: Callable[[Call], Answer]) -> Answer:
    """The first page again and again, with a token that leads nowhere else."""
    asked = {name: text for name, text in call.arguments.items() if name not in ("nextToken", "paginationToken")}
    whole = orjson.loads(handle(replace(call, query=urlencode(asked))).body)
    if "orders" in whole or "inventorySummaries" in whole.get("payload", {}):
        return said({**whole, "pagination": {"nextToken": _token(1)}})
    if "transactions" in whole.get("payload", {}):
        return said({"payload": {**whole["payload"], "nextToken": _token(1)}})
    return said(whole)
