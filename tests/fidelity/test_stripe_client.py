"""Stripe's own client reads what we read."""

from collections.abc import Callable, Iterator

import pytest
import stripe
from our_rows import Ours, arranged, epoch

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours], monkeypatch: pytest.MonkeyPatch) -> Iterator[stripe.StripeClient]:
    mine = ours("stripe")
    # the client carries its own CA bundle, and takes another one only here
    monkeypatch.setattr(stripe, "ca_bundle_path", str(mine.sandbox.ca_file))
    transport = stripe.RequestsClient(proxy=f"http://{mine.sandbox.proxy}")
    yield stripe.StripeClient(mine.token, http_client=transport, stripe_version=mine.declared.version)
    transport.close()


def test_charges_are_the_same(ours: Callable[[str], Ours], client: stripe.StripeClient) -> None:
    theirs = [
        (charge.id, epoch(charge.created), charge.amount, charge.currency, charge.status, charge.billing_details.email)
        for charge in client.v1.charges.list({"limit": 100}).auto_paging_iter()
    ]
    columns = ("id", "created_at", "amount_minor", "currency", "status", "email")
    assert ours("stripe").rows("charges", *columns) == arranged(theirs)
    assert len(theirs) > 100


def test_the_balance_is_the_same(ours: Callable[[str], Ours], client: stripe.StripeClient) -> None:
    theirs = [
        (entry.id, entry.type, entry.amount, entry.fee, entry.net)
        for entry in client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter()
    ]
    columns = ("id", "type", "amount_minor", "fee_minor", "net_minor")
    assert ours("stripe").rows("balance_transactions", *columns) == arranged(theirs)


def test_a_write_is_refused_in_words_that_the_client_knows(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.PermissionError):
        client.v1.refunds.create({"charge": "ch_1"})
