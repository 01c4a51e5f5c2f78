"""How Meta grants access, and how its refusals read."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.meta_ads.pages import ROOT
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

TOKEN_KEYS = frozenset({"client_id", "client_secret", "code", "redirect_uri", "grant_type", "fb_exchange_token"})
_TOKEN_GONE = {102, 190}
_THROTTLED = {4, 17, 32, 613, *range(80000, 80007), 80008, 80014}
_PASSING = {1, 2}
_PERMISSION = {10, *range(200, 300)}
_NOT_READ_ONLY = (
    "ads_read also lets a token send conversion events, and business_management is read and write: "
    "that nothing is changed is the door's doing, which lets no such request out."
)


def judge(reply: Reply) -> Judgement:
    """Reads the code in the body: nearly all of Meta's errors come as 400."""
    if reply.status == HTTPStatus.OK or b'"error"' not in reply.body[:200]:
        return FINE
    error = reply.json()["error"]
    code = error.get("code", 0)
    if code in _TOKEN_GONE:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=f"the token is no longer valid (code {code})")
    if code in _PERMISSION:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=f"a permission was taken away (code {code})")
    if code in _THROTTLED:
        return Judgement(verdict=Verdict.RETRY, reason=f"throttled (code {code})", after=5)
    if code in _PASSING or error.get("is_transient"):
        return Judgement(verdict=Verdict.RETRY, reason=f"a passing fault (code {code})")
    return Judgement(verdict=Verdict.STOP, reason=f"the request was refused (code {code})")


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Mapping[str, object]:
    form = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), **fields}
    answer: Mapping[str, object] = api.post(f"{ROOT}/oauth/access_token", form=form).json()
    return answer


def exchange(api: Api, app: App, code: str, redirect: str, _verifier: str) -> Grant:
    """Trades the code for a token of an hour or two, and that at once for one of about 60 days."""
    short = _token(api, app, {"code": code, "redirect_uri": redirect})
    long = _token(api, app, {"grant_type": "fb_exchange_token", "fb_exchange_token": str(short["access_token"])})
    seconds = long.get("expires_in")
    return Grant(
        access=Secret(str(long["access_token"])),
        lasts=timedelta(seconds=int(str(seconds))) if seconds else None,
    )


def revoke(api: Api, _app: App, _token: Secret) -> None:
    api.delete(f"{ROOT}/me/permissions")


def prove(api: Api, _grant: Grant) -> Proof:
    rows = api.get(f"{ROOT}/me/permissions").json()["data"]
    return Proof(
        grade=Grade.PARTLY,
        granted=frozenset(row["permission"] for row in rows if row["status"] == "granted"),
        findings=(_NOT_READ_ONLY,),
    )


def accounts(api: Api) -> list[Account]:
    fields = "id,account_id,name,currency,timezone_name,account_status"
    rows = api.get(f"{ROOT}/me/adaccounts", params={"fields": fields, "limit": "100"}).json()["data"]
    # Meta's callbacks name the person who gave access, by an id that only our app knows them by
    person = str(api.get(f"{ROOT}/me", params={"fields": "id"}).json()["id"])
    return [
        Account(
            id=row["id"],
            name=row["name"],
            currency=row["currency"],
            time_zone=row["timezone_name"],
            settings={"granted_by": person},
        )
        for row in rows
    ]
