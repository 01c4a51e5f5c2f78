"""What is kept of Recharge: the tables and their columns. Amounts are in the store's currency."""

from datetime import timedelta
from typing import Final

from resources.columns import Column, Personal, boolean, date, integer, money, text, timestamp
from resources.platform import Keep, Stream

_DAY: Final = timedelta(days=1)
_STORE: Final = text("store_id", "The store at Recharge.", "@store_id")
_CURRENCY: Final = text("currency", "The store's currency.", "@currency")
_ZONE: Final = text("time_zone", "The store's time zone, in which scheduled days are meant.", "@time_zone")
_ID: Final = integer("id", "Recharge's id.")
_CUSTOMER: Final = integer("customer_id", "The customer.", "customer_id", Personal.CUSTOMER_ID)
_ITS_CUSTOMER: Final = integer("customer_id", "The customer.", "customer.id", Personal.CUSTOMER_ID, optional=True)
_ADDRESS: Final = integer("address_id", "Where it ships to.", personal=Personal.ADDRESS)
# the customer may be left out of a record, and the address then says alone whose it is
_BY_ADDRESS: Final = (("address_id", "addresses"),)
_CREATED: Final = timestamp("created_at", "When it was made; a text without a zone is read as UTC.")
_CREATED_TEXT: Final = text("created_at_text", "The same as it came: old records are hours off.", "created_at")
_UPDATED: Final = timestamp("updated_at", "When it last changed.")

CUSTOMERS = Stream(
    name="customers",
    description="One row per subscriber, past ones included.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="updated_at"),
    lookback=_DAY,
    records="customers[]",
    columns=(
        integer("id", "Recharge's id of the customer.", personal=Personal.CUSTOMER_ID),
        _STORE,
        text("email", "The customer's e-mail address.", personal=Personal.EMAIL),
        text(
            "shop_customer_id",
            "The customer's numeric id at the shop.",
            "external_customer_id.ecommerce",
            Personal.CUSTOMER_ID,
            issuer="shopify",
            optional=True,
        ),
        integer("active_subscriptions", "Subscriptions that run.", "subscriptions_active_count"),
        integer("all_subscriptions", "Subscriptions ever made.", "subscriptions_total_count"),
        boolean("has_valid_payment_method", "Whether the next charge can be tried."),
        boolean("has_payment_method_in_dunning", "Whether a failed charge is being tried again.", optional=True),
        timestamp("first_charged_at", "When the first charge went through.", "first_charge_processed_at"),
        _CREATED,
        _CREATED_TEXT,
        _UPDATED,
    ),
)
ADDRESSES = Stream(
    name="addresses",
    description="One row per address that subscriptions ship to, without streets and names.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="updated_at"),
    lookback=_DAY,
    records="addresses[]",
    belongs_to=(("customer_id", "customers"),),
    columns=(
        _ID,
        _STORE,
        _CUSTOMER,
        text("country_code", "The country, in two letters.", personal=Personal.LOCATION),
        text("province", "The state or province.", personal=Personal.LOCATION),
        text("presentment_currency", "The currency the buyer sees.", optional=True),
        _CREATED,
        _UPDATED,
    ),
)
SUBSCRIPTIONS = Stream(
    name="subscriptions",
    description="One row per subscription as it stands now, cancelled and expired ones included.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="updated_at"),
    lookback=_DAY,
    records="subscriptions[]",
    columns=(
        _ID,
        _STORE,
        _ADDRESS,
        _CUSTOMER,
        text("status", "active, cancelled or expired."),
        text("product_title", "What is delivered."),
        text("variant_title", "Which variant of it."),
        text("sku", "The stock keeping unit."),
        text("product_id", "The product's numeric id at the shop.", "external_product_id.ecommerce"),
        text("variant_id", "The variant's numeric id at the shop.", "external_variant_id.ecommerce"),
        integer("quantity", "Units each time."),
        money("price", "Price of one unit, in the store's currency."),
        text("presentment_currency", "The currency the buyer sees.", optional=True),
        integer("order_every", "Units of time between two deliveries.", "order_interval_frequency"),
        integer("charge_every", "Units of time between two charges.", "charge_interval_frequency"),
        text("interval_unit", "Unit of both: day, week or month.", "order_interval_unit"),
        boolean("is_prepaid", "Whether several deliveries are paid at once."),
        date("next_charge_on", "The day of the next charge, in the store's zone.", "next_charge_scheduled_at"),
        timestamp("cancelled_at", "When it was cancelled."),
        text("cancellation_reason", "The reason that was picked."),
        _CREATED,
        _CREATED_TEXT,
        _UPDATED,
        _CURRENCY,
        _ZONE,
    ),
)


