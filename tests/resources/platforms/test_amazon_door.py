"""What both sides of Amazon may be asked: reads as they are declared, and none of the writes beside them."""

from typing import Any

import orjson
import pytest
from official_specs import example, needs_shared, spec

from resources.door.rules import decide
from resources.platforms.amazon_ads import PLATFORM as ADS
from resources.platforms.amazon_seller import PLATFORM as SELLER

ADS_HOST = "https://advertising-api.amazon.com"
SELLER_HOST = "https://sellingpartnerapi-na.amazon.com"


@needs_shared
def test_the_documented_requests_are_let_out() -> None:
    for asked in orjson.loads(example("amazon_ads/docs_report_create_requests.json")):
        body = orjson.dumps(asked)
        decision = decide(ADS, "POST", f"{ADS_HOST}/reporting/reports", body=body)
        assert decision.allowed, decision.reason


def report(**changes: object) -> bytes:
    configuration = {
        "adProduct": "SPONSORED_PRODUCTS",
        "groupBy": ["campaign"],
        "columns": ["date", "cost"],
        "reportTypeId": "spCampaigns",
        "timeUnit": "DAILY",
        "format": "GZIP_JSON",
        **changes,
    }
    return orjson.dumps({"startDate": "2026-03-01", "endDate": "2026-03-02", "configuration": configuration})


def test_a_report_is_asked_for_with_declared_keys_only() -> None:
    url = f"{ADS_HOST}/reporting/reports"
    assert decide(ADS, "POST", url, body=report()).allowed
    assert not decide(ADS, "POST", url, body=report(adProduct="DEMAND_SIDE_PLATFORM")).allowed
    assert not decide(ADS, "POST", url, body=report(budget={"amount": 1})).allowed
    assert not decide(ADS, "POST", url, body=report(columns=["cost", {"x": 1}])).allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, path) for method in ("POST", "PUT") for path in ("/sp/campaigns", "/sp/adGroups", "/sd/campaigns")),
        ("POST", "/sp/campaigns/delete"),
        ("POST", "/sb/v4/campaigns"),
        ("PUT", "/sb/v4/campaigns"),
        ("POST", "/sb/v4/campaigns/delete"),
        ("DELETE", "/sd/campaigns/1"),
        ("PUT", "/v2/profiles"),
        ("DELETE", "/reporting/reports/12345678-1234-1234-1234-123456789012"),
        *(("POST", f"/adsApi/v1/{verb}/campaigns") for verb in ("create", "update", "delete")),
        ("POST", "/adsApi/v1/create/reports"),
        ("POST", "/managerAccounts"),
        ("POST", "/sb/v4/legacyCampaigns/migrationJob"),
        ("POST", "/adsAccounts"),
        ("POST", "/targets/export"),
    ],
)
def test_no_write_that_amazon_ads_knows_is_let_out(method: str, path: str) -> None:
    assert not decide(ADS, method, ADS_HOST + path, body=b"{}").allowed


@needs_shared
def test_of_all_official_operations_only_the_declared_reads_are_let_out() -> None:
    allowed = set()
    for method, path in _operations(spec("amazon_ads/amazon_ads_operations.json")):
        if decide(ADS, method, ADS_HOST + path.replace("{", "").replace("}", ""), body=b"").allowed:
            allowed.add((method, path))
    assert allowed <= {("GET", "/v2/profiles"), ("GET", "/exports/{exportId}")}


def _operations(tree: Any) -> set[tuple[str, str]]:  # noqa: ANN401 -- the list's shape is its maker's
    found = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict) and isinstance(node.get("path"), str) and isinstance(node.get("method"), str):
            found.add((node["method"].upper(), node["path"]))
        stack += list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    assert len(found) > 100
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/tokens/2021-03-01/restrictedDataToken"),
        ("POST", "/reports/2021-06-30/schedules"),
        ("DELETE", "/reports/2021-06-30/reports/1"),
        ("DELETE", "/reports/2021-06-30/schedules/1"),
        ("DELETE", "/dataKiosk/2023-11-15/queries/1"),
        ("POST", "/dataKiosk/2023-11-15/queries"),
        ("POST", "/orders/v0/orders/1-2-3/shipment"),
        ("POST", "/orders/v0/orders/1-2-3/shipmentConfirmation"),
        ("PATCH", "/orders/v0/orders/1-2-3/regulatedInfo"),
        ("GET", "/orders/v0/orders/1-2-3/buyerInfo"),
        ("GET", "/orders/v0/orders/1-2-3/address"),
        ("POST", "/fba/inventory/v1/items"),
        ("POST", "/fba/inventory/v1/items/inventory"),
        ("DELETE", "/fba/inventory/v1/items/SKU1"),
        ("POST", "/feeds/2021-06-30/feeds"),
        *((method, "/listings/2021-08-01/items/S/SKU1") for method in ("PUT", "PATCH", "DELETE")),
        ("POST", "/fba/outbound/2020-07-01/fulfillmentOrders"),
        ("POST", "/inbound/fba/2024-03-20/inboundPlans"),
        ("POST", "/messaging/v1/orders/1-2-3/messages/confirmCustomizationDetails"),
        ("POST", "/notifications/v1/destinations"),
        ("POST", "/applications/2023-11-30/clientSecret"),
    ],
)
def test_no_write_and_no_way_to_a_buyer_is_let_out(method: str, path: str) -> None:
    assert not decide(SELLER, method, SELLER_HOST + path, body=b"{}" if method != "GET" else b"").allowed


@pytest.mark.parametrize("part", ["BUYER", "RECIPIENT", "TAX", "PAYMENT", "PACKAGES", "PROCEEDS,BUYER"])
def test_the_parts_of_an_order_with_a_person_in_them_are_never_asked_for(part: str) -> None:
    url = f"{SELLER_HOST}/orders/2026-01-01/orders?createdAfter=2026-01-01T00%3A00%3A00Z&includedData="
    assert decide(SELLER, "GET", f"{url}PROCEEDS,FULFILLMENT").allowed
    assert not decide(SELLER, "GET", f"{url}{part}").allowed


def test_only_the_sales_and_traffic_report_is_started() -> None:
    url = f"{SELLER_HOST}/reports/2021-06-30/reports"
    asked = {"reportType": "GET_SALES_AND_TRAFFIC_REPORT", "marketplaceIds": ["ATVPDKIKX0DER"]}
    assert decide(SELLER, "POST", url, body=orjson.dumps(asked)).allowed
    for report in ("GET_FLAT_FILE_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX"):
        assert not decide(SELLER, "POST", url, body=orjson.dumps({**asked, "reportType": report})).allowed
