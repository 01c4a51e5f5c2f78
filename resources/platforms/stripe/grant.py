"""How Stripe grants access, and how its refusals read."""

from http import HTTPStatus
from typing import Final

from resources.errors import Refused
from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.stripe.pages import ROOT
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

CONNECT: Final = "connect.stripe.com"


def judge(reply: Reply) -> Judgement:
    """A key that is wrong, rolled or deauthorized answers 401, a missing permission 403."""
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="the key was revoked, rolled or is wrong")
    if reply.status == HTTPStatus.FORBIDDEN:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="the key lacks Read on what is asked for")
    return FINE


def exchange(api: Api, app: App, code: str, _redirect: str, _verifier: str) -> Grant:
    form = {"client_secret": app.client_secret.reveal(), "code": code, "grant_type": "authorization_code"}
    answer = api.post(f"https://{CONNECT}/oauth/token", form=form).json()
    return Grant(access=Secret(answer["access_token"]), scopes=frozenset(answer["scope"].split()))


def revoke(api: Api, app: App, _token: Secret) -> None:
    form = {
        "client_id": app.client_id,
        "stripe_user_id": api.account,
        "client_secret": app.client_secret.reveal(),
    }
    api.post(f"https://{CONNECT}/oauth/deauthorize", form=form)


def prove(_api: Api, grant: Grant) -> Proof:
    """An OAuth grant names its scope; a pasted key's permissions can't be asked for, so only restricted ones pass."""
    if grant.scopes:
        return Proof(grade=Grade.PROVED, granted=grant.scopes)
    if not grant.access.reveal().startswith("rk_"):
        raise Refused(
            "this kind of key can change things.",
            to="Stripe key",
            do_next="Make a restricted key (rk_…) with Read on charges, refunds and payouts, and None on all else.",
        )
    said = "Stripe does not tell what a restricted key may do; that it holds only Read rests on the person's word."
    return Proof(grade=Grade.ATTESTED, granted=frozenset({"read_only"}), findings=(said,))


def accounts(api: Api) -> list[Account]:
    account = api.get(f"{ROOT}/account").json()
    name = (account.get("business_profile") or {}).get("name") or account["id"]
    return [Account(id=account["id"], name=name, currency=account["default_currency"].upper(), time_zone="UTC")]
