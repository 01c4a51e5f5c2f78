"""The pretend Shopify answers as the real one, with the figures of the world."""

import time
from decimal import Decimal
from typing import Any

import orjson
import pytest
import requests
from stranger import SHOP, SHOPIFY_READS, Client

from sandbox.world import World
from sandbox.world.entities import Order

RUN = (
    "mutation($q:String!){bulkOperationRunQuery(query:$q,groupObjects:false)"
    "{bulkOperation{id status}userErrors{code message}}}"
)
POLL = "query($id:ID!){bulkOperation(id:$id){status errorCode objectCount rootObjectCount url}}"
ORDERS = (
    "{orders%s{edges{node{id createdAt updatedAt test totalPriceSet{shopMoney{amount}presentmentMoney{amount}} "
    "transactions{kind status gateway amountSet{shopMoney{amount}}} refunds{id totalRefundedSet{shopMoney{amount}}} "
    "lineItems{edges{node{id quantity sku "
    "discountAllocations{discountApplication{index ...on DiscountCodeApplication{code}}"
    "allocatedAmountSet{shopMoney{amount}}}}}}}}}}"
)


def _bulk(client: Client, token: str, query: str) -> tuple[dict[str, Any], bytes]:
    answer = client.graphql(token, RUN, q=query).json()["data"]["bulkOperationRunQuery"]
    assert answer["userErrors"] == []
    for _ in range(200):
        job: dict[str, Any] = client.graphql(token, POLL, id=answer["bulkOperation"]["id"]).json()["data"][
            "bulkOperation"
        ]
        if job["status"] not in ("CREATED", "RUNNING"):
            return job, client.ask("GET", job["url"]).content if job["url"] else b""
        time.sleep(0.02)
    raise AssertionError("the bulk operation never ended")


def _recent(world: World) -> list[Order]:
    return [order for order in world.orders if order.created >= world.now - 60 * 86_400]


def test_a_bulk_export_holds_the_orders_of_the_world(client: Client, world: World) -> None:
    job, file = _bulk(client, client.shopify(f"{SHOPIFY_READS},read_all_orders")["access_token"], ORDERS % "")
    rows = [orjson.loads(line) for line in file.splitlines()]
    orders = [row for row in rows if "__parentId" not in row]
    lines = [row for row in rows if "__parentId" in row]
    assert (job["objectCount"], job["rootObjectCount"]) == (str(len(rows)), str(len(orders)))
    assert len(orders) == len(world.orders)
    assert len(lines) == sum(len(order.lines) for order in world.orders)
    assert {row["__parentId"] for row in lines} <= {row["id"] for row in orders}
    total = sum(Decimal(row["totalPriceSet"]["shopMoney"]["amount"]) for row in orders)
    assert total * 100 == sum(order.total for order in world.orders)
    discounts = [part for row in lines for part in row["discountAllocations"]]
    assert sum(Decimal(part["allocatedAmountSet"]["shopMoney"]["amount"]) for part in discounts) * 100 == sum(
        order.discounts for order in world.orders
    )
    assert {part["discountApplication"]["code"] for part in discounts} >= {"WELCOME10", "FRIENDS100"}


def test_only_sixty_days_are_shown_without_the_scope_for_more(client: Client, world: World) -> None:
    job, _ = _bulk(client, client.shopify()["access_token"], "{orders{edges{node{id}}}}")
    assert job["objectCount"] == str(len(_recent(world))) < str(len(world.orders))


