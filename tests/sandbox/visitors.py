"""Strangers who read Google Analytics, Klaviyo and Recharge with credentials of their own."""

from typing import Any

import requests
from stranger import Client

DATA = "https://analyticsdata.googleapis.com/v1beta/properties/412345678"
ADMIN = "https://analyticsadmin.googleapis.com/v1beta"
KLAVIYO = "https://a.klaviyo.com/api"
RECHARGE = "https://api.rechargeapps.com"
READONLY = "https://www.googleapis.com/auth/analytics.readonly"
EVERYTHING = {
    "dateRanges": [{"startDate": "90daysAgo", "endDate": "yesterday"}],
    "dimensions": [{"name": "date"}, {"name": "sessionSourceMedium"}],
    "metrics": [{"name": "sessions"}, {"name": "purchaseRevenue"}],
    "returnPropertyQuota": True,
}


def key(client: Client, platform: str, label: str = "read_only") -> str:
    keys = client.box.apps[platform].keys
    assert keys is not None
    return keys.of_epoch(client.box.state.epoch(platform))[label]


def google(client: Client, scope: str = READONLY) -> dict[str, str]:
    app = client.box.apps["google_analytics"]
    given = client.consent("https://accounts.google.com/o/oauth2/v2/auth", client_id=app.client_id, scope=scope)
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": given["code"]}
    form |= {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1:9/callback"}
    token = client.ask("POST", "https://oauth2.googleapis.com/token", data=form).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def klaviyo(client: Client, path: str, label: str = "read_only", **more: Any) -> requests.Response:  # noqa: ANN401 -- what requests takes
    headers = {"Authorization": f"Klaviyo-API-Key {key(client, 'klaviyo', label)}", "revision": "2026-07-15"}
    return client.ask("POST" if "json" in more else "GET", f"{KLAVIYO}/{path}", headers=headers, **more)


def recharge(client: Client, path: str, label: str = "read_only", **params: str) -> requests.Response:
    headers = {"X-Recharge-Access-Token": key(client, "recharge", label), "X-Recharge-Version": "2021-11"}
    return client.ask("GET", f"{RECHARGE}/{path}", headers=headers, params=params)
