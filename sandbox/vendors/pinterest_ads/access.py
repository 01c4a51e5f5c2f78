"""Who may read at the pretend Pinterest, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow
from sandbox.tokens import Facts, public

APP: Final = ClientApp(client_id="1487312", client_secret=public("pinterest_ads|secret", 40))
FLOW: Final = Flow(
    platform="pinterest_ads",
    app=APP,
    scopes="(ads|boards|pins|user_accounts|catalogs|billing):(read|write)(_secret)?",
    account=lambda call: call.world.ads["pinterest_ads"].id,
    access_prefix="pina_",
    refresh_prefix="pinr.",
    lasts=30 * 86_400,
    refresh_lasts=60 * 86_400,
)


def complaint(message: str, code: int, *, status: int = HTTPStatus.BAD_REQUEST) -> Answer:
    """An error as the API writes it."""
    return said({"code": code, "message": message}, status=status)


def dead() -> Answer:
    return complaint("Authentication failed.", 2, status=HTTPStatus.UNAUTHORIZED)


def holder(call: Call, *, needs: str = "ads:read") -> Facts | Answer:
    """What the caller was granted, or the refusal."""
    facts = FLOW.holder(call, call.bearer)
    if not facts:
        return dead()
    if needs not in facts.scopes:
        message = f"Your access token does not have the required scope: {needs}"
        return complaint(message, 3, status=HTTPStatus.UNAUTHORIZED)
    return facts


def token(call: Call) -> Answer:
    """POST /v5/oauth/token: the app by basic authentication, a form in the body."""
    asked = call.fields
    basic = call.headers.get("authorization", "").lower().startswith("basic ")
    if not basic or not FLOW.client_is_ours(call):
        return dead()
    match asked.get("grant_type"):
        case "authorization_code":
            facts = FLOW.redeem(call, asked.get("code", ""), redirect=asked.get("redirect_uri", ""))
        case "refresh_token":
            facts = FLOW.refreshed(call, asked.get("refresh_token", ""), rotates=True)
        case other:
            return complaint(f"Unsupported grant_type: {other}", 1)
    if not facts:
        return complaint("Invalid grant: the code or token is invalid, expired or revoked.", 283)
    generation = facts.generation + 1 if facts.kind == "refresh" else 1
    return said(
        {
            "response_type": asked["grant_type"],
            "access_token": FLOW.access(call, facts),
            "token_type": "bearer",
            "expires_in": FLOW.lasts,
            "scope": " ".join(facts.scopes),
            "refresh_token": FLOW.refresh(call, facts, generation=generation),
            "refresh_token_expires_in": FLOW.refresh_lasts,
            "refresh_token_expires_at": int(call.state.clock()) + FLOW.refresh_lasts,
        }
    )
