"""The pretend Stripe: Connect's authorization, and the lists of the payments ledger."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.stripe.access import (
    APP,
    FLOW,
    complaint,
    deauthorize,
    denied,
    expired,
    granted,
    invalid,
    key_of,
    token,
)
from sandbox.vendors.stripe.lists import KINDS, echoed, endless, listed, one
from sandbox.vendors.stripe.records import ACCOUNT

_API: Final = "api.stripe.com"
_CONNECT: Final = "connect.stripe.com"


def _account(call: Call) -> Answer:
    return granted(call, "rak_account_read") or said(
        {
            "id": ACCOUNT,
            "object": "account",
            "business_profile": {"mcc": "5977", "name": "Juniper & Rye", "url": "https://juniperandrye.example"},
            "business_type": "company",
            "capabilities": {"card_payments": "active", "transfers": "active"},
            "charges_enabled": True,
            "controller": {"type": "account"},
            "country": "US",
            "created": 1_677_700_000,
            "default_currency": "usd",
            "details_submitted": True,
            "email": "owner@juniperandrye.example",
            "metadata": {},
            "payouts_enabled": True,
            "settings": {"dashboard": {"display_name": "Juniper & Rye", "timezone": "America/New_York"}},
            "type": "standard",
        },
        headers=echoed(call),
    )


def _balance(call: Call) -> Answer:
    refusal = granted(call, "rak_balance_transaction_read")
    if refusal:
        return refusal
    settled = call.world.settlement[1]
    due = [row for row in call.world.balance if row.id not in settled]
    ready = sum(row.net for row in due if row.available <= call.world.now)
    waiting = sum(row.net for row in due) - ready
    sides = {"available": ready, "pending": waiting}
    amounts = {
        side: [{"amount": cents, "currency": "usd", "source_types": {"card": cents}}] for side, cents in sides.items()
    }
    return said({"object": "balance", "livemode": True, **amounts}, headers=echoed(call))


def _unknown(call: Call) -> Answer:
    """Writes are refused as for a grant that only reads; what is not served does not exist."""
    if call.method == "GET":
        message = f"Unrecognized request URL (GET: {call.path}). Please see https://stripe.com/docs"
        return granted(call, "rak_account_read") or complaint(message, status=HTTPStatus.NOT_FOUND)
    kind = call.path.split("/")[2].removesuffix("s") if call.path.startswith("/v1/") else "charge"
    return denied(key_of(call), f"rak_{kind}_write")


VENDOR: Final = Vendor(
    key="stripe",
    hosts=(_API, _CONNECT),
    routes=(
        Route(method="GET", host=_CONNECT, path="/oauth/authorize", handle=FLOW.authorize),
        Route(method="POST", host=_CONNECT, path="/oauth/token", handle=token),
        Route(method="POST", host=_CONNECT, path="/oauth/deauthorize", handle=deauthorize),
        Route(method="GET", host=_API, path="/v1/account", handle=_account),
        Route(method="GET", host=_API, path="/v1/balance", handle=_balance),
        Route(method="GET", host=_API, path=rf"/v1/(?P<kind>{'|'.join(KINDS)})", handle=listed),
        Route(method="GET", host=_API, path=rf"/v1/(?P<kind>{'|'.join(KINDS)})/(?P<id>\w+)", handle=one),
    ),
    app=APP,
    troubles=Troubles(
        throttled=complaint("Request rate limit exceeded.", status=HTTPStatus.TOO_MANY_REQUESTS, code="rate_limit"),
        broken=complaint("An error occurred with our connection.", status=500, kind="api_error"),
        error_in_200=complaint("Something went wrong on our end.", status=200, kind="api_error"),
        expired=expired("sk_live_0000000000000000"),
        revoked=invalid("sk_live_0000000000000000"),
    ),
    vital=("amount", "created"),
    endless=endless,
    unknown=_unknown,
)
