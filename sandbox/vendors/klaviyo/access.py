"""Who may read at the pretend Klaviyo, and how it refuses."""

from http import HTTPStatus
from typing import Final

import orjson

from sandbox.calls import Answer, Call
from sandbox.oauth import ApiKeys

_KIND: Final = "application/vnd.api+json"
_NEEDED: Final = ("accounts", "campaigns", "flows", "lists", "metrics", "segments")
KEYS: Final = ApiKeys(
    platform="klaviyo",
    prefix="pk_",
    length=34,
    grants={
        "read_only": tuple(f"{noun}:read" for noun in (*_NEEDED, "profiles")),
        "narrow": tuple(f"{noun}:read" for noun in _NEEDED),
        "no_flows": tuple(f"{noun}:read" for noun in _NEEDED if noun != "flows"),
        "full": tuple(
            f"{noun}:{way}" for noun in (*_NEEDED, "profiles", "events", "tags") for way in ("read", "write")
        ),
    },
)


def told(value: object, *, status: int = HTTPStatus.OK, limits: str = "") -> Answer:
    """An answer of JSON:API; `limits` are the windows of the rate limit, the steady one last."""
    headers = {"ratelimit-limit": limits, "ratelimit-remaining": "9", "ratelimit-reset": "0"} if limits else {}
    return Answer(status=status, body=orjson.dumps(value), headers=headers, kind=_KIND)


def complaint(status: int, code: str, title: str, *, detail: str = "", parameter: str = "") -> Answer:
    """An error as the API writes it."""
    source = {"parameter": parameter} if parameter else {"pointer": "/data/"}
    error = {
        "id": "6c0434b9-a15f-4a49-8422-4e83471d1bd4",
        "status": int(status),
        "code": code,
        "title": title,
        "detail": detail or title,
        "source": source,
    }
    return told({"errors": [error]}, status=status)


def unauthenticated() -> Answer:
    return complaint(HTTPStatus.UNAUTHORIZED, "not_authenticated", "Authentication credentials were not provided.")


def denied() -> Answer:
    title = "You do not have permission to perform this action."
    return complaint(HTTPStatus.FORBIDDEN, "permission_denied", title)


def refusal(call: Call, scope: str) -> Answer | None:
    """None if the key has the scope; "" asks for none in particular."""
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    scopes = KEYS.holder(call, key.strip()) if scheme == "Klaviyo-API-Key" else None
    if scopes is None:
        return unauthenticated()
    if "revision" not in call.headers:
        title = "Missing revision header."
        return complaint(HTTPStatus.BAD_REQUEST, "invalid", title, detail="A revision header is required.")
    return None if scope in ("", *scopes) else denied()
