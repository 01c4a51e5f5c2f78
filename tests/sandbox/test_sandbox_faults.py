"""Faults strike as asked for, the control host tells what was seen, and nothing it tells is secret."""

import time
from datetime import date
from pathlib import Path

import pytest
import requests
from stranger import SHOP, Client

from sandbox.serve import running
from sandbox.world import World


def _fault(client: Client, platform: str, kind: str, **more: object) -> None:
    assert client.control("POST", "/faults", json={"platform": platform, "kind": kind, **more}).status_code == 201


def test_throttling_says_when_to_come_back(client: Client) -> None:
    key = client.stripe()["access_token"]
    _fault(client, "stripe", "throttle", times=2, after=1)
    replies = [client.api(key, "charges") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 429, 429, 200]
    assert replies[1].headers["Retry-After"] == "1"
    assert replies[1].json()["error"]["code"] == "rate_limit"


def test_a_fault_keeps_to_its_platform_and_path(client: Client) -> None:
    key, token = client.stripe()["access_token"], client.meta()
    _fault(client, "stripe", "server_error", path="refunds", times=0)
    assert client.api(key, "charges").status_code == 200
    assert client.graph(token, "me").status_code == 200
    assert [client.api(key, "refunds").status_code for _ in range(3)] == [500, 500, 500]
    client.control("DELETE", "/faults")
    assert client.api(key, "refunds").status_code == 200


def test_a_cut_body_breaks_off(client: Client) -> None:
    key = client.stripe()["access_token"]
    _fault(client, "stripe", "cut_body")
    with pytest.raises(requests.RequestException):
        client.api(key, "charges")
    assert client.api(key, "charges").status_code == 200


def test_a_timeout_outlasts_the_client(client: Client) -> None:
    key = client.stripe()["access_token"]
    _fault(client, "stripe", "timeout", seconds=1.0)
    url, headers = "https://api.stripe.com/v1/charges", {"Authorization": f"Bearer {key}"}
    with pytest.raises(requests.Timeout):
        client.session.get(url, headers=headers, timeout=0.2)


def test_pages_are_spoilt_in_shape(client: Client) -> None:
    key = client.stripe()["access_token"]
    for kind in ("added_field", "missing_field", "wrong_type", "malformed_page", "error_in_200"):
        _fault(client, "stripe", kind)
    added = client.api(key, "charges").json()["data"]
    assert all("field_nobody_declared" in row for row in added)
    missing = client.api(key, "charges").json()["data"]
    assert all("amount" not in row for row in missing)
    wrong = client.api(key, "charges").json()["data"]
    assert all(isinstance(row["amount"], dict) for row in wrong)
    with pytest.raises(requests.JSONDecodeError):
        client.api(key, "charges").json()
    hidden = client.api(key, "charges")
    assert (hidden.status_code, "error" in hidden.json()) == (200, True)


def test_a_page_token_never_ends(client: Client, world: World) -> None:
    key, meta, shop = client.stripe()["access_token"], client.meta(), client.shopify()["access_token"]
    for platform in ("stripe", "meta_ads", "shopify"):
        _fault(client, platform, "endless_page_token", times=0)
    first = client.api(key, "charges", limit=100).json()
    again = client.api(key, "charges", limit=100, starting_after=first["data"][-1]["id"]).json()
    assert again == first
    assert first["has_more"]
    path = f"act_{world.ads['meta_ads'].id}/campaigns"
    pages = [client.graph(meta, path, params={"after": after}).json() for after in ("", "MAZD1")]
    assert pages[0] == pages[1]
    assert "next" in pages[0]["paging"]
    query = "{locations(first:50){pageInfo{hasNextPage endCursor}nodes{id}}}"
    info = [client.graphql(shop, query).json()["data"]["locations"]["pageInfo"] for _ in range(2)]
    assert info[0] == info[1]
    assert info[0]["hasNextPage"]
    # what is no list, such as a file or a job, goes on as ever
    assert client.graphql(shop, "{shop{name}}").json()["data"]
    assert client.ask("GET", "https://storage.googleapis.com/shopify-tiers-assets-prod-us-east1/x").status_code == 404