def test_bulk_and_pages_honour_the_same_filter(client: Client, world: World) -> None:
    token = client.shopify()["access_token"]
    since = "2026-11-20T05:00:00Z"
    moment = 1_795_150_800
    _, file = _bulk(client, token, f"{{orders(query:\"updated_at:>='{since}'\"){{edges{{node{{id}}}}}}}}")
    expected = {f"gid://shopify/Order/{order.id}" for order in _recent(world) if order.updated >= moment}
    assert {orjson.loads(line)["id"] for line in file.splitlines()} == expected
    query = (
        "query($after:String,$q:String){orders(first:100,after:$after,query:$q,sortKey:UPDATED_AT)"
        "{pageInfo{hasNextPage endCursor}nodes{id updatedAt}}}"
    )
    found, after, more = [], None, True
    while more:
        page = client.graphql(token, query, after=after, q=f"updated_at:>='{since}'").json()["data"]["orders"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert {row["id"] for row in found} == expected
    assert [row["updatedAt"] for row in found] == sorted(row["updatedAt"] for row in found)


def test_refunded_orders_are_found_by_status(client: Client, world: World) -> None:
    query = (
        '{ordersCount(query:"(financial_status:refunded OR financial_status:partially_refunded) AND '
        "updated_at:>='2026-01-01T00:00:00Z'\"){count precision}}"
    )
    answer = client.graphql(client.shopify()["access_token"], query).json()["data"]["ordersCount"]
    assert answer == {
        "count": sum(bool(order.refunded and order.paid) for order in _recent(world)),
        "precision": "EXACT",
    }


def test_refund_lines_add_up(client: Client, world: World) -> None:
    token = client.shopify()["access_token"]
    order = next(o for o in _recent(world) if o.refunds and o.refunds[0].lines)
    query = (
        "query($id:ID!){order(id:$id){totalRefundedSet{shopMoney{amount}}refunds{totalRefundedSet{shopMoney{amount}}"
        "refundLineItems(first:10){nodes{quantity lineItem{id}"
        "subtotalSet{shopMoney{amount}}totalTaxSet{shopMoney{amount}}}}}}}"
    )
    shown = client.graphql(token, query, id=f"gid://shopify/Order/{order.id}").json()["data"]["order"]
    assert Decimal(shown["totalRefundedSet"]["shopMoney"]["amount"]) * 100 == order.refunded
    first = shown["refunds"][0]["refundLineItems"]["nodes"]
    assert sum(Decimal(row["subtotalSet"]["shopMoney"]["amount"]) for row in first) * 100 == sum(
        part.subtotal for part in order.refunds[0].lines
    )


def test_customers_products_stock_and_the_shop(client: Client, world: World) -> None:
    token = client.shopify(f"{SHOPIFY_READS},read_locations")["access_token"]
    _, people = _bulk(client, token, "{customers{edges{node{id numberOfOrders email}}}}")
    counted = {row["id"]: int(row["numberOfOrders"]) for row in map(orjson.loads, people.splitlines())}
    assert counted == {f"gid://shopify/Customer/{p.id}": len(world.orders_of(p.id)) for p in world.people}
    _, stock = _bulk(
        client,
        token,
        "{inventoryItems{edges{node{id sku inventoryLevels{edges{node{id location{id name}"
        'quantities(names:["available","on_hand"]){name quantity}}}}}}}}',
    )
    levels = [row for row in map(orjson.loads, stock.splitlines()) if "quantities" in row]
    assert sum(row["quantities"][1]["quantity"] for row in levels) == sum(s.on_hand for s in world.inventory)
    answer = client.graphql(
        token,
        "{shop{name currencyCode ianaTimezone myshopifyDomain} active:products(first:50){nodes{status}}"
        ' every:products(first:50,query:"status:active,archived,draft")'
        "{nodes{status variants(first:5){nodes{price}}}}}",
    ).json()["data"]
    assert answer["shop"]["myshopifyDomain"] == SHOP.removeprefix("https://")
    assert {row["status"] for row in answer["active"]["nodes"]} == {"ACTIVE"}
    assert {row["status"] for row in answer["every"]["nodes"]} == {"ACTIVE", "ARCHIVED", "DRAFT"}


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("{orders{edges{node{id refunds{id refundLineItems{edges{node{quantity}}}}}}}}", "within a list"),
        ("{shop{name}}", "at least one connection"),
        ("mutation{bulkOperationCancel(id:1){userErrors{message}}}", "one query"),
        ("{orders{edges{node{nonsense}}}}", "nonsense"),
        ("{orders{", "Syntax"),
    ],
)
def test_bulk_refuses_what_the_real_one_refuses(client: Client, query: str, word: str) -> None:
    answer = client.graphql(client.shopify()["access_token"], RUN, q=query).json()
    errors = answer["data"]["bulkOperationRunQuery"]["userErrors"]
    assert errors[0]["code"] == "INVALID"
    assert word in errors[0]["message"]


def test_a_result_opens_by_its_address_alone(client: Client) -> None:
    token = client.shopify()["access_token"]
    job, file = _bulk(client, token, "{products{edges{node{id}}}}")
    assert file.count(b"\n") > 5
    assert client.ask("GET", job["url"].partition("&Signature")[0]).status_code == 403
    assert client.ask("GET", job["url"], headers={"X-Shopify-Access-Token": token}).status_code == 400


