"""Who may read at the pretend Recharge, and how it refuses."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.oauth import ApiKeys

_READ: Final = ("read_customers", "read_subscriptions", "read_orders", "read_products", "store_info")
KEYS: Final = ApiKeys(
    platform="recharge",
    prefix="sk_1x1_",
    length=64,
    grants={
        "read_only": _READ,
        "narrow": tuple(scope for scope in _READ if scope != "read_products"),
        "writing": (*_READ, "write_subscriptions"),
        "wide": (*_READ, "read_payment_methods"),
    },
)
VERSIONS: Final = frozenset({"2021-01", "2021-11"})


def complaint(status: HTTPStatus, message: str) -> Answer:
    """An error as the API writes it."""
    return said({"errors": message}, status=status)


def unauthenticated() -> Answer:
    return said({"error": "bad authentication"}, status=HTTPStatus.UNAUTHORIZED)


def scopes(call: Call) -> tuple[str, ...] | Answer:
    """What the token may do, or the refusal."""
    found = KEYS.holder(call, call.headers.get("x-recharge-access-token", ""))
    if found is None:
        return unauthenticated()
    if call.headers.get("x-recharge-version", "2021-11") not in VERSIONS:
        return complaint(HTTPStatus.UPGRADE_REQUIRED, "Invalid API version.")
    return found


def refusal(call: Call, scope: str) -> Answer | None:
    """None if the token has the scope; "" asks for none in particular."""
    found = scopes(call)
    if isinstance(found, Answer):
        return found
    if scope and scope not in found:
        return complaint(HTTPStatus.FORBIDDEN, f"API token does not have the required scope: {scope}.")
    return None
