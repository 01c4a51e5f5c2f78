"""How Amazon grants access to a seller's data, and how its refusals read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from resources.errors import AskAgain
from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.amazon_seller.pages import HOSTS, marketplaces, probes
from resources.platforms.amazon_seller.zones import ZONES
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

FINANCE: Final = "Finance and Accounting"
TOKEN_KEYS = frozenset({"grant_type", "code", "redirect_uri", "refresh_token", "client_id", "client_secret"})
_LOGIN: Final = "https://api.amazon.com/auth/o2/token"
_ROLES: Final = ("Inventory and Order Tracking", "Amazon Fulfillment", "Brand Analytics")
_BUSY_SECONDS = 60.0
_NO_LIST: Final = (
    "Amazon tells nobody which roles a grant has: they are fixed where our app is registered, whose page is the "
    "evidence. It must hold no role marked as restricted, since those open buyers' data."
)
_PROBED: Final = (
    "Orders and stock were asked for and answered. Whether Sales and Traffic may be read shows at the first sync."
)


def judge(reply: Reply) -> Judgement:
    """A token that ran out or was taken back answers 403, as a missing role does; only the details differ."""
    if reply.to.endswith("/auth/o2/token"):
        return _judge_login(reply)
    if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        if any(word in reply.body for word in (b"revoked", b"expired", b"malformed")):
            return Judgement(verdict=Verdict.REFRESH, reason="the access token ran out or was taken back")
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="our app lacks the role, or the seller the marketplace")
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Judgement(verdict=Verdict.RETRY, reason="throttled", after=_pace(reply.headers))
    if reply.status == HTTPStatus.OK and reply.body[:40].lstrip().startswith(b'{"errors"'):
        return Judgement(verdict=Verdict.RETRY, reason="an error came as 200")
    return FINE


def _judge_login(reply: Reply) -> Judgement:
    if reply.status == HTTPStatus.UNAUTHORIZED and b"invalid_client" in reply.body:
        return Judgement(verdict=Verdict.STOP, reason="Amazon does not accept our app's id and secret")
    if HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.TOO_MANY_REQUESTS:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason="the seller took the grant back, or it is a year old")
    return FINE


def _pace(headers: Mapping[str, str]) -> float | None:
    """Seconds until one more request is allowed: the rate is told in requests a second, down to 0.0056."""
    rate = headers.get("x-amzn-ratelimit-limit", "").replace(".", "", 1)
    if rate.isdigit() and int(rate):
        return 1 / float(headers["x-amzn-ratelimit-limit"])
    return None if "retry-after" in headers else _BUSY_SECONDS


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Grant:
    # consent knows the app by another id; where both are set, the login's is the one behind the slash
    form = {
        "client_id": app.client_id.rpartition("/")[2],
        "client_secret": app.client_secret.reveal(),
        **fields,
    }
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


def _reached(api: Api) -> Iterator[tuple[str, dict[str, Any]]]:
    """The marketplaces of the one region that the grant is for: the others refuse it."""
    for region in HOSTS:
        try:
            rows = marketplaces(api, region)
        except AskAgain as refusal:
            refused = refusal
        else:
            yield from ((region, row) for row in rows)
            return
    raise refused


def prove(api: Api, _grant: Grant) -> Proof:
    """Asks for an order and for stock; a role that is missing is refused.

    Raises:
        AskAgain: our app or the seller lacks what a required table needs.
    """
    for region, row in _reached(api):
        probes(api, region, row["marketplace"]["id"])
        break
    return Proof(grade=Grade.ATTESTED, granted=frozenset(_ROLES), findings=(_NO_LIST, _PROBED))


def accounts(api: Api) -> list[Account]:
    """One for each of Amazon's own marketplaces where the seller sells."""
    return [
        Account(
            id=place["id"],
            name=f"{row['storeName']} ({place['name']})",
            currency=place["defaultCurrencyCode"],
            time_zone=ZONES[place["countryCode"]],
            settings={"region": region},
        )
        for region, row in _reached(api)
        if (place := row["marketplace"])["countryCode"] in ZONES
        and row["participation"]["isParticipating"]
        and place["domainName"].startswith("www.amazon.")
    ]
