"""A client for Recharge that others wrote reads what we read; Recharge itself publishes none."""

from collections.abc import Callable

import pytest
import requests
from our_rows import Ours, arranged, money
from recharge import RechargeAPI
from recharge.client import RechargeClient
from recharge.transport import RequestsTransport

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> RechargeAPI:
    mine = ours("recharge")
    session = requests.Session()
    # it sends prepared requests, and so never asks the environment whom to trust
    session.verify = str(mine.sandbox.ca_file)
    transport = RequestsTransport(session)
    return RechargeAPI(mine.token, client=RechargeClient(mine.token, transport=transport))


def test_subscriptions_are_the_same(ours: Callable[[str], Ours], client: RechargeAPI) -> None:
    # the client writes each status in capitals
    theirs = [
        (each.id, each.customer_id, each.status.lower(), each.sku, each.quantity, money(each.price))
        for each in client.v2.Subscription.list_all({"limit": "10"})
    ]
    columns = ("id", "customer_id", "status", "sku", "quantity", "price")
    assert ours("recharge").rows("subscriptions", *columns) == arranged(theirs)


def test_charges_are_the_same(ours: Callable[[str], Ours], client: RechargeAPI) -> None:
    theirs = [
        (each.id, each.status.lower(), money(each.subtotal_price), money(each.total_tax), money(each.total_price))
        for each in client.v2.Charge.list_all({"limit": "10"})
    ]
    columns = ("id", "status", "subtotal", "tax", "total")
    mine = ours("recharge").rows("charges", *columns) + ours("recharge").rows("queued_charges", *columns)
    assert arranged(mine) == arranged(theirs)
    assert len(theirs) > 10
