"""Who may read at the pretend Amazon Ads, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow
from sandbox.tokens import Facts, public

NEEDED: Final = "advertising::campaign_management"
# a consent to this as well makes the merchant's person one who may edit campaigns, and not only look
EDITOR: Final = "sandbox::editor"
APP: Final = ClientApp(
    client_id=public("amazon_ads|client", 32, "amzn1.application-oa2-client."),
    client_secret=public("amazon_ads|secret", 64, "amzn1.oa2-cs.v1."),
)
FLOW: Final = Flow(
    platform="amazon_ads",
    app=APP,
    scopes=f"advertising::[a-z_:]+|cpc_advertising:campaign_management|profile|{EDITOR}",
    account=lambda call: call.world.ads["amazon_ads"].id,
    access_prefix="Atza|",
    refresh_prefix="Atzr|",
    code_prefix="AN",
)


def complaint(details: str, *, status: int, code: str = "UNAUTHORIZED") -> Answer:
    """An error as most of the API writes it."""
    return said({"code": code, "details": details}, status=status)


def dead() -> Answer:
    return complaint("HTTP 401 Unauthorized", status=HTTPStatus.UNAUTHORIZED)


def holder(call: Call) -> Facts | Answer:
    """What the caller was granted, or the refusal."""
    facts = FLOW.holder(call, call.bearer)
    if not facts or call.headers.get("amazon-advertising-api-clientid") != APP.client_id:
        return dead()
    if NEEDED not in facts.scopes:
        return complaint("Not authorized to access this advertiser", status=HTTPStatus.UNAUTHORIZED)
    return facts


def scoped(call: Call) -> Answer | None:
    """None if the caller may read the profile that the scope header names; otherwise the refusal."""
    facts = holder(call)
    if isinstance(facts, Answer):
        return facts
    profile = call.headers.get("amazon-advertising-api-scope")
    if not profile:
        return complaint("Scope header is missing", status=HTTPStatus.UNAUTHORIZED)
    if profile != call.world.ads["amazon_ads"].id or call.host != "advertising-api.amazon.com":
        details = f"No matching advertiser found for scope: {profile}"
        return complaint(details, status=HTTPStatus.UNAUTHORIZED)
    return None
