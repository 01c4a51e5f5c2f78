"""The pretend Graph API answers as the real one, with the figures of the world."""

import json
from decimal import Decimal
from typing import Any

from stranger import Client

from sandbox.world import World

FIELDS = "campaign_id,ad_id,impressions,clicks,spend,actions,action_values"
SPAN = json.dumps({"since": "2026-09-01", "until": "2026-11-23"})


def _rows(client: Client, token: str, path: str, **params: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = client.graph(token, path, params={**params, **after}).json()
        rows += page["data"]
        if "next" not in page.get("paging", {}):
            return rows
        after = {"after": page["paging"]["cursors"]["after"]}


def _act(world: World) -> str:
    return f"act_{world.ads['meta_ads'].id}"


def test_accounts_and_entities_come_by_the_fields_asked_for(client: Client, world: World) -> None:
    token = client.meta()
    (account,) = _rows(client, token, "me/adaccounts", fields="account_id,name,currency,timezone_name,account_status")
    assert account["id"] == _act(world)
    assert account["currency"] == "USD"
    every = json.dumps(["ACTIVE", "PAUSED", "ARCHIVED", "CAMPAIGN_PAUSED"])
    ads = _rows(client, token, f"{_act(world)}/ads", fields="name,adset_id,status", effective_status=every, limit="5")
    assert len(ads) == len(world.ads["meta_ads"].ads)
    assert set(ads[0]) == {"id", "name", "adset_id", "status"}
    shown = _rows(client, token, f"{_act(world)}/ads", fields="name")
    assert len(shown) == sum(ad.status != "ARCHIVED" for ad in world.ads["meta_ads"].ads) < len(ads)


def test_insights_add_up_to_the_world(client: Client, world: World) -> None:
    token = client.meta()
    asked = {"level": "ad", "time_increment": "1", "time_range": SPAN, "fields": FIELDS, "limit": "200"}
    rows = _rows(client, token, f"{_act(world)}/insights", **asked)
    truth = [row for row in world.ads["meta_ads"].daily if row.impressions and str(row.day) >= "2026-09-01"]
    assert len(rows) == len(truth)
    assert sum(Decimal(str(row["spend"])) for row in rows) * 100 == sum(row.spend for row in truth)
    bought = sum(
        int(action["value"])
        for row in rows
        for action in row.get("actions", [])
        if action["action_type"] == "omni_purchase"
    )
    assert bought == sum(row.conversions for row in truth)


def test_a_job_gives_the_same_rows(client: Client, world: World) -> None:
    token = client.meta()
    asked = {"level": "campaign", "time_increment": "1", "time_range": SPAN, "fields": "campaign_id,spend"}
    run = client.graph(token, f"{_act(world)}/insights", "POST", data=asked).json()["report_run_id"]
    assert client.graph(token, f"{run}/insights").status_code == 400
    assert client.graph(token, run).json()["async_status"] == "Job Running"
    done = client.graph(token, run, params={"fields": "async_status,async_percent_completion"}).json()
    assert (done["async_status"], done["async_percent_completion"]) == ("Job Completed", 100)
    assert _rows(client, token, f"{run}/insights", limit="500") == _rows(
        client, token, f"{_act(world)}/insights", **asked
    )


def test_the_next_link_carries_the_token_as_the_real_one_does(client: Client, world: World) -> None:
    token = client.meta()
    page = client.graph(token, f"{_act(world)}/campaigns", params={"limit": "1"}).json()
    assert token in page["paging"]["next"]
    assert client.ask("GET", page["paging"]["next"]).status_code == 200


def test_usage_is_told_in_headers(client: Client, world: World) -> None:
    reply = client.graph(client.meta(), f"{_act(world)}/campaigns")
    assert json.loads(reply.headers["x-fb-ads-insights-throttle"])["acc_id_util_pct"] > 0
    assert world.ads["meta_ads"].id in json.loads(reply.headers["x-business-use-case-usage"])


def test_permissions_and_the_token_are_told(client: Client) -> None:
    token = client.meta("ads_read")
    granted = {row["permission"] for row in client.graph(token, "me/permissions").json()["data"]}
    assert granted == {"ads_read", "public_profile"}
    app = client.box.apps["meta_ads"]
    told = client.graph(f"{app.client_id}|{app.client_secret}", "debug_token", params={"input_token": token}).json()
    assert told["data"]["is_valid"]
    assert "ads_read" in told["data"]["scopes"]


def test_a_short_token_becomes_a_long_one(client: Client) -> None:
    app = client.box.apps["meta_ads"]
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "grant_type": "fb_exchange_token"}
    url = "https://graph.facebook.com/v26.0/oauth/access_token"
    long = client.ask("POST", url, data={**form, "fb_exchange_token": client.meta()}).json()
    assert long["expires_in"] > 50 * 86_400
    assert client.graph(long["access_token"], "me").status_code == 200
    wrong = client.ask("POST", url, data={**form, "client_secret": "x", "fb_exchange_token": "y"}).json()
    assert wrong["error"]["type"] == "OAuthException"


def test_dead_tokens_answer_190(client: Client, world: World) -> None:
    garbage = client.graph("EAAx", "me")
    assert (garbage.status_code, garbage.json()["error"]["code"]) == (400, 190)
    token = client.meta()
    assert client.graph(token, "me/permissions", "DELETE").json() == {"success": True}
    gone = client.graph(token, f"{_act(world)}/campaigns").json()["error"]
    assert (gone["code"], gone["error_subcode"]) == (190, 458)


def test_without_ads_read_nothing_is_shown(client: Client, world: World) -> None:
    reply = client.graph(client.meta("business_management"), f"{_act(world)}/campaigns")
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, 200)


def test_bad_reports_are_refused(client: Client, world: World) -> None:
    token = client.meta()
    old = json.dumps({"since": "2020-01-01", "until": "2020-01-02"})
    for asked in ({"level": "planet"}, {"time_range": "x"}, {"time_range": old}):
        reply = client.graph(token, f"{_act(world)}/insights", params=asked)
        assert reply.status_code == 400
        assert reply.json()["error"]["code"] in (100, 3018)


def test_a_write_is_refused_and_remembered(client: Client, world: World) -> None:
    token = client.meta()
    reply = client.graph(token, f"{_act(world)}/campaigns", "POST", data={"name": "x"})
    assert reply.json()["error"]["code"] == 200
    client.graph(token, f"{_act(world)}/campaigns", params={"method": "delete"})
    assert len(client.box.state.writes_seen) == 2
