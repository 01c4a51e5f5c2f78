"""How Google grants access to Analytics, and how its refusals read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import orjson

from resources.errors import AskAgain, Stop
from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.google_analytics.pages import ADMIN
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

TOKEN_KEYS: Final = frozenset(
    {"client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri", "refresh_token"}
)
_LOGIN: Final = "https://oauth2.googleapis.com"
_OURS: Final = frozenset({"invalid_client", "unauthorized_client", "redirect_uri_mismatch", "invalid_request"})
_MEANT: Final[Mapping[int, tuple[Verdict, str]]] = {
    HTTPStatus.UNAUTHORIZED: (Verdict.REFRESH, "the access token ran out or was revoked"),
    HTTPStatus.FORBIDDEN: (Verdict.ASK_AGAIN, "the person has no role on this property any more"),
    HTTPStatus.TOO_MANY_REQUESTS: (Verdict.RETRY, "the property's quota is used up for now"),
}
_OFF: Final = (b"SERVICE_DISABLED", b"accessNotConfigured", b"has not been used in project")


def judge(reply: Reply) -> Judgement:
    """Google's status in words tells more than the number; the login's own errors are spelt another way."""
    if "oauth2.googleapis.com" in reply.to:
        return _judge_login(reply)
    if reply.status == HTTPStatus.FORBIDDEN and any(word in reply.body for word in _OFF):
        return Judgement(verdict=Verdict.STOP, reason="the Analytics API is switched off in our Google project")
    if found := _MEANT.get(reply.status):
        return Judgement(verdict=found[0], reason=found[1])
    if reply.status == HTTPStatus.OK and reply.body.lstrip(b"{ \r\n\t").startswith(b'"error"'):
        return Judgement(verdict=Verdict.STOP, reason="the request was answered with an error")
    return FINE


def _judge_login(reply: Reply) -> Judgement:
    if reply.status not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        return FINE
    code = _code(reply.body)
    if code in _OURS:
        return Judgement(verdict=Verdict.STOP, reason=f"Google does not accept our app's request ({code})")
    return Judgement(verdict=Verdict.ASK_AGAIN, reason="the grant was revoked, or was not used for too long")


def _code(body: bytes) -> str:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    return str(found.get("error", "")) if isinstance(found, dict) else ""


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    form = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), **fields}
    answer = api.post(f"{_LOGIN}/token", form=form).json()
    refresh = answer.get("refresh_token")
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(refresh) if refresh else None,
        lasts=timedelta(seconds=int(answer["expires_in"])),
        scopes=frozenset(answer.get("scope", "").split()),
    )


def exchange(api: Api, app: App, code: str, redirect: str, verifier: str) -> Grant:
    """Trades the code for an hour's access and a refresh token.

    Raises:
        AskAgain: Google gave no refresh token, so reading would end within the hour.
    """
    fields = {"code": code, "redirect_uri": redirect, "code_verifier": verifier, "grant_type": "authorization_code"}
    granted = _token(api, app, fields)
    if granted.refresh is None:
        raise AskAgain(
            "Google gave no lasting access.",
            to="Google Analytics 4",
            do_next="Take our access away there, and connect.",
        )
    return granted


def refresh(api: Api, app: App, token: Secret) -> Grant:
    """A fresh access token; Google keeps the refresh token as it is."""
    return _token(api, app, {"refresh_token": token.reveal(), "grant_type": "refresh_token"})


def revoke(api: Api, _app: App, token: Secret) -> None:
    try:
        api.post(f"{_LOGIN}/revoke", form={"token": token.reveal()})
    except AskAgain:
        return  # it was taken back before, which is what is wanted


def prove(api: Api, grant: Grant) -> Proof:
    """Google lists the scopes of a token."""
    answer = api.post(f"{_LOGIN}/tokeninfo", form={"access_token": grant.access.reveal()}).json()
    said = (
        "analytics.readonly also lets a token make audience exports and read the secrets by which events are sent in: "
        "the door lets no such request out."
    )
    return Proof(grade=Grade.PROVED, granted=frozenset(answer["scope"].split()), findings=(said,))


def _properties(api: Api) -> Iterator[str]:
    token, seen = "", set[str]()
    while token not in seen:
        seen.add(token)
        params = {"pageSize": "200", **({"pageToken": token} if token else {})}
        reply = api.get(f"{ADMIN}/accountSummaries", params=params)
        answer = reply.json()
        for account in answer.get("accountSummaries", []):
            yield from (each["property"] for each in account.get("propertySummaries", []))
        token = answer.get("nextPageToken", "")
        if not token:
            return
    raise Stop("a page token came twice.", to=reply.to, do_next="Connect again.")


def accounts(api: Api) -> list[Account]:
    """Each property that the person can see is one account."""
    found: list[Mapping[str, Any]] = [api.get(f"{ADMIN}/{name}").json() for name in _properties(api)]
    return [
        Account(
            id=each["name"].removeprefix("properties/"),
            name=each["displayName"],
            currency=each.get("currencyCode") or None,
            time_zone=each["timeZone"],
            settings={"opened": each["createTime"][:10]},
        )
        for each in found
    ]
