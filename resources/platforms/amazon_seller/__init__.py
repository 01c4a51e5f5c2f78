"""Amazon Seller: what is asked of a seller's marketplace, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.amazon_seller import grant, pages, streams
from resources.reading import Format

_HOST = r"sellingpartnerapi-(na|eu|fe)\.amazon\.com"
_LOGIN = r"api\.amazon\.com"
_FILES = (r"([a-z0-9-]+\.)+amazonaws\.com", r"([a-z0-9-]+\.)+cloudfront\.net")
_ORDERS = {"createdAfter", "lastUpdatedAfter", "marketplaceIds", "maxResultsPerPage", "paginationToken", "includedData"}
_STOCK = {"details", "granularityType", "granularityId", "marketplaceIds", "nextToken"}


def _get(name: str, path: str, query: set[str], *, issued_by: str = "") -> Operation:
    return Operation(
        name=name,
        method="GET",
        host=_HOST,
        path=path,
        query=frozenset(query),
        issued_by=issued_by,
        # the parts of an order with a person in them are never let out, whatever asks for them
        query_values={"includedData": "(PROCEEDS|FULFILLMENT)(,(PROCEEDS|FULFILLMENT))*"},
    )


PLATFORM = Platform(
    key="amazon_seller",
    title="Amazon Seller",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://sellercentral.amazon.com/apps/authorize/consent",
        exchange=grant.exchange,
        refresh=grant.refresh,
        client_id_parameter="application_id",
        code_parameter="spapi_oauth_code",
        # what an app may do is fixed where it is registered, so a consent names no scopes
        extra={"scope": ""},
    ),
    scopes=Scopes(
        required=("Inventory and Order Tracking", "Amazon Fulfillment", "Brand Analytics"),
        optional={grant.FINANCE: "refunds and fees; the app must hold the role Finance and Accounting"},
        refused=(r".*\(Restricted\)",),
    ),
    best_grade=Grade.ATTESTED,
    hosts=(_HOST, _LOGIN, *_FILES),
    operations=(
        _get("marketplaces", "/sellers/v1/marketplaceParticipations", set()),
        _get("orders", f"/orders/{pages.ORDERS}/orders", _ORDERS),
        _get("stock", "/fba/inventory/v1/summaries", _STOCK),
        _get(
            "transactions",
            f"/finances/{pages.FINANCES}/transactions",
            {"postedAfter", "postedBefore", "marketplaceId", "nextToken"},
        ),
        Operation(
            name="start_report",
            method="POST",
            host=_HOST,
            path=f"/reports/{pages.REPORTS}/reports",
            query=frozenset(),
            body=Keys(
                allowed=frozenset({"reportType", "marketplaceIds", "dataStartTime", "dataEndTime", "reportOptions"}),
                values={"reportType": pages.SALES_AND_TRAFFIC},
            ),
        ),
        _get("poll_report", rf"/reports/{pages.REPORTS}/reports/(?P<issued>[\w.-]+)", set(), issued_by="start_report"),
        _get(
            "document", rf"/reports/{pages.REPORTS}/documents/(?P<issued>[\w.:~=+-]+)", set(), issued_by="poll_report"
        ),
        *(
            Operation(
                name="report_file", method="GET", host=host, path=r"/.+", purpose=Purpose.DOWNLOAD, issued_by="document"
            )
            for host in _FILES
        ),
        Operation(
            name="token",
            method="POST",
            host=_LOGIN,
            path="/auth/o2/token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=grant.TOKEN_KEYS, values={"grant_type": "authorization_code|refresh_token"}, form=True),
        ),
    ),
    feeds=(
        Feed(name="marketplaces", format=Format.JSON, read=pages.read_marketplace, streams=(streams.MARKETPLACES,)),
        Feed(
            name="orders",
            format=Format.JSON,
            read=pages.read_orders,
            streams=(streams.ORDERS, streams.ORDER_ITEMS),
        ),
        Feed(name="inventory", format=Format.JSON, read=pages.read_stock, streams=(streams.INVENTORY,)),
        Feed(
            name="sales_traffic_daily",
            format=Format.JSON,
            read=pages.read_traffic,
            streams=(streams.SALES_TRAFFIC_DAILY,),
        ),
        Feed(
            name="sales_traffic_by_asin",
            format=Format.JSON,
            read=pages.read_traffic_by_asin,
            streams=(streams.SALES_TRAFFIC_BY_ASIN,),
        ),
        Feed(name="transactions", format=Format.JSON, read=pages.read_transactions, streams=(streams.TRANSACTIONS,)),
    ),
    headers=lambda token: {"x-amz-access-token": token.reveal()},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits=(
        "Amazon serves two years of orders, 100 every three minutes after the first 2,000, so a long history takes "
        "hours. Its sales and traffic by product come one day at a time: the first sync reads 30 days of it, later "
        "ones what has been missed. The last 35 days of sales and traffic are read again at each sync, 7 by product. "
        "No buyer's data is asked for. Amazon's rules let nothing of it be kept for more than 18 months. Amazon has "
        "no way to give a grant back: remove the app in Seller Central under Manage Your Apps."
    ),
)
