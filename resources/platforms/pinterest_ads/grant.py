"""How Pinterest grants access, and how its refusals read."""

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.pinterest_ads.pages import ROOT, listed
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

TOKEN_KEYS = frozenset({"grant_type", "code", "redirect_uri", "refresh_token", "continuous_refresh"})
_SCOPE_MISSING = 3
_SOON = re.compile(rb"[Rr]etry after (\d+) seconds")


def judge(reply: Reply) -> Judgement:
    """Reads status and code; a report that comes too soon is throttled by a 400 which names the seconds."""
    if reply.status == HTTPStatus.OK:
        passing = reply.body.startswith(b'{"code"')
        return Judgement(verdict=Verdict.RETRY, reason="an error came as 200") if passing else FINE
    if reply.to.endswith("/oauth/token") and HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.TOO_MANY_REQUESTS:
        return _gone("the code or the refresh token is no longer accepted")
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Judgement(verdict=Verdict.RETRY, reason="throttled", after=_reset(reply.headers))
    if reply.status == HTTPStatus.BAD_REQUEST and (soon := _SOON.search(reply.body)):
        return Judgement(verdict=Verdict.RETRY, reason="throttled by a 400", after=float(soon[1]))
    return _judge_access(reply)


def _judge_access(reply: Reply) -> Judgement:
    if reply.status == HTTPStatus.FORBIDDEN:
        return _gone("the person has no role on this ad account any more")
    if reply.status == HTTPStatus.UNAUTHORIZED and _code(reply) == _SCOPE_MISSING:
        return _gone("a scope is missing (code 3)")
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return Judgement(verdict=Verdict.REFRESH, reason="the token ran out or was taken back")
    return FINE


def _gone(reason: str) -> Judgement:
    return Judgement(verdict=Verdict.ASK_AGAIN, reason=reason)


def _code(reply: Reply) -> int:
    found = re.search(rb'"code"\s*:\s*(\d+)', reply.body)
    return int(found[1]) if found else 0


def _reset(headers: Mapping[str, str]) -> float | None:
    seconds = headers.get("x-ratelimit-reset", "")
    return float(seconds) if seconds.isdigit() else None


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    packed = base64.b64encode(f"{app.client_id}:{app.client_secret.reveal()}".encode()).decode()
    # apps of before September 2025 get a refresh token that dies after a year unless they ask for the other kind
    form = {**fields, "continuous_refresh": "true"}
    answer: dict[str, Any] = api.post(
        f"{ROOT}/oauth/token", form=form, headers={"Authorization": f"Basic {packed}"}
    ).json()
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(answer["refresh_token"]) if answer.get("refresh_token") else None,
        lasts=timedelta(seconds=answer["expires_in"]),
        scopes=frozenset(filter(None, re.split(r"[,\s]+", answer["scope"]))),
    )


def exchange(api: Api, app: App, code: str, redirect: str, _verifier: str) -> Grant:
    return _token(api, app, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect})


def refresh(api: Api, app: App, token: Secret) -> Grant:
    """Each refresh brings a new refresh token, which takes the place of the old one."""
    return _token(api, app, {"grant_type": "refresh_token", "refresh_token": token.reveal()})


def prove(_api: Api, grant: Grant) -> Proof:
    """The answer to the code lists the scopes that were granted, and Pinterest has true read scopes."""
    return Proof(grade=Grade.PROVED, granted=grant.scopes)


def accounts(api: Api) -> list[Account]:
    return [
        Account(id=row["id"], name=row.get("name") or row["id"], currency=row.get("currency"), time_zone="UTC")
        for reply in listed(api, f"{ROOT}/ad_accounts", {"page_size": "250"})
        for row in reply.json()["items"]
    ]
