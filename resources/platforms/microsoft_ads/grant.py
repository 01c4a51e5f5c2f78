"""How Microsoft Advertising grants access, and how its refusals read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from resources.errors import Stop
from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.microsoft_ads import pages
from resources.platforms.microsoft_ads.zones import ZONES
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

LOGIN: Final = "https://login.microsoftonline.com/common/oauth2/v2.0"
SCOPES: Final = ("https://ads.microsoft.com/msads.manage", "offline_access")
TOKEN_KEYS = frozenset(
    {"client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri", "refresh_token", "scope"}
)
_ERRORS = ("Errors", "OperationErrors", "BatchErrors", "PartialErrors")
_EXPIRED = 109
_GONE = {105, 106, 108, 120}
_THROTTLED = {117, 207}  # too many calls a minute; too many reports at once
_PASSING = {0, 2004}  # a fault inside; data not complete yet
_MINUTE = 60.0
_VIEWER = 100
_ROLES = {16: "campaign manager", 33: "aggregator", 41: "super admin", _VIEWER: "viewer", 203: "standard user"}
_NO_READ_ONLY = (
    "Microsoft Advertising has no read-only scope: msads.manage allows changes too. That nothing is changed is the "
    "door's doing, which lets only queries and reports out."
)


def judge(reply: Reply) -> Judgement:
    """Reads the codes in the body, whatever the status; the sign-in host answers with a word instead."""
    refused = reply.status >= HTTPStatus.BAD_REQUEST or b'rrors":' in reply.body
    answer = reply.json() if refused and reply.body.lstrip().startswith(b"{") else {}
    if answer.get("error") == "invalid_grant":
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="Microsoft no longer accepts the grant (invalid_grant)")
    codes = set(_codes(answer))
    wait = None if "retry-after" in reply.headers else _MINUTE
    return _meaning(codes, f"code {', '.join(map(str, sorted(codes)))}", wait) if codes else FINE


def _meaning(codes: set[int], said: str, wait: float | None) -> Judgement:
    if codes & _GONE:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=f"Microsoft no longer accepts the grant ({said})")
    if _EXPIRED in codes:
        return Judgement(verdict=Verdict.REFRESH, reason=f"the access ran out ({said})")
    if codes & _THROTTLED:
        return Judgement(verdict=Verdict.RETRY, reason=f"throttled ({said})", after=wait)
    if codes <= _PASSING:
        return Judgement(verdict=Verdict.RETRY, reason=f"a passing fault ({said})")
    return Judgement(verdict=Verdict.STOP, reason=f"the request was refused ({said})")


def _codes(answer: Mapping[str, Any]) -> Iterator[int]:
    for name in _ERRORS:
        yield from (int(error.get("Code", 0)) for error in answer.get(name) or [] if error)


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    form = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), "scope": " ".join(SCOPES)}
    answer = api.post(f"{LOGIN}/token", form={**form, **fields}).json()
    # each use of a refresh token gives a new one, and it is the newest that lasts
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(answer["refresh_token"]),
        lasts=timedelta(seconds=int(answer["expires_in"])),
        scopes=frozenset(answer.get("scope", "").split()),
    )


def exchange(api: Api, app: App, code: str, redirect: str, verifier: str) -> Grant:
    fields = {"code": code, "redirect_uri": redirect, "grant_type": "authorization_code", "code_verifier": verifier}
    return _token(api, app, fields)


def refresh(api: Api, app: App, token: Secret) -> Grant:
    return _token(api, app, {"refresh_token": token.reveal(), "grant_type": "refresh_token"})


def prove(api: Api, grant: Grant) -> Proof:
    """Compares the scopes, and tells the person's roles."""
    roles = sorted({int(role["RoleId"]) for role in pages.user(api)["CustomerRoles"]})
    names = ", ".join(_ROLES.get(role, str(role)) for role in roles) or "none"
    if roles == [_VIEWER]:
        said = "The person who signed in is a viewer, so Microsoft itself refuses changes as well."
    else:
        said = f"The person who signed in may change things ({names}); a user with the viewer role is enough."
    lasting = {"offline_access"} if grant.refresh else set[str]()
    return Proof(grade=Grade.PARTLY, granted=grant.scopes | lasting, findings=(_NO_READ_ONLY, said))


def accounts(api: Api) -> list[Account]:
    return [_account(row) for row in pages.accounts(api)]


def _account(row: Mapping[str, Any]) -> Account:
    zone = ZONES.get(row["TimeZone"])
    if zone is None:
        raise Stop(
            "its time zone is not one we know.",
            to=f"Microsoft Ads account {row['Id']}",
            do_next="Report it to us: its days can't be told until then.",
        )
    return Account(
        id=row["Id"],
        name=row["Name"],
        currency=row["CurrencyCode"],
        time_zone=zone,
        settings={"customer_id": row["ParentCustomerId"]},
    )
