"""Who may read at the pretend Shopify: authorization, expiring tokens, scopes."""

import hashlib
import hmac
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow, refused
from sandbox.tokens import Facts, public

SHOP: Final = "juniper-and-rye.myshopify.com"
APP: Final = ClientApp(
    client_id=public("shopify|client", 32), client_secret=public("shopify|secret", 32, "shpss_"), account=SHOP
)
_REFRESH_LASTS: Final = 90 * 86_400
_GOOD: Final = (
    "(read|write)_(all_orders|orders|customers|products|inventory|fulfillments|locations|returns|discounts|reports)"
)


def _sealed(call: Call, given: dict[str, str]) -> dict[str, str]:
    """Adds shop, time and the signature that Shopify lays over the parameters of the redirect."""
    whole = {**given, "shop": call.host, "timestamp": str(int(call.state.clock()))}
    message = "&".join(f"{name}={value}" for name, value in sorted(whole.items()))
    return {**whole, "hmac": hmac.new(APP.client_secret.encode(), message.encode(), hashlib.sha256).hexdigest()}


FLOW: Final = Flow(
    platform="shopify",
    app=APP,
    scopes=_GOOD,
    account=lambda call: call.host,
    separator=",",
    access_prefix="shpat_",
    refresh_prefix="shprt_",
    lasts=3600,
    refresh_lasts=_REFRESH_LASTS,
    sealed=_sealed,
)


def unauthorized() -> Answer:
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return said({"errors": message}, status=HTTPStatus.UNAUTHORIZED)


def missing() -> Answer:
    return said({"errors": "Not Found"}, status=HTTPStatus.NOT_FOUND)


def holder(call: Call) -> Facts | Answer:
    """What the token grants at this shop, or the refusal."""
    if call.host != SHOP:
        return missing()
    facts = FLOW.holder(call, call.headers.get("x-shopify-access-token", ""))
    return facts if facts and facts.account == call.host else unauthorized()


def authorize(call: Call) -> Answer:
    return FLOW.authorize(call) if call.host == SHOP else missing()


def token(call: Call) -> Answer:
    """POST /admin/oauth/access_token: for a code or a refresh token. Expiring tokens are for those who ask for them."""
    if call.host != SHOP:
        return missing()
    if not FLOW.client_is_ours(call):
        return refused("invalid_client", "The client id or secret is wrong.")
    return _renewed(call) if call.fields.get("grant_type") == "refresh_token" else _redeemed(call)


def _renewed(call: Call) -> Answer:
    facts = FLOW.refreshed(call, call.fields.get("refresh_token", ""), rotates=True)
    if not facts:
        return refused("invalid_grant", "This refresh token is invalid, expired or was replaced.")
    return _given(call, facts, facts.generation + 1)


def _redeemed(call: Call) -> Answer:
    asked = call.fields
    facts = FLOW.redeem(call, asked.get("code", ""))
    if not facts:
        return refused("invalid_request", "The authorization code was not found or was already used")
    if asked.get("expiring") not in ("1", "true", "True"):
        return said({"access_token": FLOW.access(call, facts, lasts=0), "scope": ",".join(facts.scopes)})
    return _given(call, facts, 0)


def _given(call: Call, facts: Facts, generation: int) -> Answer:
    return said(
        {
            "access_token": FLOW.access(call, facts),
            "scope": ",".join(facts.scopes),
            "expires_in": FLOW.lasts,
            "refresh_token": FLOW.refresh(call, facts, generation=generation),
            "refresh_token_expires_in": _REFRESH_LASTS,
        }
    )


def scopes(call: Call) -> Answer:
    """GET /admin/oauth/access_scopes.json."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    return said({"access_scopes": [{"handle": scope} for scope in facts.scopes]})
