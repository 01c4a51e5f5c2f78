"""The executable schema: the types of schema.graphql with the functions that read their fields."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from sandbox.vendors.shopify import fields_order as order
from sandbox.vendors.shopify.fields_after import AFTER, VISITS
from sandbox.vendors.shopify.fields_catalog import CATALOG, quantities
from sandbox.vendors.shopify.fields_order import Field
from sandbox.vendors.shopify.fields_people import PEOPLE
from sandbox.vendors.shopify.fields_shop import SHOP_FIELDS
from sandbox.vendors.shopify.paging import page
from sandbox.vendors.shopify.views import Context, Money

FIELDS: Final[dict[str, Mapping[str, Field]]] = {
    "Order": order.ORDER,
    "LineItem": order.LINE,
    "Refund": order.REFUND,
    "RefundLineItem": order.REFUND_LINE,
    "RefundShippingLine": order.REFUND_SHIPPING,
    "OrderAdjustment": order.ADJUSTMENT,
    **order.MONEY,
    **AFTER,
    **VISITS,
    **PEOPLE,
    **CATALOG,
    **SHOP_FIELDS,
}
_TYPE_SCOPES: Final = {
    "Order": "read_orders",
    "LineItem": "read_orders",
    "Refund": "read_orders",
    "OrderTransaction": "read_orders",
    "Fulfillment": "read_orders",
    "TenderTransaction": "read_orders",
    "CustomerJourneySummary": "read_orders",
    "Customer": "read_customers",
    "Product": "read_products",
    "ProductVariant": "read_products",
    "InventoryItem": "read_inventory",
    "InventoryLevel": "read_inventory",
    "Location": "read_inventory",
}
_CLASSES: Final = {
    "Order": "Order",
    "Person": "Customer",
    "Product": "Product",
    "Variant": "ProductVariant",
    "Item": "InventoryItem",
    "Place": "Location",
    "Job": "BulkOperation",
    "RefundView": "Refund",
    "ParcelView": "Fulfillment",
    "Money": "MoneyV2",
}


def denied(parent: str, field: str, returned: str, scopes: frozenset[str]) -> GraphQLError | None:
    """The refusal where the field, or what it leads to, needs a scope that was not granted."""
    needs = _TYPE_SCOPES.get(returned.removesuffix("Connection"), "")
    if parent == "Location" and field not in ("id", "legacyResourceId"):
        needs = "read_locations"
    if not needs or needs in scopes:
        return None
    message = f"Access denied for {field} field. Required access: `{needs}` access scope."
    return GraphQLError(
        message,
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"`{needs}` access scope.",
        },
    )


def kind_of(source: object, abstract: str) -> str:
    """The object type of a value where the schema names an interface or a union."""
    if abstract == "DiscountApplication":
        return "DiscountCodeApplication"
    if abstract == "PricingValue" and not isinstance(source, Money):
        return "PricingPercentageValue"
    return _CLASSES[type(source).__name__]


def _resolver(parent: str, name: str, returned: str, read: Field) -> Callable[..., Any]:
    paged = returned.endswith("Connection")

    def resolve(source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:  # noqa: ANN401 -- values of any type
        context: Context = info.context
        refusal = denied(parent, name, returned, context.scopes)
        if refusal:
            raise refusal
        if name == "quantities":
            return quantities(source, context, given["names"])
        value = read(source, context)
        if paged:
            return page(value, given)
        return value[: given["first"]] if given.get("first") and isinstance(value, Sequence) else value

    return resolve


@cache
def schema() -> GraphQLSchema:
    """Built once, when the first query comes."""
    made = build_schema((files(__package__) / "schema.graphql").read_text())
    for name, kind in made.type_map.items():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = lambda source, _info, abstract: kind_of(source, abstract.name)
        if isinstance(kind, GraphQLObjectType) and name in FIELDS:
            for field_name, field in kind.fields.items():
                if field_name in FIELDS[name] or field_name == "quantities":
                    read = FIELDS[name].get(field_name, _nothing)
                    field.resolve = _resolver(name, field_name, get_named_type(field.type).name, read)
    return made


def _nothing(_source: Any, _context: Context) -> None:  # noqa: ANN401 -- never read: its resolver takes arguments
    return None
