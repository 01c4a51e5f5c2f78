"""How Shopify grants access, and how its refusals read."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.shopify.pages import ask
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

_GONE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.LOCKED}


def judge(reply: Reply) -> Judgement:
    """Tells GraphQL's errors in an answer of 200 apart; a token that is gone answers 401, a closed shop 402 or 423."""
    if reply.status in _GONE:
        reason = (
            "the app was uninstalled or its token revoked"
            if reply.status == HTTPStatus.UNAUTHORIZED
            else "the shop is closed or locked"
        )
        return Judgement(
            verdict=Verdict.REFRESH if reply.status == HTTPStatus.UNAUTHORIZED else Verdict.ASK_AGAIN, reason=reason
        )
    if reply.status != HTTPStatus.OK or b'"errors"' not in reply.body[:2000] + reply.body[-2000:]:
        return FINE
    errors = reply.json().get("errors") or []
    codes = {error.get("extensions", {}).get("code") or error.get("message", "") for error in errors}
    if codes & {"THROTTLED", "Throttled"}:
        return Judgement(verdict=Verdict.RETRY, reason="throttled", after=2)
    if "ACCESS_DENIED" in codes:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="a scope that the connector asks for was not granted")
    if "INTERNAL_SERVER_ERROR" in codes:
        return Judgement(verdict=Verdict.RETRY, reason="a fault at the platform")
    return Judgement(verdict=Verdict.STOP, reason="the query was answered with errors") if errors else FINE


def sealed_by(answer: Mapping[str, str], app: App, account: str) -> bool:
    """Whether Shopify signed the parameters that came back with our app's secret, for the shop that was asked."""
    pairs = sorted(
        f"{_escaped(name, '%&=')}={_escaped(value, '%&')}" for name, value in answer.items() if name != "hmac"
    )
    right = hmac.new(app.client_secret.reveal().encode(), "&".join(pairs).encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), answer.get("hmac", "").encode()) and answer.get("shop") == account


def _escaped(text: str, marks: str) -> str:
    # without this, two sets of parameters could be written as one text and so share a signature
    return "".join(f"%{ord(mark):02X}" if mark in marks else mark for mark in text)


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    body = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), "expiring": "1", **fields}
    answer = api.post(f"https://{api.account}/admin/oauth/access_token", json=body).json()
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(answer["refresh_token"]) if answer.get("refresh_token") else None,
        lasts=timedelta(seconds=answer["expires_in"]) if answer.get("expires_in") else None,
        scopes=frozenset(filter(None, answer.get("scope", "").split(","))),
    )


def exchange(api: Api, app: App, code: str, _redirect: str, _verifier: str) -> Grant:
    return _token(api, app, {"code": code})


def refresh(api: Api, app: App, token: Secret) -> Grant:
    return _token(api, app, {"grant_type": "refresh_token", "refresh_token": token.reveal()})


def prove(api: Api, _grant: Grant) -> Proof:
    answer = ask(api, "{currentAppInstallation{accessScopes{handle}}}").json()
    handles = frozenset(scope["handle"] for scope in answer["data"]["currentAppInstallation"]["accessScopes"])
    return Proof(grade=Grade.PROVED, granted=handles)


def accounts(api: Api) -> list[Account]:
    shop = ask(api, "{shop{name myshopifyDomain currencyCode ianaTimezone}}").json()["data"]["shop"]
    return [
        Account(
            id=shop["myshopifyDomain"], name=shop["name"], currency=shop["currencyCode"], time_zone=shop["ianaTimezone"]
        )
    ]
