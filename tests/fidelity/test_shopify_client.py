"""Shopify's own client reads what we read, page by page where we read in bulk."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shopify
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow
ORDERS = """
query ($after: String) {
  orders(first: 25, after: $after) {
    nodes {
      id name displayFinancialStatus
      currentTotalPriceSet { shopMoney { amount } }
      lineItems(first: 10) { nodes { id quantity originalTotalSet { shopMoney { amount } } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.fixture
def session(ours: Callable[[str], Ours]) -> Iterator[None]:
    mine = ours("shopify")
    with shopify.Session.temp(mine.account, mine.declared.version, mine.token):
        yield


@pytest.fixture
def orders(session: None) -> list[dict[str, Any]]:  # noqa: ARG001 -- the client keeps its session in its classes
    found: list[dict[str, Any]] = []
    after = None
    while True:
        answer = json.loads(shopify.GraphQL().execute(ORDERS, {"after": after}))
        assert "errors" not in answer
        page = answer["data"]["orders"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def test_orders_are_the_same(ours: Callable[[str], Ours], orders: list[dict[str, Any]]) -> None:
    theirs = [
        (
            each["id"],
            each["name"],
            each["displayFinancialStatus"],
            money(each["currentTotalPriceSet"]["shopMoney"]["amount"]),
        )
        for each in orders
    ]
    assert ours("shopify").rows("orders", "id", "name", "financial_status", "current_total") == arranged(theirs)
    assert len(theirs) > 50


def test_lines_are_the_same(ours: Callable[[str], Ours], orders: list[dict[str, Any]]) -> None:
    theirs = [
        (line["id"], each["id"], line["quantity"], money(line["originalTotalSet"]["shopMoney"]["amount"]))
        for each in orders
        for line in each["lineItems"]["nodes"]
    ]
    assert ours("shopify").rows("order_lines", "id", "order_id", "quantity", "gross") == arranged(theirs)
