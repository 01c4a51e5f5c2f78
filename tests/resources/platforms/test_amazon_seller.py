"""Amazon Seller is read as it is declared, without its buyers, and its refusals are understood."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from official_specs import example, needs_shared, objections
from reading_feeds import Reader, Row

from resources.errors import AskAgain, Stop
from resources.operations import Purpose
from resources.platform import Grade
from resources.platforms.amazon_seller import PLATFORM
from resources.platforms.amazon_seller.grant import judge
from resources.reading import Page, Reply, Verdict
from sandbox.faults import Fault, Kind
from sandbox.oauth import Consent
from sandbox.serve import Sandbox
from sandbox.vendors.amazon_seller.access import SELLER
from sandbox.world import World
from sandbox.world.marketing import AmazonOrder

NOON = dt.datetime(2026, 3, 14, 20, tzinfo=dt.UTC)
HOST = "https://sellingpartnerapi-na.amazon.com"
FEEDS = {feed.name: feed for feed in PLATFORM.feeds}
PLACE = "ATVPDKIKX0DER"
FACTS = {"marketplace_id": PLACE, "currency": "USD", "time_zone": "America/Los_Angeles", "region": "na"}
ZONE = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def reader(connect: Callable[..., Reader]) -> Reader:
    return connect("amazon_seller")


@pytest.fixture(scope="module")
def rows(connect: Callable[..., Reader]) -> dict[str, list[Row]]:
    return connect("amazon_seller").read(NOON)


@pytest.fixture
def told(sandbox: Sandbox) -> Iterator[Sandbox]:
    yield sandbox
    sandbox.state.faults.clear()
    sandbox.state.consents.clear()


def day_of(order: AmazonOrder) -> dt.date:
    return dt.datetime.fromtimestamp(order.created, ZONE).date()


def test_orders_and_items_are_those_of_the_brand(rows: dict[str, list[Row]], world: World) -> None:
    orders = {order.id: order for order in world.amazon_orders}
    assert {row["order_id"] for row in rows["orders"]} == set(orders)
    for row in rows["orders"]:
        order = orders[row["order_id"]]
        assert (row["status"], row["fulfilled_by"], row["currency"]) == (order.status, order.fulfilled_by, "USD")
        assert row["proceeds"] == Decimal(order.total) / 100
    items = {(order.id, item.id): item for order in orders.values() for item in order.items}
    read = {
        (row["order_id"], row["order_item_id"]): (row["quantity"], row["unit_price"], row["sku"])
        for row in rows["order_items"]
    }
    assert read == {key: (item.quantity, Decimal(item.unit) / 100, item.variant.sku) for key, item in items.items()}


def test_sales_add_up_by_day_and_by_product(rows: dict[str, list[Row]], world: World) -> None:
    sales: dict[dt.date, int] = {}
    for order in world.amazon_orders:
        if order.status != "CANCELLED":
            sales[day_of(order)] = sales.get(day_of(order), 0) + order.product_sales
    by_day = {row["date"]: row["ordered_sales"] for row in rows["sales_traffic_daily"]}
    assert {day: worth for day, worth in by_day.items() if worth} == {
        day: Decimal(cents) / 100 for day, cents in sales.items()
    }
    by_product: dict[dt.date, Decimal] = {}
    for row in rows["sales_traffic_by_asin"]:
        by_product[row["date"]] = by_product.get(row["date"], Decimal(0)) + row["ordered_sales"]
    assert len(by_product) == 30 - 1  # the last of the 30 days is today, on which nothing was ordered yet
    assert {day: by_day[day] for day in by_product} == by_product


def test_stock_is_a_snapshot_of_its_day(rows: dict[str, list[Row]], world: World) -> None:
    held = [stock for stock in world.inventory if stock.place.name.startswith("Reno")]
    assert {row["sku"] for row in rows["inventory"]} == {stock.variant.sku for stock in held}
    assert {row["snapshot_on"] for row in rows["inventory"]} == {dt.date(2026, 3, 14)}
    for row in rows["inventory"]:
        assert row["total"] == row["fulfillable"] + row["reserved"] + row["inbound_shipped"]


def test_what_amazon_pays_out_is_the_order_less_its_fee(rows: dict[str, list[Row]], world: World) -> None:
    shipped = {order.id: order for order in world.amazon_orders if order.status == "SHIPPED"}
    assert len(rows["transactions"]) == len(shipped)
    for row in rows["transactions"]:
        (order,) = (one["relatedIdentifierValue"] for one in orjson.loads(row["related"]))
        cents = shipped[order].total - shipped[order].product_sales * 15 // 100
        assert row["amount"] == Decimal(cents) / 100


def test_no_buyer_is_among_what_was_read(connect: Callable[..., Reader], world: World) -> None:
    reader = connect("amazon_seller")
    body = b"".join(page.body for page in reader.pages(FEEDS["orders"], None, NOON))
    assert body
    assert not any(order.email.encode() in body for order in world.amazon_orders)
    assert not any(column.personal for stream in PLATFORM.streams for column in stream.columns)


def test_later_syncs_read_what_changed_since(reader: Reader, world: World) -> None:
    since = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    read = reader.decoded(FEEDS["orders"], reader.pages(FEEDS["orders"], since, NOON))["orders"]
    assert {row["order_id"] for row in read} == {o.id for o in world.amazon_orders if o.updated >= since.timestamp()}
    assert any(row["created_at"] < since for row in read)


def test_the_proof_is_a_probe_and_says_so(reader: Reader, told: Sandbox) -> None:
    with reader.door(Purpose.PROVE, Purpose.READ) as door:
        proof = PLATFORM.prove(door, reader.grant)
    assert (proof.grade, proof.granted) == (Grade.ATTESTED, set(PLATFORM.scopes.required))
    told.state.consents["amazon_seller"] = Consent(scopes=("Brand Analytics",))
    reader.connect()
    with reader.door(Purpose.PROVE, Purpose.READ) as door, pytest.raises(AskAgain, match="lacks the role"):
        PLATFORM.prove(door, reader.grant)


def test_the_account_is_the_marketplace_of_the_region_that_answers(reader: Reader) -> None:
    account = reader.account
    assert (account.id, account.currency, account.time_zone) == (PLACE, "USD", "America/Los_Angeles")
    assert account.settings["region"] == "na"
    assert SELLER not in repr(account)


def test_a_list_that_repeats_its_token_is_ended(reader: Reader, told: Sandbox) -> None:
    told.state.faults.add(Fault(platform="amazon_seller", kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    for feed in ("orders", "inventory", "transactions"):
        with pytest.raises(Stop, match="twice"):
            reader.pages(FEEDS[feed], None, NOON)


def test_a_dead_grant_asks_for_a_person(connect: Callable[..., Reader], told: Sandbox) -> None:
    reader = connect("amazon_seller")
    told.state.faults.add(Fault(platform="amazon_seller", kind=Kind.REVOKED))
    with pytest.raises(AskAgain):
        reader.pages(FEEDS["orders"], None, NOON)


def reply(status: int, body: object, to: str = f"GET {HOST[8:]}/orders/2026-01-01/orders", **headers: str) -> Reply:
    return Reply(status=status, headers=headers, body=orjson.dumps(body), to=to)


def refusal(details: str) -> dict[str, Any]:
    message = "Access to requested resource is denied."
    return {"errors": [{"code": "Unauthorized", "message": message, "details": details}]}


LOGIN = "POST api.amazon.com/auth/o2/token"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (reply(200, {"orders": []}), Verdict.FINE),
        (reply(403, refusal("The access token you provided has expired.")), Verdict.REFRESH),
        (reply(403, refusal("The access token you provided is revoked, malformed or invalid.")), Verdict.REFRESH),
        (reply(403, refusal("")), Verdict.ASK_AGAIN),
        (reply(429, {"errors": [{"code": "QuotaExceeded", "message": "x"}]}), Verdict.RETRY),
        (reply(200, {"errors": [{"code": "InternalFailure", "message": "x"}]}), Verdict.RETRY),
        (reply(400, {"errors": [{"code": "InvalidInput", "message": "x"}]}), Verdict.FINE),
        (reply(400, {"error": "invalid_grant"}, LOGIN), Verdict.ASK_AGAIN),
        (reply(401, {"error": "invalid_client"}, LOGIN), Verdict.STOP),
    ],
)
def test_refusals_are_understood(answer: Reply, verdict: Verdict) -> None:
    assert judge(answer).verdict is verdict


def test_throttling_waits_for_the_rate_that_the_answer_tells() -> None:
    slow = reply(429, {}, **{"x-amzn-ratelimit-limit": "0.0056"})
    assert round(judge(slow).after or 0) == 179
    assert judge(reply(429, {})).after == 60
    assert judge(reply(429, {}, **{"retry-after": "5"})).after is None


@needs_shared
def test_the_real_refusals_are_understood() -> None:
    real = {name: orjson.loads(example(f"amazon_seller/{name}.json")) for name in (
        "error.403.token_revoked", "lwa.error.invalid_grant", "lwa.error.invalid_client.401"
    )}  # fmt: skip
    assert judge(reply(403, real["error.403.token_revoked"])).verdict is Verdict.REFRESH
    assert judge(reply(400, real["lwa.error.invalid_grant"], LOGIN)).verdict is Verdict.ASK_AGAIN
    assert judge(reply(401, real["lwa.error.invalid_client.401"], LOGIN)).verdict is Verdict.STOP
    for case in orjson.loads(example("amazon_seller/orders_2026-01-01.searchOrders.400.sandbox-static.json")):
        assert judge(reply(400, case["response"])).verdict is Verdict.FINE


@needs_shared
def test_the_real_replies_become_typed_rows(reader: Reader) -> None:
    def rows_of(feed: str, body: bytes, **more: str) -> dict[str, list[Row]]:
        return reader.decoded(FEEDS[feed], [Page(body=body, facts={**FACTS, **more})])

    found = rows_of("orders", example("amazon_seller/orders_2026-01-01.searchOrders.200.example.json"))
    (order,) = found["orders"]
    assert (order["proceeds"], order["status"], order["fulfilled_by"]) == (Decimal("154.99"), "SHIPPED", "MERCHANT")
    item, *_ = found["order_items"]
    assert (item["order_id"], item["quantity"], item["unit_price"]) == ("123-4567890-1234567", 2, Decimal("49.99"))
    for case in orjson.loads(example("amazon_seller/orders_2026-01-01.searchOrders.200.sandbox-static.json")):
        read = rows_of("orders", orjson.dumps(case["response"]))
        assert all(row["proceeds"] > 0 and len(row["currency"]) == 3 for row in read["orders"])
        assert "John" not in repr(read)
    report = example("amazon_seller/GET_SALES_AND_TRAFFIC_REPORT.one-day.json")
    (day,) = rows_of("sales_traffic_daily", report)["sales_traffic_daily"]
    assert (day["date"], day["ordered_sales"], day["sessions"]) == (dt.date(2021, 6, 11), Decimal("238.44"), 1000)
    products = rows_of("sales_traffic_by_asin", report, date="2021-06-11")["sales_traffic_by_asin"]
    assert [(row["sku"], row["ordered_sales"]) for row in products] == [
        ("AB-1C2D-EFGH", Decimal("16.79")),
        ("CD-2E3F-GHIJ", Decimal("26.25")),
    ]
    places = example("amazon_seller/sellers.getMarketplaceParticipations.200.example.json")
    (place,) = rows_of("marketplaces", places)["marketplaces"]
    assert (place["marketplace_id"], place["store_name"]) == (PLACE, "BestSellerStore")


@needs_shared
def test_what_the_sandbox_says_is_what_the_official_models_say(reader: Reader) -> None:
    found: list[str] = []

    def hold(name: str, kind: str, value: object) -> None:
        found.extend(objections(f"amazon_seller/{name}", kind, value))

    with reader.opened() as door:
        places = door.get(f"{HOST}/sellers/v1/marketplaceParticipations").json()
        hold("sellers.json", "GetMarketplaceParticipationsResponse", places)
        report = f"{HOST}/reports/2021-06-30"
        asked = {"reportType": "GET_SALES_AND_TRAFFIC_REPORT", "marketplaceIds": [PLACE]}
        span = {"dataStartTime": "2026-03-01T00:00:00Z", "dataEndTime": "2026-03-01T23:59:59Z"}
        options = {"reportOptions": {"dateGranularity": "DAY", "asinGranularity": "SKU"}}
        started = door.post(f"{report}/reports", json={**asked, **span, **options}).json()
        hold("reports_2021-06-30.json", "CreateReportSpecification", {**asked, **span, **options})
        hold("reports_2021-06-30.json", "CreateReportResponse", started)
        for _ in range(2):
            job = door.get(f"{report}/reports/{started['reportId']}").json()
            hold("reports_2021-06-30.json", "Report", job)
        document = door.get(f"{report}/documents/{job['reportDocumentId']}").json()
        hold("reports_2021-06-30.json", "ReportDocument", document)
        body = b"".join(door.download(document["url"], compressed=True))
        hold("report.sellerSalesAndTrafficReport.schema.json", "", orjson.loads(body))
    for feed, name, kind in (
        ("orders", "orders_2026-01-01.json", "SearchOrdersResponse"),
        ("inventory", "fbaInventory.json", "GetInventorySummariesResponse"),
        ("transactions", "finances_2024-06-19.json", "ListTransactionsResponse"),
    ):
        for page in reader.pages(FEEDS[feed], None, NOON):
            hold(name, kind, orjson.loads(page.body))
    assert found == []