def test_an_export_of_nothing_has_no_file(client: Client) -> None:
    job, _ = _bulk(
        client, client.shopify()["access_token"], "{orders(query:\"updated_at:>='2030-01-01'\"){edges{node{id}}}}"
    )
    assert (job["status"], job["objectCount"], job["url"]) == ("COMPLETED", "0", None)


def test_a_missing_scope_denies_the_field_and_fails_the_export(client: Client) -> None:
    token = client.shopify("read_orders")["access_token"]
    answer = client.graphql(token, "{orders(first:1){nodes{id customer{id}}} shop{name}}").json()
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["data"]["orders"]["nodes"][0]["customer"] is None
    job, _ = _bulk(client, token, "{customers{edges{node{id}}}}")
    assert (job["status"], job["errorCode"]) == ("FAILED", "ACCESS_DENIED")
    location = client.graphql(client.shopify()["access_token"], "{locations(first:1){nodes{id name}}}").json()
    assert "read_locations" in location["errors"][0]["message"]


def test_costs_are_told_and_limited(client: Client) -> None:
    token = client.shopify()["access_token"]
    fine = client.graphql(token, "{orders(first:10){nodes{id}}}")
    assert fine.headers["X-Shopify-API-Version"] == "2026-10"
    assert fine.json()["extensions"]["cost"]["requestedQueryCost"] == 12
    dear = client.graphql(token, "{orders(first:250){nodes{id lineItems(first:50){nodes{id}}}}}").json()
    assert dear["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "errors" in client.graphql(token, "{orders(first:251){nodes{id}}}").json()
    assert "errors" in client.graphql(token, "{orders{nodes{id}}}").json()


def test_scopes_are_listed_in_both_ways(client: Client) -> None:
    token = client.shopify()["access_token"]
    listed = client.ask(
        "GET", f"{SHOP}/admin/oauth/access_scopes.json", headers={"X-Shopify-Access-Token": token}
    ).json()
    handles = {scope["handle"] for scope in listed["access_scopes"]}
    assert handles == set(SHOPIFY_READS.split(","))
    asked = client.graphql(token, "{currentAppInstallation{accessScopes{handle}}}").json()["data"]
    assert {scope["handle"] for scope in asked["currentAppInstallation"]["accessScopes"]} == handles


def _refresh(client: Client, token: str) -> requests.Response:
    app = client.box.apps["shopify"]
    body = {"client_id": app.client_id, "client_secret": app.client_secret, "grant_type": "refresh_token"}
    return client.ask("POST", f"{SHOP}/admin/oauth/access_token", json={**body, "refresh_token": token})


def test_tokens_expire_and_refresh_tokens_rotate(client: Client) -> None:
    first = client.shopify()
    now = client.box.state.clock()
    client.box.state.clock = lambda: now + 3601
    assert client.graphql(first["access_token"], "{shop{name}}").status_code == 401
    second = _refresh(client, first["refresh_token"]).json()
    assert client.graphql(second["access_token"], "{shop{name}}").status_code == 200
    # the old one works until its successor was used
    assert _refresh(client, first["refresh_token"]).status_code == 200
    assert _refresh(client, second["refresh_token"]).status_code == 200
    assert _refresh(client, first["refresh_token"]).json()["error"] == "invalid_grant"


def test_tokens_of_old_do_not_expire(client: Client) -> None:
    grant = client.shopify(expiring="")
    assert "refresh_token" not in grant
    now = client.box.state.clock()
    client.box.state.clock = lambda: now + 10**9
    assert client.graphql(grant["access_token"], "{shop{name}}").status_code == 200


def test_other_shops_and_wrong_tokens_are_strangers(client: Client) -> None:
    other = client.ask("GET", "https://some-other-shop.myshopify.com/admin/oauth/authorize")
    assert other.status_code == 404
    wrong = client.graphql("shpat_00", "{shop{name}}")
    assert wrong.status_code == 401
    assert isinstance(wrong.json()["errors"], str)


def test_a_mutation_is_refused_and_remembered(client: Client) -> None:
    token = client.shopify()["access_token"]
    answer = client.graphql(token, 'mutation{orderClose(input:{id:"1"}){order{id}}}').json()
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert len(client.box.state.writes_seen) == 1
