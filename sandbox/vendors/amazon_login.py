"""Login with Amazon, which the advertising and the selling side share: tokens, storage hosts and their refusals."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, Handler, said
from sandbox.oauth import ClientApp, Flow, refused

HOST: Final = "api.amazon.com"
_NO_GRANT: Final = (
    "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission."
)


def claims(app: ClientApp) -> Callable[[Call], bool]:
    """Whether a request at the login is for this app."""
    return lambda call: call.host != HOST or call.fields.get("client_id") == app.client_id


def revoked() -> Answer:
    return refused("invalid_grant", _NO_GRANT)


def token(flow: Flow) -> Handler:
    """POST /auth/o2/token. A refresh brings the same refresh token again, since it never runs out."""

    def answer(call: Call) -> Answer:
        asked = call.fields
        if not flow.client_is_ours(call):
            return refused("invalid_client", "Client authentication failed", status=HTTPStatus.UNAUTHORIZED)
        match asked.get("grant_type"):
            case "authorization_code":
                facts = flow.redeem(call, asked.get("code", ""), redirect=asked.get("redirect_uri"))
            case "refresh_token":
                facts = flow.refreshed(call, asked.get("refresh_token", ""), rotates=False)
            case _:
                return refused("unsupported_grant_type", "The authorization grant type is not supported")
        if not facts:
            return revoked()
        return said(
            {
                "access_token": flow.access(call, facts),
                "refresh_token": flow.refresh(call, facts, generation=facts.generation),
                "token_type": "bearer",
                "expires_in": flow.lasts,
            }
        )

    return answer


def stored(call: Call, body: bytes, *, signed: bool) -> Answer:
    """A file of Amazon's storage: its address is its own key, and another one beside it is refused."""
    if call.headers.get("authorization") or call.headers.get("x-amz-access-token"):
        return _storage("InvalidArgument", "Only one auth mechanism allowed.", HTTPStatus.BAD_REQUEST)
    if not signed:
        return _storage("AccessDenied", "Access Denied", HTTPStatus.FORBIDDEN)
    return Answer(body=body, kind="application/octet-stream")


def _storage(code: str, message: str, status: int) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status=status, body=body.encode(), kind="application/xml")
