"""The pretend Stripe answers as the real one, with the figures of the world."""

from typing import Any

import pytest
from stranger import CALLBACK, Client

from sandbox.world import World


def _all(client: Client, key: str, kind: str, **params: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: dict[str, object] = {}
    while True:
        page = client.api(key, kind, limit=100, **params, **after).json()
        rows += page["data"]
        if not page["has_more"]:
            return rows
        after = {"starting_after": rows[-1]["id"]}


def test_lists_end_newest_first_and_agree_with_the_world(client: Client, world: World) -> None:
    key = client.stripe()["access_token"]
    charges = _all(client, key, "charges")
    assert len(charges) == len(world.charges)
    times = [row["created"] for row in charges]
    assert times == sorted(times, reverse=True)
    paid = {row["metadata"]["order_id"]: row["amount"] for row in charges if row["paid"]}
    orders = {str(order.id): order for order in world.orders}
    assert all(amount == orders[order].presentment.minor(orders[order].charged) for order, amount in paid.items())
    refunds = _all(client, key, "refunds")
    assert sum(row["amount"] for row in refunds) == sum(row["amount_refunded"] for row in charges)
    balance = _all(client, key, "balance_transactions")
    payouts = _all(client, key, "payouts")
    assert len(balance) == len(world.balance) + len(payouts)
    assert len(_all(client, key, "disputes")) == len(world.disputes)


def test_created_narrows_and_payout_selects(client: Client, world: World) -> None:
    key = client.stripe()["access_token"]
    since = world.now - 7 * 86_400
    young = _all(client, key, "charges", **{"created[gte]": since})
    assert len(young) == sum(charge.created >= since for charge in world.charges) > 0
    payout = world.payouts[0]
    entries = _all(client, key, "balance_transactions", payout=payout.id)
    assert sum(row["net"] for row in entries if row["type"] != "payout") == payout.amount


def test_one_object_and_one_that_is_not_there(client: Client) -> None:
    key = client.stripe()["access_token"]
    first = client.api(key, "charges", limit=1).json()["data"][0]
    assert client.api(key, f"charges/{first['id']}").json() == first
    missing = client.api(key, "charges", starting_after="ch_none")
    assert missing.status_code == 400
    assert missing.json()["error"]["code"] == "resource_missing"
    assert client.api(key, "charges", limit=101).status_code == 400


def test_the_version_asked_for_is_echoed(client: Client) -> None:
    key = client.stripe()["access_token"]
    headers = {"Authorization": f"Bearer {key}", "Stripe-Version": "2026-10-28.endive"}
    reply = client.ask("GET", "https://api.stripe.com/v1/account", headers=headers)
    assert reply.headers["stripe-version"] == "2026-10-28.endive"
    assert reply.json()["default_currency"] == "usd"


def test_restricted_keys_read_what_they_may(client: Client) -> None:
    keys = client.box.described()["apps"]["stripe"]["keys"]
    assert client.api(keys["read"], "charges").status_code == 200
    refused = client.api(keys["read"], "disputes")
    assert refused.status_code == 403
    assert "rak_dispute_read" in refused.json()["error"]["message"]
    assert keys["read"] not in refused.text
    assert client.api(keys["read_all"], "disputes").status_code == 200
    assert client.api(keys["nothing"], "charges").status_code == 403


def test_wrong_and_missing_keys_are_refused(client: Client) -> None:
    wrong = client.api("rk_live_0000000000000000abcd", "charges")
    assert wrong.status_code == 401
    assert wrong.json()["error"]["message"].startswith("Invalid API Key provided: rk_live_")
    assert client.ask("GET", "https://api.stripe.com/v1/charges").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/refunds"), ("POST", "/v1/charges/ch_1/capture"), ("DELETE", "/v1/customers/cus_1")],
)
def test_a_write_is_refused_and_remembered(client: Client, method: str, path: str) -> None:
    key = client.stripe()["access_token"]
    headers = {"Authorization": f"Bearer {key}"}
    reply = client.ask(method, f"https://api.stripe.com{path}", headers=headers, data={"amount": "1"})
    assert reply.status_code == 403
    assert [(seen.method, seen.path) for seen in client.box.state.writes_seen] == [(method, path)]


def test_the_grant_can_be_given_back(client: Client) -> None:
    grant = client.stripe()
    app = client.box.apps["stripe"]
    assert grant["scope"] == "read_only"
    form = {"client_id": app.client_id, "stripe_user_id": grant["stripe_user_id"], "client_secret": app.client_secret}
    assert client.ask("POST", "https://connect.stripe.com/oauth/deauthorize", data=form).status_code == 200
    assert client.api(grant["access_token"], "charges").status_code == 401
    assert client.api(client.stripe()["access_token"], "charges").status_code == 200


def test_a_code_is_good_once_and_only_for_those_who_know_the_secret(client: Client) -> None:
    app = client.box.apps["stripe"]
    given = client.consent(
        "https://connect.stripe.com/oauth/authorize", client_id=app.client_id, scope="read_only", response_type="code"
    )
    url = "https://connect.stripe.com/oauth/token"
    form = {"client_secret": "sk_live_wrong", "code": given["code"], "grant_type": "authorization_code"}
    assert client.ask("POST", url, data=form).json()["error"] == "invalid_client"
    form["client_secret"] = app.client_secret
    assert "access_token" in client.ask("POST", url, data=form).json()
    assert client.ask("POST", url, data=form).json()["error"] == "invalid_grant"


def test_only_loopback_addresses_are_sent_a_code(client: Client) -> None:
    app = client.box.apps["stripe"]
    url = "https://connect.stripe.com/oauth/authorize"
    asked = {"client_id": app.client_id, "scope": "read_only", "redirect_uri": "https://elsewhere.example/cb"}
    assert client.ask("GET", url, params=asked).status_code == 400
    assert client.ask("GET", url, params={**asked, "client_id": "ca_x", "redirect_uri": CALLBACK}).status_code == 400
