"""The pretend Klaviyo: lists of what is sent and to whom, and reports on what came of it."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call
from sandbox.oauth import ClientApp
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.klaviyo import access, lists, reports

_API: Final = "a.klaviyo.com"


def _unknown(call: Call) -> Answer:
    """Client endpoints need no key at all: they take what anybody sends."""
    if call.path.startswith("/client/"):
        return Answer(status=HTTPStatus.ACCEPTED)
    refusal = access.refusal(call, "")
    if refusal or call.method == "GET":
        return refusal or access.complaint(HTTPStatus.NOT_FOUND, "not_found", "Not found.")
    return access.denied()


VENDOR: Final = Vendor(
    key="klaviyo",
    hosts=(_API,),
    routes=(
        Route(method="GET", path="/api/accounts/?", handle=lists.accounts),
        Route(method="GET", path=rf"/api/(?P<kind>{'|'.join(lists.KINDS)})/?", handle=lists.listed),
        Route(method="POST", path="/api/campaign-values-reports/?", handle=reports.campaign_values),
        Route(method="POST", path="/api/flow-values-reports/?", handle=reports.flow_values),
        Route(method="POST", path="/api/flow-series-reports/?", handle=reports.flow_series),
        Route(method="POST", path="/api/metric-aggregates/?", handle=reports.aggregates),
    ),
    app=ClientApp(keys=access.KEYS),
    troubles=Troubles(
        throttled=access.complaint(HTTPStatus.TOO_MANY_REQUESTS, "throttled", "Request was throttled."),
        broken=access.complaint(HTTPStatus.INTERNAL_SERVER_ERROR, "error", "A server error occurred."),
        error_in_200=access.complaint(HTTPStatus.OK, "error", "A server error occurred."),
        expired=access.unauthenticated(),
        revoked=access.unauthenticated(),
    ),
    vital=("id", "statistics", "measurements"),
    endless=lists.endless,
    unknown=_unknown,
)