def _amounts(*, refunds: bool) -> tuple[Column, ...]:
    found = (
        money("subtotal", "The lines after discounts.", "subtotal_price"),
        money("discounts", "All discounts given.", "total_discounts"),
        money("tax", "Tax charged.", "total_tax"),
        money("total", "What the customer pays.", "total_price"),
    )
    refunded = money("refunded", "What was given back so far.", "total_refunds", missing=("",))
    return (*found, refunded) if refunds else found


_CHARGE: Final[tuple[Column, ...]] = (
    _ID,
    _STORE,
    _ADDRESS,
    _ITS_CUSTOMER,
    text("status", "success, error, refunded, partially_refunded, skipped; queued while it lies ahead."),
    text("type", "checkout for a first purchase, recurring for a renewal."),
    date("scheduled_on", "The day it is to be tried, in the store's zone.", "scheduled_at"),
    integer("orders_count", "Orders it pays for; more than one if prepaid.", optional=True),
    text("charge_currency", "The currency it is made in.", "currency"),
    _CREATED,
    _CREATED_TEXT,
    _UPDATED,
)

CHARGES = Stream(
    name="charges",
    description="One row per charge that was tried or skipped; those that lie ahead are in queued_charges.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="created_at"),
    lookback=_DAY,
    records="charges[]",
    belongs_to=_BY_ADDRESS,
    columns=(
        *_CHARGE,
        timestamp("processed_at", "When it went through."),
        text("shop_order_id", "The shop's numeric order id.", "external_order_id.ecommerce", optional=True),
        text("processor", "Who processed the payment.", "payment_processor", optional=True),
        text("error_type", "Why it failed.", optional=True),
        integer("attempts", "How often it was tried.", "charge_attempts", optional=True),
        *_amounts(refunds=True),
        _CURRENCY,
        _ZONE,
    ),
)
QUEUED_CHARGES = Stream(
    name="queued_charges",
    description="One row per charge that lies ahead. The platform rewrites them daily, so the table is replaced whole.",
    key=("id",),
    cursor=None,
    cursor_reason="charges that were skipped or dropped just disappear, so the whole queue is read each time",
    records="charges[]",
    replaces=(),
    belongs_to=_BY_ADDRESS,
    columns=(*_CHARGE, *_amounts(refunds=False), _CURRENCY, _ZONE),
)
ORDERS = Stream(
    name="orders",
    description="One row per delivery that Recharge handed to the shop as an order.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=30),
    records="orders[]",
    belongs_to=_BY_ADDRESS,
    columns=(
        _ID,
        _STORE,
        _ADDRESS,
        _ITS_CUSTOMER,
        integer("charge_id", "The charge that paid for it.", "charge.id"),
        text("shop_order_id", "The shop's numeric order id.", "external_order_id.ecommerce", optional=True),
        text("shop_order_number", "The order number people see.", "external_order_number.ecommerce", optional=True),
        text("status", "success, error, queued or cancelled."),
        text("type", "checkout for a first purchase, recurring for a renewal."),
        boolean("is_prepaid", "Whether it was paid in advance."),
        timestamp("processed_at", "When it was handed over."),
        date("scheduled_on", "The day it was to be made, in the store's zone.", "scheduled_at"),
        *_amounts(refunds=False),
        _CREATED,
        _CREATED_TEXT,
        _UPDATED,
        _CURRENCY,
        _ZONE,
    ),
)
ORDER_LINES = Stream(
    name="order_lines",
    description="One row per line of an order; it tells what came by subscription and what was added once.",
    key=("order_id", "position"),
    cursor=None,
    cursor_reason="lines come with their order, found by the order's updated_at",
    records="orders[].line_items[]",
    belongs_to=(("order_id", "orders"),),
    columns=(
        integer("order_id", "The order.", "^.id"),
        integer("position", "Its place in the order, from 0."),
        integer("purchase_item_id", "The subscription or the one-time item it came from."),
        text("purchase_item_type", "subscription or onetime."),
        text("product_id", "The product's numeric id at the shop.", "external_product_id.ecommerce"),
        text("variant_id", "The variant's numeric id at the shop.", "external_variant_id.ecommerce"),
        text("title", "What was delivered."),
        text("sku", "The stock keeping unit."),
        integer("quantity", "Units."),
        money("unit_price", "Price of one unit after discounts."),
        money("total", "The line's total.", "total_price"),
    ),
)
PRODUCTS = Stream(
    name="products",
    description="One row per product that Recharge sells.",
    key=("id",),
    cursor=None,
    cursor_reason="the list is short and has no order by change, so the whole of it is read each time",
    records="products[]",
    needs="read_products",
    replaces=(),
    columns=(
        text("id", "The product's numeric id at the shop.", "external_product_id"),
        _STORE,
        text("title", "Its name."),
        text("vendor", "Who makes it."),
        boolean("requires_shipping", "Whether it is shipped."),
        timestamp("shop_updated_at", "When it last changed at the shop.", "external_updated_at"),
    ),
)
