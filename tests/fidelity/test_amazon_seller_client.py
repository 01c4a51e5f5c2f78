"""The client for Amazon's Selling Partner API that most use reads what we read."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from our_rows import Ours, arranged, money
from sp_api.api import Inventories, OrdersV20260101, ReportsV2
from sp_api.base import Client, Marketplaces, ReportType

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(ours: Callable[[str], Ours]) -> Iterator[Callable[[type[Client]], Any]]:
    mine = ours("amazon_seller")
    assert mine.grant.refresh is not None
    credentials = {
        "refresh_token": mine.grant.refresh.reveal(),
        "lwa_app_id": mine.app.client_id,
        "lwa_client_secret": mine.app.client_secret,
    }

    with ExitStack() as stack:

        def run(kind: type[Client]) -> Client:
            client = stack.enter_context(kind(marketplace=Marketplaces.US, credentials=credentials))
            # the client forgets the connection that its token came by
            stack.callback(client._auth._transport.close)
            return client

        yield run


def test_orders_are_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    client, found, token = opened(OrdersV20260101), [], None
    while True:
        page = client.search_orders(
            createdAfter="2026-01-01T00:00:00Z",
            maxResultsPerPage=50,
            includedData=["PROCEEDS", "FULFILLMENT"],
            **({"paginationToken": token} if token else {}),
        )
        found += page.payload["orders"]
        token = page.next_token
        if not token:
            break
    theirs = [
        (row["orderId"], row["fulfillment"]["fulfillmentStatus"], money(row["proceeds"]["grandTotal"]["amount"]))
        for row in found
    ]
    assert ours("amazon_seller").rows("orders", "order_id", "status", "proceeds") == arranged(theirs)
    assert len(theirs) > 50


def test_stock_is_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    client, found, token = opened(Inventories), [], None
    while True:
        page = client.get_inventory_summary_marketplace(details=True, **({"nextToken": token} if token else {}))
        found += page.payload["inventorySummaries"]
        token = page.next_token
        if not token:
            break
    theirs = [(row["sellerSku"], row["fnSku"], row["condition"], row["totalQuantity"]) for row in found]
    assert ours("amazon_seller").rows("inventory", "sku", "fn_sku", "condition", "total") == arranged(theirs)


def test_sales_and_traffic_are_the_same(ours: Callable[[str], Ours], opened: Callable[[type[Client]], Any]) -> None:
    client: Any = opened(ReportsV2)
    report = client.create_report(
        reportType=ReportType.GET_SALES_AND_TRAFFIC_REPORT,
        dataStartTime="2026-02-01T00:00:00Z",
        dataEndTime="2026-03-14T23:59:59Z",
        reportOptions={"dateGranularity": "DAY", "asinGranularity": "SKU"},
    ).payload["reportId"]
    while (job := client.get_report(report).payload)["processingStatus"] != "DONE":
        assert job["processingStatus"] in {"IN_QUEUE", "IN_PROGRESS"}
    document = client.get_report_document(job["reportDocumentId"], download=True).payload["document"]
    theirs = [
        (row["date"], money(row["salesByDate"]["orderedProductSales"]["amount"]), row["trafficByDate"]["sessions"])
        for row in json.loads(document)["salesAndTrafficByDate"]
    ]
    mine = ours("amazon_seller").rows("sales_traffic_daily", "date", "ordered_sales", "sessions")
    assert [(f"{day}", *rest) for day, *rest in mine if f"{day}" >= "2026-02-01"] == arranged(theirs)
