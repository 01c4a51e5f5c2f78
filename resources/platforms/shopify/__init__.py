"""Shopify: what is asked of a shop, and nothing else."""

from resources.operations import Graphql, Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.shopify import grant, pages, stock, streams
from resources.reading import Format

_HOST = r"[a-z0-9][a-z0-9-]*\.myshopify\.com"
_FILES = r"storage\.googleapis\.com"
_READS = Graphql(
    roots=frozenset(
        {"orders", "order", "refund", "customers", "products", "inventoryItems", "locations", "shop"}
        | {"currentAppInstallation", "bulkOperation"}
    ),
    mutations=frozenset({"bulkOperationRunQuery"}),
)
_TOKEN_KEYS = {"client_id", "client_secret", "code", "grant_type", "refresh_token", "expiring"}

PLATFORM = Platform(
    key="shopify",
    title="Shopify",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url="https://{account}/admin/oauth/authorize",
        exchange=grant.exchange,
        refresh=grant.refresh,
        scope_separator=",",
        sealed_by=grant.sealed_by,
    ),
    scopes=Scopes(
        required=("read_orders", "read_customers", "read_products", "read_inventory", "read_fulfillments"),
        optional={
            "read_all_orders": "orders older than 60 days; Shopify must approve it for the app",
            "read_locations": "the names of the places that hold stock",
        },
        refused=(r"(unauthenticated_)?write_.*",),
    ),
    best_grade=Grade.PROVED,
    hosts=(_HOST, _FILES),
    operations=(
        Operation(
            name="graphql",
            method="POST",
            host=_HOST,
            path=rf"/admin/api/{pages.VERSION}/graphql\.json",
            body=_READS,
        ),
        Operation(
            name="bulk_file",
            method="GET",
            host=_FILES,
            path=r"/.+",
            purpose=Purpose.DOWNLOAD,
            issued_by="graphql",
        ),
        Operation(
            name="token",
            method="POST",
            host=_HOST,
            path=r"/admin/oauth/access_token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=frozenset(_TOKEN_KEYS)),
        ),
    ),
    feeds=(
        Feed(
            name="orders",
            format=Format.JSONL,
            read=pages.read_orders,
            streams=(
                streams.ORDERS,
                streams.ORDER_LINES,
                streams.ORDER_DISCOUNTS,
                streams.TRANSACTIONS,
                streams.FULFILMENTS,
                streams.REFUNDS,
            ),
        ),
        Feed(name="refund_lines", format=Format.JSON, read=pages.read_refund_lines, streams=(streams.REFUND_LINES,)),
        Feed(name="customers", format=Format.JSONL, read=pages.read_customers, streams=(streams.CUSTOMERS,)),
        Feed(name="products", format=Format.JSONL, read=pages.read_products, streams=(stock.PRODUCTS, stock.VARIANTS)),
        Feed(
            name="inventory",
            format=Format.JSONL,
            read=pages.read_inventory,
            streams=(stock.INVENTORY_ITEMS, stock.INVENTORY_LEVELS),
        ),
        Feed(name="locations", format=Format.JSON, read=pages.read_locations, streams=(stock.LOCATIONS,)),
    ),
    headers=lambda token: {"X-Shopify-Access-Token": token.reveal()},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="Without read_all_orders Shopify shows the last 60 days of orders only.",
)
