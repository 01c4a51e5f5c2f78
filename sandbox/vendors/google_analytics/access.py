"""Who may read at the pretend Google Analytics, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp
from sandbox.tokens import public
from sandbox.vendors import google_login

PROPERTY: Final = "412345678"
SCOPES: Final = frozenset(
    {"https://www.googleapis.com/auth/analytics.readonly", "https://www.googleapis.com/auth/analytics"}
)
APP: Final = ClientApp(
    client_id=f"271828182845-{public('google_analytics|client', 32)}.apps.googleusercontent.com",
    client_secret=public("google_analytics|secret", 28, "GOCSPX-"),
)
FLOW: Final = google_login.flow(
    "google_analytics", APP, r"https://www\.googleapis\.com/auth/[a-z.]+", "112345678901234567890"
)
_STATUS: Final = {
    HTTPStatus.BAD_REQUEST: "INVALID_ARGUMENT",
    HTTPStatus.UNAUTHORIZED: "UNAUTHENTICATED",
    HTTPStatus.FORBIDDEN: "PERMISSION_DENIED",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.TOO_MANY_REQUESTS: "RESOURCE_EXHAUSTED",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL",
}


def complaint(status: HTTPStatus, message: str) -> Answer:
    """An error as Google's APIs write it."""
    return said({"error": {"code": int(status), "message": message, "status": _STATUS[status]}}, status=status)


def unauthenticated() -> Answer:
    message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other."
    return complaint(HTTPStatus.UNAUTHORIZED, message)


def refusal(call: Call) -> Answer | None:
    """None if the caller may read what the path names."""
    facts = FLOW.holder(call, call.bearer)
    if not facts:
        return unauthenticated()
    if not SCOPES & set(facts.scopes):
        return complaint(HTTPStatus.FORBIDDEN, "Request had insufficient authentication scopes.")
    if call.parts.get("property", PROPERTY) != PROPERTY:
        message = (
            "User does not have sufficient permissions for this property. To learn more about Property ID, see docs."
        )
        return complaint(HTTPStatus.FORBIDDEN, message)
    return None
