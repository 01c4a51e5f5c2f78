"""The pretend Google Analytics: Google's sign-in, the property, and reports over its visits."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors import google_login
from sandbox.vendors.google_analytics import access, reports
from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE

_DATA: Final = "analyticsdata.googleapis.com"
_ADMIN: Final = "analyticsadmin.googleapis.com"
_PROPERTY: Final = r"/v1beta/properties/(?P<property>\d+)"
_OWNER: Final = "accounts/198765432"


def _summaries(call: Call) -> Answer:
    refusal = access.refusal(call)
    if refusal:
        return refusal
    mine = {
        "property": f"properties/{access.PROPERTY}",
        "displayName": "Juniper & Rye shop",
        "propertyType": "PROPERTY_TYPE_ORDINARY",
        "parent": _OWNER,
    }
    owner = {
        "name": _OWNER.replace("accounts", "accountSummaries"),
        "account": _OWNER,
        "displayName": "Juniper & Rye",
        "propertySummaries": [mine],
    }
    return said({"accountSummaries": [owner]})


def _property(call: Call) -> Answer:
    return access.refusal(call) or said(
        {
            "name": f"properties/{access.PROPERTY}",
            "parent": _OWNER,
            "createTime": f"{call.world.dates[0].isoformat()}T05:00:00.000Z",
            "updateTime": f"{call.world.dates[0].isoformat()}T05:00:00.000Z",
            "displayName": "Juniper & Rye shop",
            "industryCategory": "BEAUTY_AND_FITNESS",
            "timeZone": SHOP_ZONE,
            "currencyCode": SHOP_CURRENCY,
            "serviceLevel": "GOOGLE_ANALYTICS_STANDARD",
            "account": _OWNER,
            "propertyType": "PROPERTY_TYPE_ORDINARY",
        }
    )


def _unknown(call: Call) -> Answer:
    """What analytics.readonly permits although a reader should never ask for it is served, as the real one does."""
    refusal = access.refusal(call)
    if refusal:
        return refusal
    if call.method == "POST" and call.path.endswith("/audienceExports"):
        return said({"name": f"{call.path.removeprefix('/v1beta/')}/1", "metadata": {}})
    if call.method == "GET" and call.path.endswith("/measurementProtocolSecrets"):
        return said({"measurementProtocolSecrets": [{"displayName": "server", "secretValue": "sandbox-mp-secret"}]})
    if call.method == "GET":
        return access.complaint(HTTPStatus.NOT_FOUND, "Requested entity was not found.")
    return access.complaint(HTTPStatus.FORBIDDEN, "Request had insufficient authentication scopes.")


VENDOR: Final = Vendor(
    key="google_analytics",
    hosts=(_DATA, _ADMIN, *google_login.HOSTS),
    routes=(
        *google_login.routes(access.FLOW),
        Route(method="POST", host=_DATA, path=f"{_PROPERTY}:runReport", handle=reports.run),
        Route(method="POST", host=_DATA, path=f"{_PROPERTY}:batchRunReports", handle=reports.batch),
        Route(method="GET", host=_DATA, path=f"{_PROPERTY}/metadata", handle=reports.metadata),
        Route(method="GET", host=_ADMIN, path="/v1beta/accountSummaries", handle=_summaries),
        Route(method="GET", host=_ADMIN, path=_PROPERTY, handle=_property),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint(
            HTTPStatus.TOO_MANY_REQUESTS, "Exhausted concurrent requests quota for this property."
        ),
        broken=access.complaint(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error encountered."),
        error_in_200=Answer(
            body=access.complaint(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error encountered.").body
        ),
        expired=access.unauthenticated(),
        revoked=access.unauthenticated(),
    ),
    vital=("metricValues", "name"),
    endless=reports.endless,
    claims=google_login.claims(access.APP, "google_analytics"),
    unknown=_unknown,
)
