"""The pretend Amazon Ads: consent, profiles, exports and reports of the North American region."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call, said
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors import amazon_login
from sandbox.vendors.amazon_ads import access, jobs, records

_HERE: Final = "advertising-api.amazon.com"
_REGIONS: Final = (_HERE, "advertising-api-eu.amazon.com", "advertising-api-fe.amazon.com")
_CONSENT: Final = "www.amazon.com"


def _profiles(call: Call) -> Answer:
    """GET /v2/profiles: those of this region; with accessLevel=edit those that may be changed."""
    facts = access.holder(call)
    if isinstance(facts, Answer):
        return facts
    edits = call.arguments.get("accessLevel", "view") == "edit"
    shown = call.host == _HERE and (not edits or access.EDITOR in facts.scopes)
    return said([records.profile(call.world.ads["amazon_ads"])] if shown else [])


def _unknown(call: Call) -> Answer:
    refusal = access.scoped(call)
    if refusal:
        return refusal
    if call.method == "GET":
        return access.complaint("Could not find resource for full path", status=HTTPStatus.NOT_FOUND, code="404")
    return access.complaint("The user is not permitted to do this", status=HTTPStatus.FORBIDDEN, code="FORBIDDEN")


VENDOR: Final = Vendor(
    key="amazon_ads",
    hosts=(*_REGIONS, _CONSENT, amazon_login.HOST, jobs.EXPORT_FILES, jobs.REPORT_FILES),
    routes=(
        Route(method="GET", host=_CONSENT, path="/ap/oa", handle=access.FLOW.authorize),
        Route(method="POST", host=amazon_login.HOST, path="/auth/o2/token", handle=amazon_login.token(access.FLOW)),
        Route(method="GET", path="/v2/profiles", handle=_profiles),
        Route(method="POST", path="/(?P<kind>campaigns|adGroups|ads)/export", handle=jobs.export),
        Route(method="GET", path=r"/exports/(?P<id>[\w=-]+)", handle=jobs.poll),
        Route(method="POST", path="/reporting/reports", handle=jobs.report),
        Route(method="GET", path=r"/reporting/reports/(?P<id>[\w-]+)", handle=jobs.poll),
        Route(method="GET", host=jobs.EXPORT_FILES, path=r"/(?P<id>\w+)/file\.json\.gz", handle=jobs.fetch),
        Route(method="GET", host=jobs.REPORT_FILES, path=r"/(?P<id>[\w-]+)/file\.json\.gz", handle=jobs.fetch),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint("Too Many Requests", status=HTTPStatus.TOO_MANY_REQUESTS, code="429"),
        broken=access.complaint("Internal Error", status=HTTPStatus.INTERNAL_SERVER_ERROR, code="500"),
        error_in_200=access.complaint("Internal Error", status=HTTPStatus.OK, code="500"),
        expired=access.dead(),
        revoked=access.dead(),
    ),
    vital=("cost", "campaignId", "adGroupId"),
    claims=amazon_login.claims(access.APP),
    unknown=_unknown,
)
