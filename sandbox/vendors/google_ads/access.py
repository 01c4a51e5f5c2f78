"""Who may read at the pretend Google Ads, and how it refuses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp
from sandbox.tokens import Facts, public
from sandbox.vendors import google_login

SCOPE: Final = "https://www.googleapis.com/auth/adwords"
MANAGER: Final = "1357924680"
APP: Final = ClientApp(
    client_id=f"481516234242-{public('google_ads|client', 32)}.apps.googleusercontent.com",
    client_secret=public("google_ads|secret", 28, "GOCSPX-"),
)
FLOW: Final = google_login.flow(
    "google_ads", APP, r"https://www\.googleapis\.com/auth/[a-z.]+", "109876543210987654321"
)
_FAILURE: Final = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}


def complaint(
    kind: str, code: str, message: str, *, status: int, details: Mapping[str, object] | None = None
) -> Answer:
    """An error as the API writes it: the code that tells lies deep inside."""
    failure: dict[str, object] = {"errorCode": {kind: code}, "message": message}
    if details:
        failure["details"] = details
    error = {
        "code": int(status),
        "message": message,
        "status": _STATUS[int(status)],
        "details": [{"@type": _FAILURE, "errors": [failure], "requestId": "Sandbox000000000000001"}],
    }
    return said({"error": error}, status=status)


def unauthenticated(code: str) -> Answer:
    message = "Request had invalid authentication credentials. Expected OAuth 2 access token."
    return complaint("authenticationError", code, message, status=HTTPStatus.UNAUTHORIZED)


def denied(code: str, message: str) -> Answer:
    return complaint("authorizationError", code, message, status=HTTPStatus.FORBIDDEN)


def throttled() -> Answer:
    quota = {"rateScope": "ACCOUNT", "rateName": "Requests per minute", "retryDelay": "1s"}
    return complaint(
        "quotaError",
        "RESOURCE_TEMPORARILY_EXHAUSTED",
        "Too many requests. Retry in 1 seconds.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        details={"quotaErrorDetails": quota},
    )


def holder(call: Call) -> Facts | Answer:
    """What the caller was granted, or the refusal."""
    facts = FLOW.holder(call, call.bearer)
    if not facts:
        if FLOW.expired(call, call.bearer):
            return unauthenticated("OAUTH_TOKEN_EXPIRED")
        known = call.state.mint.read(call.bearer, google_login.ACCESS)
        return unauthenticated("OAUTH_TOKEN_REVOKED" if known else "OAUTH_TOKEN_INVALID")
    if SCOPE not in facts.scopes:
        detail = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
        }
        message = "Request had insufficient authentication scopes."
        error = {"code": 403, "message": message, "status": "PERMISSION_DENIED", "details": [detail]}
        return said({"error": error}, status=HTTPStatus.FORBIDDEN)
    return facts


def customer(call: Call) -> str | Answer:
    """The account that is asked for, where the caller reaches it."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    asked, own = call.parts["customer"], call.world.ads["google_ads"].id
    through = call.headers.get("login-customer-id", asked)
    if asked not in (own, MANAGER) or through not in (asked, MANAGER):
        message = (
            "User doesn't have permission to access customer. Note: If you're accessing a client customer, the "
            "manager's customer id must be set in the 'login-customer-id' header."
        )
        return denied("USER_PERMISSION_DENIED", message)
    return asked
