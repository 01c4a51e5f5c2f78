"""Who may read at the pretend TikTok, and how it refuses: nearly always with HTTP 200."""

from collections.abc import Mapping
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ClientApp, Flow
from sandbox.tokens import Facts, public

READ: Final = ("100", "200", "210", "220", "44")
APP: Final = ClientApp(client_id="7301948576201834497", client_secret=public("tiktok_ads|secret", 40))
FLOW: Final = Flow(
    platform="tiktok_ads",
    app=APP,
    scopes=r"\d{1,3}",
    account=lambda call: call.world.ads["tiktok_ads"].id,
    client_id="app_id",
    lasts=0,
    # the code comes back under two names
    sealed=lambda _call, given: {"auth_code": given["code"], **given},
)
# each scope grants its own and, by a parent's number, all below it
_PARENTS: Final[Mapping[str, frozenset[str]]] = {
    "100": frozenset({"100", "10", "1"}),
    "200": frozenset({"200", "20", "2"}),
    "210": frozenset({"210", "21", "2"}),
    "220": frozenset({"220", "22", "2"}),
    "44": frozenset({"44", "4"}),
}
_ID: Final = "20261124000000010123456789ABCDEF01"


def told(data: object) -> Answer:
    return said({"code": 0, "message": "OK", "request_id": _ID, "data": data})


def complaint(code: int, message: str) -> Answer:
    """An error as the API writes it: HTTP says that all is well."""
    return said({"code": code, "message": message, "request_id": _ID, "data": {}})


def revoked() -> Answer:
    return complaint(40105, "Access token is incorrect or has been revoked.")


def holder(call: Call, *, needs: str) -> Facts | Answer:
    """What the caller was granted, or the refusal. The token comes in a header of its own, without Bearer."""
    token = call.headers.get("access-token", "")
    if not token:
        return complaint(40104, "Access token is null, you should set it in http header with key Access-Token.")
    facts = FLOW.holder(call, token)
    if not facts:
        return revoked()
    if needs and not _PARENTS[needs] & set(facts.scopes):
        return complaint(40001, "No permission to operate this interface.")
    return facts


def owner(call: Call, *, needs: str) -> Answer | None:
    """The refusal, where the account that is asked for is not one that the caller reaches."""
    facts = holder(call, needs=needs)
    if isinstance(facts, Answer):
        return facts
    asked = call.arguments.get("advertiser_id", "")
    if not asked:
        return complaint(40002, "Missing required field(s): advertiser_id.")
    if asked != call.world.ads["tiktok_ads"].id:
        return complaint(40106, f"Access token does not match the advertiser {asked}.")
    return None


def _ours(call: Call) -> bool:
    return (call.fields.get("app_id"), call.fields.get("secret")) == (APP.client_id, APP.client_secret)


def token(call: Call) -> Answer:
    """POST oauth2/access_token: an auth_code for a token that lasts; there is none to refresh."""
    if not _ours(call):
        return complaint(40113, "The app_id or secret is incorrect.")
    facts = FLOW.redeem(call, call.fields.get("auth_code", ""))
    if not facts:
        return complaint(40110, "Auth_code is used or expired.")
    return told(
        {
            "access_token": FLOW.access(call, facts),
            "advertiser_ids": [facts.account],
            "scope": [int(scope) for scope in facts.scopes or READ],
        }
    )


def give_back(call: Call) -> Answer:
    """POST oauth2/revoke_token."""
    if not _ours(call):
        return complaint(40113, "The app_id or secret is incorrect.")
    if not FLOW.holder(call, call.fields.get("access_token", "")):
        return revoked()
    call.state.revoke("tiktok_ads")
    return told({})


def advertisers(call: Call) -> Answer:
    """GET oauth2/advertiser/get: who the token was given by."""
    facts = holder(call, needs="")
    if isinstance(facts, Answer):
        return facts
    if not _ours(call):
        return complaint(40113, "The app_id or secret is incorrect.")
    account = call.world.ads["tiktok_ads"]
    return told({"list": [{"advertiser_id": account.id, "advertiser_name": account.name}]})
