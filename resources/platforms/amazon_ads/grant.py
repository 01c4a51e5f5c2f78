"""How Amazon Ads grants access, and how its refusals read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.amazon_ads.pages import HOSTS, VIEWED
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

SCOPE: Final = "advertising::campaign_management"
TOKEN_KEYS = frozenset({"grant_type", "code", "redirect_uri", "refresh_token", "client_id", "client_secret"})
_LOGIN: Final = "https://api.amazon.com/auth/o2/token"
_EDITED = {"apiProgram": "campaign", "accessLevel": "edit"}
_BUSY_SECONDS = 30.0
_BY_STATUS: Final[Mapping[int, Judgement]] = {
    HTTPStatus.UNAUTHORIZED: Judgement(
        verdict=Verdict.REFRESH, reason="the token ran out, or the profile is out of its reach"
    ),
    HTTPStatus.FORBIDDEN: Judgement(
        verdict=Verdict.ASK_AGAIN, reason="the person has no role on this profile any more"
    ),
    HTTPStatus.TOO_EARLY: Judgement(verdict=Verdict.RETRY, reason="the same report is being made", after=_BUSY_SECONDS),
}

_NO_READ_ONLY = (
    "Amazon Ads has no read-only scope: campaign_management allows changes too. That nothing is changed is the door's "
    "doing, which lets only reports and exports out."
)
_VIEWER = "The person who consented is a viewer of every profile, so Amazon itself refuses changes as well."
_EDITOR = (
    "The person who consented may edit campaigns. Consent as a user who is only a viewer, and Amazon itself refuses "
    "changes too."
)


def judge(reply: Reply) -> Judgement:
    """Reads the status: the words beside it come under three different names."""
    if reply.to.endswith("/auth/o2/token"):
        return _judge_login(reply)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS and "retry-after" not in reply.headers:
        return Judgement(verdict=Verdict.RETRY, reason="throttled", after=_BUSY_SECONDS)
    if reply.status == HTTPStatus.OK and reply.body.startswith((b'{"code"', b'{"message"')):
        return Judgement(verdict=Verdict.RETRY, reason="an error came as 200")
    return _BY_STATUS.get(reply.status, FINE)


def _judge_login(reply: Reply) -> Judgement:
    if reply.status == HTTPStatus.UNAUTHORIZED and b"invalid_client" in reply.body:
        return Judgement(verdict=Verdict.STOP, reason="Amazon does not accept our app's id and secret")
    if HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.TOO_MANY_REQUESTS:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="the person took the grant back, or it was never given")
    return FINE


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    form = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), **fields}
    answer: dict[str, Any] = api.post(_LOGIN, form=form).json()
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(answer["refresh_token"]) if answer.get("refresh_token") else None,
        lasts=timedelta(seconds=answer["expires_in"]),
    )


def exchange(api: Api, app: App, code: str, redirect: str, _verifier: str) -> Grant:
    return _token(api, app, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect})


def refresh(api: Api, app: App, token: Secret) -> Grant:
    return _token(api, app, {"grant_type": "refresh_token", "refresh_token": token.reveal()})


def _profiles(api: Api, params: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for region, host in HOSTS.items():
        for row in api.get(f"https://{host}/v2/profiles", params=params).json():
            yield region, row


def prove(api: Api, _grant: Grant) -> Proof:
    """Asks which profiles could be edited: none, where the person who consented is a viewer."""
    edits = any(True for _ in _profiles(api, _EDITED))
    return Proof(
        grade=Grade.PARTLY,
        # the login does not say what it granted; that profiles are shown at all is the proof of this scope
        granted=frozenset({SCOPE}),
        findings=(_NO_READ_ONLY, _EDITOR if edits else _VIEWER),
    )


def accounts(api: Api) -> list[Account]:
    """The advertisers' profiles of all regions; those of agencies belong to another product."""
    return [
        Account(
            id=str(row["profileId"]),
            name=f"{row['accountInfo']['name']} ({row['countryCode']})",
            currency=row["currencyCode"],
            time_zone=row["timezone"],
            settings={"region": region},
        )
        for region, row in _profiles(api, VIEWED)
        if row["accountInfo"]["type"] != "agency"
    ]
