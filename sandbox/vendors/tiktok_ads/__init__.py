"""The pretend TikTok: the consent page, and the Business API's lists and report."""

from typing import Final

from sandbox.calls import Answer, Call
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.tiktok_ads import access, lists, reports

_API: Final = r"/open_api/v1\.3"
_EDGE: Final = "(?P<edge>campaign|adgroup|ad)/get/"


def _unknown(call: Call) -> Answer:
    """Writes are refused as for a grant that only reads."""
    if call.method != "GET":
        return access.complaint(40001, "No permission to operate this interface.")
    return access.complaint(40009, f"The path {call.path} does not exist.")


VENDOR: Final = Vendor(
    key="tiktok_ads",
    hosts=("business-api.tiktok.com",),
    routes=(
        Route(method="GET", path="/portal/auth", handle=access.FLOW.authorize),
        Route(method="POST", path=rf"{_API}/oauth2/access_token/", handle=access.token),
        Route(method="POST", path=rf"{_API}/oauth2/revoke_token/", handle=access.give_back),
        Route(method="GET", path=rf"{_API}/oauth2/advertiser/get/", handle=access.advertisers),
        Route(method="GET", path=rf"{_API}/advertiser/info/", handle=lists.advertiser),
        Route(method="GET", path=rf"{_API}/{_EDGE}", handle=lists.edge),
        Route(method="GET", path=rf"{_API}/smart_plus/{_EDGE}", handle=lists.smart),
        Route(method="GET", path=rf"{_API}/report/integrated/get/", handle=reports.report),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint(40100, "Requests made too frequently."),
        broken=access.complaint(50000, "System error."),
        error_in_200=access.complaint(40002, "Missing required field(s): advertiser_id."),
        expired=access.complaint(40102, "Access token is expired."),
        revoked=access.revoked(),
    ),
    vital=("metrics", "campaign_name", "adgroup_name", "ad_name", "name"),
    endless=lists.endless,
    unknown=_unknown,
)
