"""Who may read at the pretend Stripe: Connect's grants and restricted keys, and how it refuses."""

import base64
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ApiKeys, ClientApp, Flow, refused
from sandbox.tokens import public
from sandbox.vendors.stripe.records import ACCOUNT

_READS: Final = ("rak_charge_read", "rak_payout_read")
_MORE: Final = (*_READS, "rak_dispute_read", "rak_balance_transaction_read")
KEYS: Final = ApiKeys(
    platform="stripe",
    prefix="rk_live_",
    length=99,
    grants={"read": _READS, "read_all": _MORE, "nothing": ()},
)
APP: Final = ClientApp(
    client_id=public("stripe|client", 32, "ca_"), client_secret=public("stripe|secret", 99, "sk_live_"), keys=KEYS
)
FLOW: Final = Flow(
    platform="stripe",
    app=APP,
    scopes="read_only|read_write",
    account=lambda _call: ACCOUNT,
    access_prefix="sk_live_",
    refresh_prefix="rt_",
    code_prefix="ac_",
    lasts=0,
)


def complaint(message: str, *, status: int, kind: str = "invalid_request_error", **more: str) -> Answer:
    """An error as the API writes it."""
    return said({"error": {"message": message, "type": kind, **more}}, status=status)


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}"


def invalid(key: str) -> Answer:
    return complaint(f"Invalid API Key provided: {_masked(key)}", status=HTTPStatus.UNAUTHORIZED)


def expired(key: str) -> Answer:
    message = f"Expired API Key provided: {_masked(key)}"
    return complaint(message, status=HTTPStatus.UNAUTHORIZED, code="api_key_expired")


def key_of(call: Call) -> str:
    """The key, be it bearer or the user name of basic authentication."""
    scheme, _, packed = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return base64.b64decode(packed + "==").decode("utf-8", "replace").partition(":")[0]
    return call.bearer


def granted(call: Call, permission: str) -> Answer | None:
    """None if the request may read; otherwise the refusal."""
    key = key_of(call)
    if not key:
        return complaint("You did not provide an API key.", status=HTTPStatus.UNAUTHORIZED)
    if FLOW.holder(call, key):
        return None
    permissions = KEYS.holder(call, key)
    if permissions is None:
        return invalid(key)
    if permission in permissions or permission == "rak_account_read":
        return None
    return denied(key, permission)


def denied(key: str, permission: str) -> Answer:
    return complaint(
        f"The provided key '{_masked(key)}' does not have the required permissions for this endpoint on account "
        f"'{ACCOUNT}'. Having the '{permission}' permission would allow this request to continue.",
        status=HTTPStatus.FORBIDDEN,
    )


def token(call: Call) -> Answer:
    """POST /oauth/token at Connect."""
    if call.fields.get("client_secret") != APP.client_secret and call.bearer != APP.client_secret:
        return refused("invalid_client", "No such API key.", status=HTTPStatus.UNAUTHORIZED)
    if call.fields.get("grant_type") == "refresh_token":
        facts = FLOW.refreshed(call, call.fields.get("refresh_token", ""), rotates=False)
    else:
        facts = FLOW.redeem(call, call.fields.get("code", ""))
    if not facts:
        return refused("invalid_grant", "Authorization code does not exist or was used before.")
    answer: dict[str, object] = {
        "access_token": FLOW.access(call, facts),
        "livemode": True,
        "refresh_token": FLOW.refresh(call, facts),
        "token_type": "bearer",
        "stripe_publishable_key": public("stripe|publishable", 99, "pk_live_"),
        "stripe_user_id": ACCOUNT,
        "scope": " ".join(facts.scopes) or "read_only",
    }
    return said(answer)


def deauthorize(call: Call) -> Answer:
    """POST /oauth/deauthorize at Connect."""
    if call.fields.get("client_secret") != APP.client_secret and call.bearer != APP.client_secret:
        return refused("invalid_client", "No such API key.", status=HTTPStatus.UNAUTHORIZED)
    if call.fields.get("client_id") != APP.client_id or call.fields.get("stripe_user_id") != ACCOUNT:
        return refused("invalid_client", "This application is not connected to that account.")
    call.state.revoke("stripe")
    return said({"stripe_user_id": ACCOUNT})
