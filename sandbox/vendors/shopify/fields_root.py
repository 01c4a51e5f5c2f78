"""How the root fields of queries and mutations are answered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sandbox.vendors.shopify import bulk
from sandbox.vendors.shopify.roots import ROOTS, rows
from sandbox.vendors.shopify.views import Context, ParcelView, RefundView

Given = Mapping[str, Any]
_MOST_COUNTED: Final = 10_000


def _listed(name: str) -> Callable[[Context, Given], Sequence[Any]]:
    return lambda context, given: rows(
        context, name, given.get("query"), given.get("sortKey") or "", reverse=bool(given.get("reverse"))
    )


def _one(name: str, gid: Callable[[Any], str]) -> Callable[[Context, Given], Any]:
    def find(context: Context, given: Given) -> object:
        def index() -> dict[str, Any]:
            return {gid(row): row for row in ROOTS[name].rows(context)}

        return context.state.shelf(("shopify", "one", name, context.scopes), index).get(given["id"])

    return find


def _count(name: str) -> Callable[[Context, Given], dict[str, Any]]:
    def count(context: Context, given: Given) -> dict[str, Any]:
        total, most = len(rows(context, name, given.get("query"))), given.get("limit") or _MOST_COUNTED
        return {"count": min(total, most), "precision": "EXACT" if total <= most else "AT_LEAST"}

    return count


_ONES: Final[dict[str, Callable[[Context, Given], Any]]] = {
    "order": _one("orders", lambda row: f"gid://shopify/Order/{row.id}"),
    "customer": _one("customers", lambda row: f"gid://shopify/Customer/{row.id}"),
    "product": _one("products", lambda row: f"gid://shopify/Product/{row.id}"),
    "productVariant": _one("productVariants", lambda row: f"gid://shopify/ProductVariant/{row.id}"),
    "inventoryItem": _one("inventoryItems", lambda row: f"gid://shopify/InventoryItem/{row.variant.inventory_item_id}"),
    "location": _one("locations", lambda row: f"gid://shopify/Location/{row.id}"),
    "bulkOperation": bulk.find,
}


def _refund(context: Context, given: Given) -> RefundView | None:
    views = (RefundView(order, refund) for order in rows(context, "orders", "") for refund in order.refunds)
    return next((view for view in views if f"gid://shopify/Refund/{view.refund.id}" == given["id"]), None)


def _fulfillment(context: Context, given: Given) -> ParcelView | None:
    for order in rows(context, "orders", ""):
        if order.fulfilment and f"gid://shopify/Fulfillment/{order.fulfilment.id}" == given["id"]:
            return ParcelView(order)
    return None


def _node(context: Context, given: Given) -> object:
    kind = given["id"].removeprefix("gid://shopify/").partition("/")[0]
    name = kind[:1].lower() + kind[1:]
    return _ONES[name](context, given) if name in _ONES else None


ROOT_FIELDS: Final[dict[str, Callable[[Context, Given], Any]]] = {
    **{name: _listed(name) for name in ROOTS},
    **_ONES,
    "ordersCount": _count("orders"),
    "customersCount": _count("customers"),
    "productsCount": _count("products"),
    "refund": _refund,
    "fulfillment": _fulfillment,
    "node": _node,
    "shop": lambda context, _: context.shop,
    "currentAppInstallation": lambda context, _: context,
    "publicApiVersions": lambda _context, _: ["2026-10", "2026-07", "2026-04", "2026-01"],
    "bulkOperations": bulk.listed,
    "currentBulkOperation": bulk.current,
    "bulkOperationRunQuery": bulk.run,
    "bulkOperationCancel": bulk.cancel,
}
