"""The pretend Google Ads: Google's sign-in, and queries over the account."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors import google_login
from sandbox.vendors.google_ads import access, search

_API: Final = "googleads.googleapis.com"
_CUSTOMER: Final = r"/v26/customers/(?P<customer>\d{10})"


def _unknown(call: Call) -> Answer:
    """Writes are refused as for a user who only reads."""
    if call.method != "GET":
        return access.denied("ACTION_NOT_PERMITTED", "The user's role does not permit this action.")
    message = "Requested entity was not found."
    return access.complaint("requestError", "RESOURCE_NAME_MISSING", message, status=HTTPStatus.NOT_FOUND)


VENDOR: Final = Vendor(
    key="google_ads",
    hosts=(_API, *google_login.HOSTS),
    routes=(
        *google_login.routes(access.FLOW),
        Route(method="GET", host=_API, path="/v26/customers:listAccessibleCustomers", handle=search.accessible),
        Route(method="POST", host=_API, path=rf"{_CUSTOMER}/googleAds:search", handle=search.search),
        Route(method="POST", host=_API, path=rf"{_CUSTOMER}/googleAds:searchStream", handle=search.stream),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.throttled(),
        broken=access.complaint("internalError", "INTERNAL_ERROR", "An internal error has occurred.", status=500),
        error_in_200=Answer(
            body=b"["
            + access.complaint("internalError", "INTERNAL_ERROR", "An internal error has occurred.", status=500).body
            + b"]"
        ),
        expired=access.unauthenticated("OAUTH_TOKEN_EXPIRED"),
        revoked=access.unauthenticated("OAUTH_TOKEN_REVOKED"),
    ),
    vital=("metrics", "customerClient", "adGroupAd", "adGroup", "campaign"),
    endless=search.endless,
    claims=google_login.claims(access.APP, "google_ads"),
    unknown=_unknown,
)
