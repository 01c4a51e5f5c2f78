"""Who may read at the pretend Graph API, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow
from sandbox.tokens import Facts, public

PERSON: Final = "10215241770000001"
APP: Final = ClientApp(client_id="847362510948372", client_secret=public("meta_ads|secret", 32))
FLOW: Final = Flow(
    platform="meta_ads",
    app=APP,
    scopes="ads_read|ads_management|business_management|read_insights|public_profile|email|pages_[a-z_]+|leads_retrieval",
    account=lambda _call: PERSON,
    access_prefix="EAA",
    code_prefix="AQ",
    lasts=5400,
)
_LONG: Final = 60 * 86_400
_APP_TOKEN: Final = f"{APP.client_id}|{APP.client_secret}"


def complaint(
    message: str, code: int, *, subcode: int = 0, status: int = HTTPStatus.BAD_REQUEST, kind: str = "OAuthException"
) -> Answer:
    """An error as the Graph API writes it: the code tells, not the status."""
    error: dict[str, object] = {"message": message, "type": kind, "code": code}
    if subcode:
        error["error_subcode"] = subcode
    return said({"error": {**error, "fbtrace_id": "AsandboxTrace0000000000"}}, status=status)


def expired() -> Answer:
    return complaint("Error validating access token: Session has expired.", 190, subcode=463)


def revoked() -> Answer:
    message = f"Error validating access token: The user has not authorized application {APP.client_id}."
    return complaint(message, 190, subcode=458)


def _token(call: Call) -> str:
    return call.bearer or call.fields.get("access_token", "")


def holder(call: Call, *, needs: str = "") -> Facts | Answer:
    """What the caller was granted, or the refusal."""
    token = _token(call)
    if not token:
        return complaint("An active access token must be used to query information about the current user.", 2500)
    facts = FLOW.holder(call, token)
    if not facts:
        known = call.state.mint.read(token, "EAA")
        if not known:
            return complaint("Invalid OAuth access token - Cannot parse access token", 190)
        return expired() if FLOW.expired(call, token) else revoked()
    if needs and needs not in facts.scopes and "ads_management" not in facts.scopes:
        message = "(#200) Ad account owner has NOT grant ads_management or ads_read permission"
        return complaint(message, 200, status=HTTPStatus.FORBIDDEN)
    return facts


def token(call: Call) -> Answer:
    """GET or POST /oauth/access_token: a code for a short token, a short one for a long one, or the app's own."""
    asked = call.fields
    if not FLOW.client_is_ours(call):
        return complaint("Error validating client secret.", 1)
    match asked.get("grant_type", "authorization_code"):
        case "fb_exchange_token":
            facts = FLOW.holder(call, asked.get("fb_exchange_token", ""))
            return _given(call, facts, _LONG) if facts else expired()
        case "client_credentials":
            return said({"access_token": _APP_TOKEN, "token_type": "bearer"})
    facts = FLOW.redeem(call, asked.get("code", ""), redirect=asked.get("redirect_uri", ""))
    return _given(call, facts, FLOW.lasts) if facts else complaint("This authorization code has been used.", 100)


def _given(call: Call, facts: Facts, lasts: int) -> Answer:
    return said(
        {"access_token": FLOW.access(call, facts, lasts=lasts), "token_type": "bearer", "expires_in": lasts - 16}
    )


def permissions(call: Call) -> Answer:
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    granted = dict.fromkeys((*facts.scopes, "public_profile"))
    return said({"data": [{"permission": name, "status": "granted"} for name in granted]})


def give_back(call: Call) -> Answer:
    """DELETE /me/permissions."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    call.state.revoke("meta_ads")
    return said({"success": True})


def debug_token(call: Call) -> Answer:
    """What a token is, for whoever holds the app's token or another one that lives."""
    if _token(call) != _APP_TOKEN and isinstance(holder(call), Answer):
        return complaint("(#100) You must provide an app access token, or a user access token.", 100)
    inspected = call.fields.get("input_token", "")
    facts = FLOW.holder(call, inspected)
    if not facts:
        why: dict[str, object] = {"code": 190, "message": "Error validating access token.", "subcode": 458}
        return said({"data": {"error": why, "is_valid": False, "scopes": []}})
    return said(
        {
            "data": {
                "app_id": APP.client_id,
                "type": "USER",
                "application": "Ignyte Pipelines (sandbox)",
                "data_access_expires_at": int(call.state.clock()) + 90 * 86_400,
                "expires_at": facts.expires,
                "is_valid": True,
                "scopes": [*facts.scopes, "public_profile"],
                "granular_scopes": [{"scope": scope} for scope in facts.scopes if scope.startswith("ads")],
                "user_id": PERSON,
            }
        }
    )
