"""How Google Ads grants access, and how its refusals read."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from resources.errors import Stop
from resources.platform import Account, App, Grade, Grant, Proof
from resources.platforms.google_ads.pages import ROOT, search
from resources.reading import FINE, Api, Judgement, Reply, Verdict
from resources.secret import Secret

OAUTH: Final = "https://oauth2.googleapis.com"
TOKEN_KEYS = frozenset(
    {"client_id", "client_secret", "code", "code_verifier", "grant_type", "redirect_uri", "refresh_token"}
)
_GONE = {
    "OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_DISABLED", "GOOGLE_ACCOUNT_DELETED", "NOT_ADS_USER",
    "TWO_STEP_VERIFICATION_NOT_ENROLLED", "USER_PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "invalid_grant",
}  # fmt: skip
_PASSING = {
    "INTERNAL_ERROR", "TRANSIENT_ERROR", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "RESOURCE_TEMPORARILY_EXHAUSTED",
    "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION", "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION",
    "ACCESS_PROHIBITED", "EXPIRED_PAGE_TOKEN",
}  # fmt: skip
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}
_HOUR = 3600.0
_CLIENTS = (
    "SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code, "
    "customer_client.time_zone FROM customer_client "
    "WHERE customer_client.manager = false AND customer_client.status = 'ENABLED'"
)
_ROLES = "SELECT customer_user_access.access_role FROM customer_user_access"

_NO_READ_ONLY = (
    "Google Ads has no read-only scope: adwords allows changes too. That nothing is changed is the door's doing, "
    "which lets only queries out."
)
_READ_ONLY_ROLE = "For a user whose role is READ_ONLY, Google itself refuses changes as well."


def judge(reply: Reply) -> Judgement:
    """Reads the error's own codes; a stream's error comes wrapped in a list, and may come as 200."""
    error = _error(reply)
    if error is None:
        return FINE
    codes = {error} if isinstance(error, str) else set(_codes(error))
    said = ", ".join(sorted(codes)) or f"status {reply.status}"
    if codes & _GONE:
        return Judgement(verdict=Verdict.ASK_AGAIN, reason=f"Google no longer accepts the grant ({said})")
    if "OAUTH_TOKEN_EXPIRED" in codes or reply.status == HTTPStatus.UNAUTHORIZED:
        return Judgement(verdict=Verdict.REFRESH, reason=f"the access ran out ({said})")
    if codes & _PASSING or reply.status in _BUSY:
        return Judgement(verdict=Verdict.RETRY, reason=f"throttled or faulty ({said})", after=_after(error, codes))
    return Judgement(verdict=Verdict.STOP, reason=f"the request was refused ({said})")


def _error(reply: Reply) -> Any:  # noqa: ANN401 -- an object, or a word where a token was asked for
    refused = reply.status >= HTTPStatus.BAD_REQUEST or b'"error"' in reply.body[:200]
    if not refused or not reply.body.lstrip().startswith((b"{", b"[")):
        return None
    answer = reply.json()
    first = (answer or [{}])[0] if isinstance(answer, list) else answer
    return first.get("error")


def _details(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for detail in error.get("details", []):
        yield from detail.get("errors", [detail])


def _codes(error: Mapping[str, Any]) -> Iterator[str]:
    for one in _details(error):
        yield from one.get("errorCode", {}).values()
        if "reason" in one:
            yield one["reason"]
    if error.get("status") == "RESOURCE_EXHAUSTED":
        yield error["status"]


def _after(error: str | Mapping[str, Any], codes: set[str]) -> float | None:
    """Seconds that Google names; a page token that ran out is not worth waiting for in this run."""
    if "EXPIRED_PAGE_TOKEN" in codes:
        return _HOUR
    if isinstance(error, str):
        return None
    delays = (one.get("details", {}).get("quotaErrorDetails", {}).get("retryDelay", "") for one in _details(error))
    return max((float(delay.removesuffix("s")) for delay in delays if delay), default=None)


def _token(api: Api, app: App, fields: Mapping[str, str]) -> Mapping[str, Any]:
    form = {"client_id": app.client_id, "client_secret": app.client_secret.reveal(), **fields}
    answer: Mapping[str, Any] = api.post(f"{OAUTH}/token", form=form).json()
    return answer


def _grant(answer: Mapping[str, Any], refresh: Secret | None = None) -> Grant:
    fresh = answer.get("refresh_token")
    return Grant(
        access=Secret(answer["access_token"]),
        refresh=Secret(fresh) if fresh else refresh,
        lasts=timedelta(seconds=int(answer["expires_in"])),
        scopes=frozenset(answer.get("scope", "").split()),
    )


def exchange(api: Api, app: App, code: str, redirect: str, verifier: str) -> Grant:
    fields = {"code": code, "redirect_uri": redirect, "grant_type": "authorization_code", "code_verifier": verifier}
    return _grant(_token(api, app, fields))


def refresh(api: Api, app: App, token: Secret) -> Grant:
    answer = _token(api, app, {"refresh_token": token.reveal(), "grant_type": "refresh_token"})
    return _grant(answer, token)


def revoke(api: Api, _app: App, token: Secret) -> None:
    api.post(f"{OAUTH}/revoke", form={"token": token.reveal()})


def _roots(api: Api) -> list[str]:
    """The accounts that the person signs in to: single ones and managers of others."""
    names = api.get(f"{ROOT}/customers:listAccessibleCustomers").json().get("resourceNames", [])
    return [name.rpartition("/")[2] for name in names]


def _rows(api: Api, root: str, query: str) -> list[Mapping[str, Any]]:
    return [row for reply in search(api, root, query, root) for row in reply.json().get("results", [])]


def _each(api: Api, query: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows of every root. A closed account among them answers with a refusal, which hides none of the others."""
    refused: Stop | None = None
    answered = False
    for root in _roots(api):
        try:
            rows = _rows(api, root, query)
        except Stop as stop:
            refused = stop
        else:
            answered = True
            yield from ((root, row) for row in rows)
    if refused and not answered:
        raise refused


def prove(api: Api, grant: Grant) -> Proof:
    """Compares the token's scopes, and tells the roles on the accounts; whose they are is not asked for."""
    said = api.post(f"{OAUTH}/tokeninfo", form={"access_token": grant.access.reveal()}).json()
    roles = sorted({row["customerUserAccess"]["accessRole"] for _, row in _each(api, _ROLES)})
    seen = f"Roles on the accounts reached: {', '.join(roles) or 'not shown'}. "
    return Proof(
        grade=Grade.PARTLY, granted=frozenset(said["scope"].split()), findings=(_NO_READ_ONLY, seen + _READ_ONLY_ROLE)
    )


def accounts(api: Api) -> list[Account]:
    """Every account with ads, whether reached directly or through a manager."""
    found: dict[str, Account] = {}
    for root, row in _each(api, _CLIENTS):
        client = row["customerClient"]
        if client["id"] not in found or client["id"] == root:
            found[client["id"]] = Account(
                id=client["id"],
                name=client.get("descriptiveName") or client["id"],
                currency=client["currencyCode"],
                time_zone=client["timeZone"],
                settings={"login_customer_id": root},
            )
    return list(found.values())
