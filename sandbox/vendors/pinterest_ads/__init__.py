"""The pretend Pinterest: its consent page, ad accounts, entities and reports."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors.pinterest_ads import access, lists, reports

_API: Final = "api.pinterest.com"
_PAGES: Final = "www.pinterest.com"
_ACCOUNT: Final = r"/v5/ad_accounts/(?P<account>\d+)"
_EDGE: Final = rf"{_ACCOUNT}/(?P<edge>campaigns|ad_groups|ads)"


def _unknown(call: Call) -> Answer:
    """Whatever is not read here needs a scope that no grant of ours has."""
    if call.method != "GET":
        refusal = access.holder(call, needs="ads:write")
        return refusal if isinstance(refusal, Answer) else access.complaint("Not in the sandbox.", 29, status=403)
    return access.complaint("API method not found.", 11, status=HTTPStatus.NOT_FOUND)


VENDOR: Final = Vendor(
    key="pinterest_ads",
    hosts=(_API, _PAGES, reports.FILES),
    routes=(
        Route(method="GET", host=_PAGES, path="/oauth/?", handle=access.FLOW.authorize),
        Route(method="POST", host=_API, path="/v5/oauth/token", handle=access.token),
        Route(method="GET", host=_API, path="/v5/ad_accounts", handle=lists.accounts),
        Route(method="GET", host=_API, path=_ACCOUNT, handle=lists.account),
        Route(method="GET", host=_API, path=_EDGE, handle=lists.edge),
        Route(method="GET", host=_API, path=rf"{_EDGE}/analytics", handle=reports.now),
        Route(method="POST", host=_API, path=rf"{_ACCOUNT}/reports", handle=reports.start),
        Route(method="GET", host=_API, path=rf"{_ACCOUNT}/reports", handle=reports.poll),
        Route(
            method="GET",
            host=reports.FILES,
            path=r"/async_reporting_v3/x-json/(?P<token>\w+)/metrics_report\.txt",
            handle=reports.fetch,
        ),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint("You have exceeded your rate limit. Try again later.", 8, status=429),
        broken=access.complaint("Something went wrong on our end. Sorry about that.", 12, status=500),
        error_in_200=access.complaint("Something went wrong on our end. Sorry about that.", 12, status=200),
        expired=access.dead(),
        revoked=access.dead(),
    ),
    vital=("SPEND_IN_MICRO_DOLLAR", "name", "id"),
    endless=lists.endless,
    unknown=_unknown,
)
