"""The lists that queries start from: which rows, by which fields they are searched and sorted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.vendors.shopify.fields_order import ORDER
from sandbox.vendors.shopify.fields_people import changed
from sandbox.vendors.shopify.filters import Filter, Read, mentioned
from sandbox.vendors.shopify.views import Context, Item, Payment, payments
from sandbox.world.catalog import PLACES
from sandbox.world.entities import Order
from sandbox.world.goods import Product

_DAY: Final = 86_400
_RECENT: Final = 60 * _DAY


@dataclass(frozen=True, kw_only=True)
class Root:
    """One list. `scope` is what it takes to read it; `status` is what it shows where the query does not say."""

    rows: Callable[[Context], Sequence[Any]]
    search: Callable[[Context], Mapping[str, Read]]
    sorts: Mapping[str, Callable[[Any, Context], Any]] = field(default_factory=dict)
    scope: str
    default_status: str = ""


def _orders(context: Context) -> Sequence[Order]:
    if "read_all_orders" in context.scopes:
        return context.world.orders
    oldest = context.world.now - _RECENT
    return [order for order in context.world.orders if order.created >= oldest]


def _order_status(order: Order) -> str:
    return "cancelled" if order.cancelled else ("closed" if order.closed else "open")


def _order_search(context: Context) -> Mapping[str, Read]:
    return {
        "id": lambda o: str(o.id),
        "name": lambda o: f"#{o.number}",
        "email": lambda o: o.email,
        "created_at": lambda o: o.created,
        "processed_at": lambda o: o.created,
        "updated_at": lambda o: o.updated,
        "status": _order_status,
        "test": lambda o: str(o.test),
        "customer_id": lambda o: str(o.person.id) if o.person else "",
        "financial_status": lambda o: ORDER["displayFinancialStatus"](o, context),
        "fulfillment_status": lambda o: ORDER["displayFulfillmentStatus"](o, context),
        "source_name": lambda o: o.source,
        "discount_code": lambda o: o.discount_code,
    }


def _customer_search(context: Context) -> Mapping[str, Read]:
    # customers are matched by whole days, whatever the time asked for
    return {
        "id": lambda p: str(p.id),
        "email": lambda p: p.email,
        "phone": lambda p: p.phone or "",
        "created_at": lambda p: p.joined,
        "updated_at": lambda p: (changed(p, context.world.orders_of(p.id)) // _DAY + 1) * _DAY - 1,
        "orders_count": lambda p: str(len(context.world.orders_of(p.id))),
    }


def _products(context: Context) -> Sequence[Product]:
    return list(dict.fromkeys(variant.product for variant in context.world.variants))


def _tenders(context: Context) -> Sequence[Payment]:
    return [step for order in _orders(context) for step in payments(order) if step.status == "SUCCESS"]


ROOTS: Final[dict[str, Root]] = {
    "orders": Root(
        rows=_orders,
        search=_order_search,
        sorts={
            "PROCESSED_AT": lambda o, _: (o.created, o.id),
            "CREATED_AT": lambda o, _: (o.created, o.id),
            "UPDATED_AT": lambda o, _: (o.updated, o.id),
            "ID": lambda o, _: o.id,
            "ORDER_NUMBER": lambda o, _: o.number,
            "TOTAL_PRICE": lambda o, _: (o.total, o.id),
        },
        scope="read_orders",
    ),
    "customers": Root(
        rows=lambda context: context.world.people,
        search=_customer_search,
        sorts={
            "ID": lambda p, _: p.id,
            "CREATED_AT": lambda p, _: (p.joined, p.id),
            "UPDATED_AT": lambda p, c: (changed(p, c.world.orders_of(p.id)), p.id),
        },
        scope="read_customers",
    ),
    "products": Root(
        rows=_products,
        search=lambda _context: {
            "id": lambda p: str(p.id),
            "status": lambda p: p.status,
            "title": lambda p: p.title,
            "created_at": lambda p: p.created,
            "updated_at": lambda p: p.created + 30 * _DAY,
            "product_type": lambda p: p.kind,
        },
        sorts={
            "ID": lambda p, _: p.id,
            "CREATED_AT": lambda p, _: (p.created, p.id),
            "UPDATED_AT": lambda p, _: (p.created, p.id),
            "TITLE": lambda p, _: p.title,
        },
        scope="read_products",
        default_status="active",
    ),
    "productVariants": Root(
        rows=lambda context: context.world.variants,
        search=lambda _context: {
            "id": lambda v: str(v.id),
            "sku": lambda v: v.sku,
            "product_id": lambda v: str(v.product.id),
            "updated_at": lambda v: v.product.created + 30 * _DAY,
        },
        scope="read_products",
    ),
    "inventoryItems": Root(
        rows=lambda context: [Item(variant) for variant in context.world.variants],
        search=lambda context: {
            "id": lambda item: str(item.variant.inventory_item_id),
            "sku": lambda item: item.variant.sku,
            "updated_at": lambda _item: context.world.now,
        },
        scope="read_inventory",
    ),
    "locations": Root(
        rows=lambda _context: PLACES,
        search=lambda _context: {"id": lambda place: str(place.id), "name": lambda place: place.name},
        scope="read_inventory",
    ),
    "tenderTransactions": Root(
        rows=_tenders, search=lambda _context: {"processed_at": lambda step: step.created}, scope="read_orders"
    ),
}


def rows(context: Context, name: str, query: str | None, sort: str = "", *, reverse: bool = False) -> Sequence[Any]:
    """The rows of a list that match, sorted; kept until the world moves."""
    root = ROOTS[name]
    text = query or ""
    if root.default_status and "status" not in mentioned(text):
        text = f"status:{root.default_status} {text}"

    def select() -> Sequence[Any]:
        test = Filter(text, root.search(context)).test()
        found = [row for row in root.rows(context) if test(row)]
        by = root.sorts.get(sort)
        if by:
            found.sort(key=lambda row: by(row, context))
        return found[::-1] if reverse else found

    return context.state.shelf(("shopify", context.scopes, name, text, sort, reverse), select)