def test_revoked_is_for_good_and_expired_is_not(client: Client) -> None:
    token = client.shopify()["access_token"]
    _fault(client, "shopify", "expired_token")
    assert [client.graphql(token, "{shop{name}}").status_code for _ in range(2)] == [401, 200]
    _fault(client, "shopify", "revoked")
    assert [client.graphql(token, "{shop{name}}").status_code for _ in range(2)] == [401, 401]
    assert client.graphql(client.shopify()["access_token"], "{shop{name}}").status_code == 200
    client.control("POST", "/revoke", json={"platform": "meta_ads"})
    assert "meta_ads" not in [seen.platform for seen in client.box.state.seen]


def test_the_merchant_can_deny_or_grant_other_than_asked(client: Client) -> None:
    app = client.box.apps["shopify"]
    client.control("POST", "/consent", json={"platform": "shopify", "deny": True})
    given = client.consent(f"{SHOP}/admin/oauth/authorize", client_id=app.client_id, scope="read_orders")
    assert given["error"] == "access_denied"
    client.control("POST", "/consent", json={"platform": "shopify", "scopes": ["read_orders", "write_orders"]})
    assert client.shopify("read_orders")["scope"] == "read_orders,write_orders"


def test_the_clock_moves_the_world(client: Client) -> None:
    key = client.stripe()["access_token"]
    newest = client.api(key, "charges", limit=1).json()["data"][0]["created"]
    client.control("POST", "/clock", json={"now": "2026-10-20T00:00:00+00:00"})
    earlier = client.api(key, "charges", limit=1).json()["data"][0]["created"]
    assert earlier <= 1_792_454_400 < newest
    client.control("POST", "/clock", json={})
    assert client.api(key, "charges", limit=1).json()["data"][0]["created"] == newest


def test_requests_are_told_without_secrets(client: Client) -> None:
    key, token = client.stripe()["access_token"], client.meta()
    client.api(key, "charges", limit=1)
    client.ask("GET", f"https://graph.facebook.com/v26.0/me?access_token={token}")
    told = client.control("GET", "/requests")
    assert "/v1/charges" in told.text
    assert key not in told.text
    assert token not in told.text
    assert {row["platform"] for row in told.json()["requests"]} == {"stripe", "meta_ads"}
    assert told.json()["writes_seen"] == []


def test_people_are_listed(client: Client) -> None:
    rows = client.control("GET", "/people").json()["people"]
    assert [bool(row["canary"]) for row in rows[:4]] == [True, True, True, False]
    assert all(row["orders"] <= row["orders_by_email"] or row["email"] != row["email"].lower() for row in rows)


def test_an_unknown_fault_is_refused(client: Client) -> None:
    reply = client.control("POST", "/faults", json={"platform": "stripe", "kind": "earthquake"})
    assert reply.status_code == 400
    assert "throttle" in reply.json()["kinds"]


def test_the_proxy_tunnels_to_the_sandbox_only(client: Client) -> None:
    with pytest.raises(requests.exceptions.ProxyError):
        client.ask("GET", "https://example.com/")


def test_tokens_and_revocations_survive_a_restart(world: World, tmp_path: Path) -> None:
    kept = tmp_path / "state.json"
    with running(world, state_file=kept) as box:
        first = Client(box)
        alive, dead = first.meta(), first.stripe()["access_token"]
        box.state.revoke("stripe")
        first.session.close()
    with running(world, state_file=kept) as box:
        second = Client(box)
        assert second.graph(alive, "me").status_code == 200
        assert second.api(dead, "charges").status_code == 401
        second.session.close()


def test_it_is_up_at_once() -> None:
    began = time.monotonic()
    with running(World.of_scale("small", seed=1, today=date(2026, 1, 5))) as box:
        client = Client(box)
        assert client.api(client.stripe()["access_token"], "charges").json()["data"]
        client.session.close()
    assert time.monotonic() - began < 2
