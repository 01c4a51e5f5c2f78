"""Who may read at the pretend Microsoft Advertising, and how it refuses."""

from http import HTTPStatus
from typing import Any, Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow, refused
from sandbox.tokens import Facts, public

SCOPE: Final = "https://ads.microsoft.com/msads.manage"
USER: Final = "77001001"
CUSTOMER: Final = "251000001"
VIEWER: Final = 100
APP: Final = ClientApp(
    client_id="5f0c2a4e-7d1b-4c39-9a56-2b8e6f013d74",
    client_secret=public("microsoft_ads|secret", 40),
    developer_token=public("microsoft_ads|developer", 18).upper(),
)
FLOW: Final = Flow(
    platform="microsoft_ads",
    app=APP,
    scopes=r"https://ads\.microsoft\.com/(?:msads\.manage|ads\.manage)|offline_access|openid|profile",
    account=lambda _call: USER,
    access_prefix="EwB",
    refresh_prefix="M.C5",
    code_prefix="M.R3",
    refresh_lasts=90 * 86_400,
)
_TRACKING: Final = "0f0e0d0c-0b0a-4908-8706-050403020100"
_NAMES: Final = {
    0: ("InternalError", "An internal error has occurred."),
    105: (
        "InvalidCredentials",
        "Authentication failed. Either supplied credentials are invalid or the account is inactive",
    ),
    106: ("UserIsNotAuthorized", "The user is not authorized to perform this action."),
    109: ("AuthenticationTokenExpired", "Authentication token expired. Please use a refresh token to renew it."),
    116: ("MissingHeaders", "CustomerId or CustomerAccountId is missing in the request headers."),
    117: ("CallRateExceeded", "You have exceeded the number of calls allowed per minute."),
}


def complaint(code: int, *, status: int = HTTPStatus.BAD_REQUEST) -> Answer:
    """A fault as the API writes it."""
    name, message = _NAMES[code]
    error = {"Code": code, "Detail": None, "ErrorCode": name, "Message": message}
    return said({"TrackingId": _TRACKING, "Errors": [error], "Type": "AdApiFaultDetail"}, status=status)


def objection(code: int, name: str, message: str) -> Answer:
    """A request that makes no sense, as the API says so."""
    error = {"Code": code, "Details": None, "ErrorCode": name, "Message": message}
    fault = {"TrackingId": _TRACKING, "OperationErrors": [error], "BatchErrors": [], "Type": "ApiFaultDetail"}
    return said(fault, status=HTTPStatus.BAD_REQUEST)


def holder(call: Call) -> Facts | Answer:
    """What the caller was granted, or the refusal."""
    facts = FLOW.holder(call, call.bearer)
    if facts and call.headers.get("developertoken") == APP.developer_token and SCOPE in facts.scopes:
        return facts
    code = 109 if FLOW.expired(call, call.bearer) else 105
    return complaint(code, status=HTTPStatus.UNAUTHORIZED)


def account(call: Call) -> Answer | None:
    """The refusal, where the account in the headers is not one that the caller reaches."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    asked = call.headers.get("customeraccountid"), call.headers.get("customerid")
    if None in asked:
        return complaint(116)
    if asked != (call.world.ads["microsoft_ads"].id, CUSTOMER):
        return complaint(106)
    return None


def token(call: Call) -> Answer:
    """POST /token. Each refresh brings a new refresh token; the one before it serves on until it runs out."""
    asked = call.fields
    if not FLOW.client_is_ours(call):
        return refused("invalid_client", "AADSTS7000215: Invalid client secret provided.", status=401)
    match asked.get("grant_type"):
        case "authorization_code":
            facts, generation = FLOW.redeem(call, asked.get("code", ""), redirect=asked.get("redirect_uri")), 0
        case "refresh_token":
            facts = FLOW.refreshed(call, asked.get("refresh_token", ""), rotates=False)
            generation = facts.generation + 1 if facts else 0
        case _:
            return refused("unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
    if not facts:
        return refused("invalid_grant", "AADSTS70008: The provided code or refresh token has expired or was revoked.")
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": " ".join(scope for scope in facts.scopes if scope != "offline_access"),
        "expires_in": FLOW.lasts - 1,
        "ext_expires_in": FLOW.lasts - 1,
        "access_token": FLOW.access(call, facts),
    }
    if "offline_access" in facts.scopes:
        answer["refresh_token"] = FLOW.refresh(call, facts, generation=generation)
    return said(answer)
