"""How a Recharge token is looked at, and how Recharge's refusals read."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from resources.platform import Account, Grade, Grant, Proof
from resources.platforms.recharge.pages import ROOT
from resources.reading import FINE, Api, Judgement, Reply, Verdict

_NEEDED: Final = frozenset({"read_customers", "read_subscriptions", "read_orders", "read_products", "store_info"})
_GONE: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "the token was deleted or is wrong",
    HTTPStatus.PAYMENT_REQUIRED: "the store's Recharge plan is unpaid or ended",
    HTTPStatus.FORBIDDEN: "the token lacks the permission to read this",
}
_LEAK_SECONDS: Final = 2.0  # the bucket gives back two requests a second, and asks for so long a pause


def judge(reply: Reply) -> Judgement:
    """Status codes tell nearly all; an answer of 200 may still hold errors."""
    if reason := _GONE.get(reply.status):
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=reason)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        after = None if "retry-after" in reply.headers else _LEAK_SECONDS
        return Judgement(verdict=Verdict.RETRY, reason="throttled", after=after)
    if reply.status == HTTPStatus.UPGRADE_REQUIRED:
        return Judgement(verdict=Verdict.STOP, reason="this version of the API is no longer served")
    if reply.status == HTTPStatus.OK and reply.body.lstrip()[:20].startswith((b'{"error"', b'{"errors"')):
        return Judgement(verdict=Verdict.STOP, reason="the request was answered with errors")
    return FINE


def prove(api: Api, _grant: Grant) -> Proof:
    """Recharge lists what a token may do."""
    scopes = frozenset(api.get(f"{ROOT}/token_information").json()["token_information"]["scopes"])
    more = sorted(scope for scope in scopes - _NEEDED if scope.startswith("read_"))
    said = f"The token also reads what is never asked for ({', '.join(more)}); a narrower one would do."
    return Proof(grade=Grade.PROVED, granted=scopes, findings=(said,) if more else ())


def accounts(api: Api) -> list[Account]:
    store: Mapping[str, Any] = api.get(f"{ROOT}/store").json()["store"]
    zone = store["timezone"]
    return [
        Account(
            id=str(store["id"]),
            name=store["name"],
            currency=store["currency"].upper(),
            time_zone=zone["iana_name"],
        )
    ]
