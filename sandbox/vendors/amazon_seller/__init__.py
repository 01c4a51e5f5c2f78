"""The pretend Selling Partner API: consent, orders, stock, reports and movements of the North American region."""

from http import HTTPStatus
from typing import Final

from sandbox.calls import Answer, Call
from sandbox.vendor import Route, Troubles, Vendor
from sandbox.vendors import amazon_login
from sandbox.vendors.amazon_seller import access, lists, reports

_REGIONS: Final = (access.HERE, "sellingpartnerapi-eu.amazon.com", "sellingpartnerapi-fe.amazon.com")
_CONSENT: Final = "sellercentral.amazon.com"
_ORDERS: Final = "/orders/2026-01-01/orders"
_REPORTS: Final = "/reports/2021-06-30"


def _unknown(call: Call) -> Answer:
    """No role of ours covers what is not served; a dead token is refused first."""
    if call.method == "GET":
        missing = access.complaint("The requested resource is not found.", "NotFound", status=HTTPStatus.NOT_FOUND)
        return access.refusal(call) or missing
    return access.refusal(call) or access.denied()


VENDOR: Final = Vendor(
    key="amazon_seller",
    hosts=(*_REGIONS, _CONSENT, amazon_login.HOST, reports.FILES),
    routes=(
        Route(method="GET", host=_CONSENT, path="/apps/authorize/consent", handle=access.FLOW.authorize),
        Route(method="POST", host=amazon_login.HOST, path="/auth/o2/token", handle=amazon_login.token(access.LOGIN)),
        Route(method="GET", path="/sellers/v1/marketplaceParticipations", handle=lists.marketplaces),
        Route(method="GET", path=_ORDERS, handle=lists.orders),
        Route(method="GET", path=rf"{_ORDERS}/(?P<id>[\d-]+)", handle=lists.order),
        Route(method="GET", path="/fba/inventory/v1/summaries", handle=lists.stock),
        Route(method="GET", path="/finances/2024-06-19/transactions", handle=lists.transactions),
        Route(method="POST", path=f"{_REPORTS}/reports", handle=reports.start),
        Route(method="GET", path=rf"{_REPORTS}/reports/(?P<id>\w+)", handle=reports.poll),
        Route(method="GET", path=rf"{_REPORTS}/documents/(?P<id>[\w.-]+)", handle=reports.document),
        Route(method="GET", host=reports.FILES, path=r"/(?P<id>\d+)", handle=reports.fetch),
    ),
    app=access.APP,
    troubles=Troubles(
        throttled=access.complaint(
            "You exceeded your quota for the requested resource.", "QuotaExceeded", status=HTTPStatus.TOO_MANY_REQUESTS
        ),
        broken=access.complaint(
            "We encountered an internal error. Please try again.",
            "InternalFailure",
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
        ),
        error_in_200=access.complaint(
            "We encountered an internal error. Please try again.", "InternalFailure", status=HTTPStatus.OK
        ),
        expired=access.expired(),
        revoked=access.dead(),
    ),
    vital=("createdTime", "totalQuantity", "transactionId", "salesByDate", "salesByAsin"),
    endless=lists.endless,
    claims=amazon_login.claims(access.APP),
    unknown=_unknown,
)
