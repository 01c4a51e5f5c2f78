"""Google's sign-in, which advertising and analytics share: consent, tokens, what a token is, giving back."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, Handler, said
from sandbox.oauth import ClientApp, Flow, refused
from sandbox.tokens import Facts
from sandbox.vendor import Route

CONSENT: Final = "accounts.google.com"
HOST: Final = "oauth2.googleapis.com"
HOSTS: Final = (CONSENT, HOST)
ACCESS: Final = "ya29."
REFRESH: Final = "1//0"
CODE: Final = "4/0A"


def flow(platform: str, app: ClientApp, scopes: str, account: str) -> Flow:
    """Google's flow for one of its APIs; `scopes` is a regex of what may be asked for beside the sign-in's own."""
    own = r"openid|email|profile|https://www\.googleapis\.com/auth/userinfo\.(?:email|profile)"
    return Flow(
        platform=platform,
        app=app,
        scopes=f"{scopes}|{own}",
        account=lambda _call: account,
        access_prefix=ACCESS,
        refresh_prefix=REFRESH,
        code_prefix=CODE,
        lasts=3600,
    )


def claims(app: ClientApp, platform: str) -> Callable[[Call], bool]:
    """Whether a request at the sign-in is for this app, by its id or by whose token it holds."""

    def answer(call: Call) -> bool:
        if call.host not in HOSTS:
            return True
        facts = _facts(call)
        return facts.platform == platform if facts else call.fields.get("client_id") == app.client_id

    return answer


def _facts(call: Call) -> Facts | None:
    """What the token in question stands for, dead or alive."""
    token = call.fields.get("access_token") or call.fields.get("token", "")
    return call.state.mint.read(token, ACCESS) or call.state.mint.read(token, REFRESH)


def gone() -> Answer:
    return refused("invalid_grant", "Token has been expired or revoked.")


def _token(flow: Flow) -> Handler:
    """POST /token. A refresh brings no new refresh token."""

    def answer(call: Call) -> Answer:
        asked = call.fields
        if not flow.client_is_ours(call):
            return refused("invalid_client", "The OAuth client was not found.", status=HTTPStatus.UNAUTHORIZED)
        match asked.get("grant_type"):
            case "authorization_code":
                facts = flow.redeem(call, asked.get("code", ""), redirect=asked.get("redirect_uri"))
            case "refresh_token":
                facts = flow.refreshed(call, asked.get("refresh_token", ""), rotates=False)
            case _:
                return refused("unsupported_grant_type", "Invalid grant_type: ")
        if not facts:
            return gone()
        fresh = {"refresh_token": flow.refresh(call, facts)} if asked["grant_type"] == "authorization_code" else {}
        return said(
            {
                "access_token": flow.access(call, facts),
                "expires_in": flow.lasts - 1,
                **fresh,
                "scope": " ".join(facts.scopes),
                "token_type": "Bearer",
            }
        )

    return answer


def _tokeninfo(flow: Flow) -> Handler:
    def answer(call: Call) -> Answer:
        facts = flow.holder(call, call.fields.get("access_token", ""))
        if not facts:
            return refused("invalid_token", "Invalid Value")
        return said(
            {
                "azp": flow.app.client_id,
                "aud": flow.app.client_id,
                "scope": " ".join(facts.scopes),
                "exp": str(facts.expires),
                "expires_in": str(facts.expires - int(call.state.clock())),
                "access_type": "offline",
            }
        )

    return answer


def _revoke(flow: Flow) -> Handler:
    def answer(call: Call) -> Answer:
        facts = _facts(call)
        if not facts or facts.epoch != call.state.epoch(flow.platform):
            return refused("invalid_token", "Token expired or revoked")
        call.state.revoke(flow.platform)
        return said({})

    return answer


def routes(flow: Flow) -> tuple[Route, ...]:
    return (
        Route(method="GET", host=CONSENT, path="/o/oauth2/v2/auth", handle=flow.authorize),
        Route(method="POST", host=HOST, path="/token", handle=_token(flow)),
        Route(method="GET", host=HOST, path="/tokeninfo", handle=_tokeninfo(flow)),
        Route(method="POST", host=HOST, path="/tokeninfo", handle=_tokeninfo(flow)),
        Route(method="POST", host=HOST, path="/revoke", handle=_revoke(flow)),
    )
