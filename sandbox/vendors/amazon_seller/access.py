"""Who may read at the pretend Selling Partner API, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow
from sandbox.tokens import public

HERE: Final = "sellingpartnerapi-na.amazon.com"
MARKETPLACE: Final = "ATVPDKIKX0DER"
SELLER: Final = "A2JUNIPERRYE01"
APP: Final = ClientApp(
    client_id=public("amazon_seller|client", 32, "amzn1.application-oa2-client."),
    client_secret=public("amazon_seller|secret", 64, "amzn1.oa2-cs.v1."),
)
# a grant names no scopes: the app has its roles, and an answer with other scopes takes some of them away
_ROLES: Final = ("Inventory and Order Tracking", "Amazon Fulfillment", "Brand Analytics", "Finance and Accounting")


def _named(_call: Call, given: dict[str, str]) -> dict[str, str]:
    """The code comes back under a name of its own, and the seller's id beside it."""
    return {("spapi_oauth_code" if name == "code" else name): value for name, value in given.items()} | {
        "selling_partner_id": SELLER
    }


FLOW: Final = Flow(
    platform="amazon_seller",
    app=APP,
    scopes=".+",
    client_id="application_id",
    account=lambda _call: SELLER,
    access_prefix="Atza|",
    refresh_prefix="Atzr|",
    code_prefix="RH",
    sealed=_named,
)
LOGIN: Final = Flow(
    platform="amazon_seller",
    app=APP,
    scopes=".+",
    account=lambda _call: SELLER,
    access_prefix="Atza|",
    refresh_prefix="Atzr|",
    code_prefix="RH",
)


def complaint(message: str, code: str, *, status: int, details: str = "") -> Answer:
    """An error as the API writes it."""
    return said({"errors": [{"code": code, "message": message, "details": details}]}, status=status)


def unfit(details: str) -> Answer:
    return complaint("Invalid Input", "InvalidInput", status=HTTPStatus.BAD_REQUEST, details=details)


def denied(details: str = "") -> Answer:
    """403 is the answer to a dead token and to a missing role alike; only the details tell them apart."""
    message = "Access to requested resource is denied."
    return complaint(message, "Unauthorized", status=HTTPStatus.FORBIDDEN, details=details)


def dead() -> Answer:
    return denied("The access token you provided is revoked, malformed or invalid.")


def expired() -> Answer:
    return denied("The access token you provided has expired.")


def refusal(call: Call, role: str = "") -> Answer | None:
    """None if the caller may read; otherwise the refusal."""
    token = call.headers.get("x-amz-access-token", "")
    facts = LOGIN.holder(call, token)
    if not facts:
        return expired() if LOGIN.expired(call, token) else dead()
    if call.host != HERE or (role and role not in (set(facts.scopes) & set(_ROLES) or _ROLES)):
        return denied()
    return None
