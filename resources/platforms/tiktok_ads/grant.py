"""How TikTok grants access, and how its refusals read."""

from http import HTTPStatus
from typing import Any, Final

from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.tiktok_ads import streams
from resources.platforms.tiktok_ads.pages import ROOT, as_text, fields
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

READ_SCOPES: Final = ("100", "200", "210", "220", "44")
_HARMLESS = frozenset({*READ_SCOPES, "4", "40", "41", "42", "43"})
REFUSED: Final = rf"(?!(?:{'|'.join(sorted(_HARMLESS))})$).+"
_REPORTS = "4"  # all of reporting: it grants its children without naming them
_GONE = {40001, 40102, 40104, 40105, 40106, 40110, 40113, 40119, 40125, 40300, 40301}
_THROTTLED = {40016, 40100, 40133}
_PASSING = {20001, 40202, 50000, 50002, 60001, *range(51000, 52000)}
_AT_ONCE = 100  # accounts a call


def judge(reply: Reply) -> Judgement:
    """Reads the code in the body: whatever reached TikTok's own logic comes as 200."""
    if reply.status != HTTPStatus.OK:
        return FINE
    code = reply.json().get("code")
    if code == 0:
        return FINE
    if code in _GONE:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=f"TikTok no longer accepts the grant (code {code})")
    if code in _THROTTLED:
        return Judgement(verdict=Verdict.RETRY, reason=f"throttled (code {code})")
    if code in _PASSING:
        return Judgement(verdict=Verdict.RETRY, reason=f"a passing fault, or only a part came (code {code})")
    return Judgement(verdict=Verdict.STOP, reason=f"the request was refused (code {code})")


def exchange(api: Api, app: App, code: str, _redirect: str, _verifier: str) -> Grant:
    """Trades the code for a token that lasts until it is taken back; there is none to refresh."""
    body = {"app_id": app.client_id, "secret": app.client_secret.reveal(), "auth_code": code}
    data = api.post(f"{ROOT}/oauth2/access_token/", json=body).json()["data"]
    return Grant(
        access=Secret(data["access_token"]),
        scopes=frozenset(map(str, data["scope"])),
        reaches=tuple(map(str, data["advertiser_ids"])),
    )


def revoke(api: Api, app: App, token: Secret) -> None:
    body = {"app_id": app.client_id, "secret": app.client_secret.reveal(), "access_token": token.reveal()}
    api.post(f"{ROOT}/oauth2/revoke_token/", json=body)


def prove(_api: Api, grant: Grant) -> Proof:
    """Only the answer that made the grant lists its scopes; a parent grants its children without naming them."""
    children = frozenset({"44"}) if _REPORTS in grant.scopes else frozenset[str]()
    return Proof(grade=Grade.PROVED, granted=grant.scopes | children)


def accounts(api: Api) -> list[Account]:
    """The advertisers that the answer which made the grant named."""
    ids = [one for one in api.settings.get("reaches", "").split(",") if one]
    return [
        account
        for start in range(0, len(ids), _AT_ONCE)
        for account in map(_account, _told(api, ids[start : start + _AT_ONCE]))
    ]


def _told(api: Api, ids: list[str]) -> list[dict[str, Any]]:
    asked = {"advertiser_ids": as_text(ids), "fields": as_text(fields(streams.ADVERTISERS))}
    told: list[dict[str, Any]] = api.get(f"{ROOT}/advertiser/info/", params=asked).json()["data"]["list"]
    return told


def _account(row: dict[str, Any]) -> Account:
    return Account(
        id=str(row["advertiser_id"]),
        name=row["name"],
        currency=row["currency"],
        time_zone=row.get("display_timezone") or row["timezone"],
        settings={"created_at": str(row["create_time"])},
    )
