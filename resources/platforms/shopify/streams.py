"""What is kept of Shopify's sales: the tables and their columns."""

from datetime import timedelta

from resources.columns import Column, Personal, boolean, integer, json_text, money, text, timestamp
from resources.platform import Stream

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def _money(name: str, description: str, field: str, *, side: str = "shopMoney") -> Column:
    return money(name, description, path=f"{field}.{side}.amount")


ORDERS = Stream(
    name="orders",
    description="One row per order as it stands now: amounts in the shop's currency, times in UTC.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    only=("id", "gid://shopify/Order/"),
    columns=(
        text("id", "The order's gid."),
        integer("number", "The numeric id, as other systems refer to it.", "legacyResourceId"),
        text("name", "The order number that people see, such as #1001."),
        timestamp("created_at", "When it was placed.", "createdAt"),
        timestamp("processed_at", "When it was processed; earlier than created_at if imported.", "processedAt"),
        timestamp("updated_at", "When anything of it last changed.", "updatedAt"),
        timestamp("closed_at", "When it was closed; empty while open.", "closedAt"),
        timestamp("cancelled_at", "When it was cancelled; empty if it was not.", "cancelledAt"),
        text("cancel_reason", "Why it was cancelled.", "cancelReason"),
        boolean("test", "Whether it is a test order."),
        text("currency", "The shop's currency, in which the amounts are.", "currencyCode"),
        text("presentment_currency", "The currency that the buyer saw.", "presentmentCurrencyCode"),
        text("financial_status", "Whether it is paid, refunded and so on.", "displayFinancialStatus"),
        text("fulfillment_status", "Whether it is shipped.", "displayFulfillmentStatus"),
        boolean("taxes_included", "Whether prices include tax.", "taxesIncluded"),
        text("source_name", "Where it was placed: web, pos, an app.", "sourceName"),
        text("email", "The buyer's e-mail address.", personal=Personal.EMAIL),
        text("phone", "The buyer's phone number.", personal=Personal.PHONE),
        text("customer_id", "The customer's gid; empty for guests.", "customer.id", Personal.CUSTOMER_ID),
        text("ship_country", "The country it ships to.", "shippingAddress.countryCodeV2", Personal.LOCATION),
        json_text("discount_codes", "The discount codes used, as a JSON list.", "discountCodes"),
        _money("subtotal", "The lines after discounts.", "subtotalPriceSet"),
        _money("discounts", "All discounts given.", "totalDiscountsSet"),
        _money("shipping", "Shipping charged.", "totalShippingPriceSet"),
        _money("tax", "Tax charged.", "totalTaxSet"),
        _money("tip", "Tip received.", "totalTipReceivedSet"),
        _money("total", "What the buyer was charged at first.", "totalPriceSet"),
        _money("total_presentment", "The same in the buyer's currency.", "totalPriceSet", side="presentmentMoney"),
        _money("refunded", "What was given back so far.", "totalRefundedSet"),
        _money("current_total", "The total after edits and returns.", "currentTotalPriceSet"),
    ),
)
ORDER_LINES = Stream(
    name="order_lines",
    description="One row per order line: what was bought, at which price, less which discount.",
    key=("id",),
    cursor=None,
    cursor_reason="lines come with their order, found by the order's updated_at",
    only=("id", "gid://shopify/LineItem/"),
    belongs_to=("order_id", "orders"),
    columns=(
        text("id", "The line's gid."),
        text("order_id", "The order it belongs to.", "__parentId"),
        text("title", "The product's title when it was bought."),
        text("sku", "The stock keeping unit."),
        text("vendor", "The product's vendor."),
        integer("quantity", "Units ordered."),
        integer("current_quantity", "Units left after edits and returns.", "currentQuantity"),
        boolean("is_gift_card", "Whether it is a gift card.", "isGiftCard"),
        boolean("requires_shipping", "Whether it is shipped.", "requiresShipping"),
        text("product_id", "The product's gid; empty if it was deleted.", "product.id"),
        text("variant_id", "The variant's gid; empty if it was deleted.", "variant.id"),
        _money("unit_price", "Price of one unit before discounts.", "originalUnitPriceSet"),
        _money("gross", "Quantity times price, before discounts.", "originalTotalSet"),
        _money("discount", "Discounts given on this line itself.", "totalDiscountSet"),
        json_text("tax_lines", "Taxes on the line, as a JSON list of title and rate.", "taxLines"),
    ),
)
ORDER_DISCOUNTS = Stream(
    name="order_discounts",
    description="One row per order line and discount: how much of the discount fell on the line.",
    key=("order_line_id", "application_index"),
    cursor=None,
    cursor_reason="they come with their order",
    records="[].discountAllocations[]",
    belongs_to=("order_id", "orders"),
    columns=(
        text("order_line_id", "The order line.", "^.id"),
        text("order_id", "The order.", "^.__parentId"),
        integer("application_index", "Which of the order's discounts it is.", "discountApplication.index"),
        text("target_type", "What the discount is for: LINE_ITEM, SHIPPING_LINE.", "discountApplication.targetType"),
        _money("amount", "The part that fell on this line.", "allocatedAmountSet"),
    ),
)
TRANSACTIONS = Stream(
    name="transactions",
    description="One row per payment step of an order: authorization, capture, sale, refund, void.",
    key=("id",),
    cursor=None,
    cursor_reason="they come with their order",
    records="[].transactions[]",
    belongs_to=("order_id", "orders"),
    columns=(
        text("id", "The transaction's gid."),
        text("order_id", "The order.", "^.id"),
        text("parent_id", "The transaction it follows, such as the sale of a refund.", "parentTransaction.id"),
        text("kind", "AUTHORIZATION, CAPTURE, SALE, REFUND, VOID."),
        text("status", "SUCCESS, FAILURE, PENDING and so on."),
        text("gateway", "The payment gateway."),
        timestamp("created_at", "When it was made.", "createdAt"),
        timestamp("processed_at", "When the payment cleared.", "processedAt"),
        boolean("test", "Whether it is a test."),
        _money("amount", "Amount in the shop's currency.", "amountSet"),
        text("currency", "The shop's currency.", "amountSet.shopMoney.currencyCode"),
    ),
)
FULFILMENTS = Stream(
    name="fulfilments",
    description="One row per shipment of an order.",
    key=("id",),
    cursor=None,
    cursor_reason="they come with their order",
    records="[].fulfillments[]",
    belongs_to=("order_id", "orders"),
    columns=(
        text("id", "The shipment's gid."),
        text("order_id", "The order.", "^.id"),
        text("status", "SUCCESS, CANCELLED and so on."),
        text("display_status", "IN_TRANSIT, DELIVERED and so on.", "displayStatus"),
        timestamp("created_at", "When it was shipped.", "createdAt"),
        timestamp("updated_at", "When it last changed.", "updatedAt"),
        timestamp("in_transit_at", "When the carrier took it.", "inTransitAt"),
        timestamp("delivered_at", "When it arrived.", "deliveredAt"),
        integer("quantity", "Units in it.", "totalQuantity"),
    ),
)
REFUNDS = Stream(
    name="refunds",
    description="One row per refund, on the day it was made.",
    key=("id",),
    cursor=None,
    cursor_reason="they come with their order, whose updated_at a refund moves",
    records="[].refunds[]",
    belongs_to=("order_id", "orders"),
    columns=(
        text("id", "The refund's gid."),
        text("order_id", "The order.", "^.id"),
        timestamp("created_at", "When it was made.", "createdAt"),
        timestamp("processed_at", "When the money went back.", "processedAt"),
        _money("amount", "What was given back, in the shop's currency.", "totalRefundedSet"),
        text("currency", "The shop's currency.", "totalRefundedSet.shopMoney.currencyCode"),
    ),
)
REFUND_LINES = Stream(
    name="refund_lines",
    description="One row per refunded order line.",
    key=("refund_id", "order_line_id"),
    cursor=None,
    cursor_reason="they are found by the updated_at of their order",
    lookback=_HOUR,
    records="data.orders.nodes[].refunds[].refundLineItems.nodes[]",
    belongs_to=("refund_id", "refunds"),
    columns=(
        text("refund_id", "The refund.", "^.id"),
        text("order_line_id", "The order line.", "lineItem.id"),
        integer("quantity", "Units given back."),
        text("restock_type", "Whether they went back to stock.", "restockType"),
        _money("subtotal", "Value of the units, before tax.", "subtotalSet"),
        _money("tax", "Tax given back.", "totalTaxSet"),
    ),
)
CUSTOMERS = Stream(
    name="customers",
    description="One row per customer of the shop.",
    key=("id",),
    cursor="updated_at",
    lookback=_DAY,
    columns=(
        text("id", "The customer's gid.", personal=Personal.CUSTOMER_ID),
        integer("number", "The numeric id.", "legacyResourceId", Personal.CUSTOMER_ID),
        timestamp("created_at", "When the customer was first known.", "createdAt"),
        timestamp("updated_at", "When anything of it last changed.", "updatedAt"),
        text("first_name", "First name.", "firstName", Personal.NAME),
        text("last_name", "Last name.", "lastName", Personal.NAME),
        text("email", "E-mail address.", "defaultEmailAddress.emailAddress", Personal.EMAIL),
        text("phone", "Phone number.", "defaultPhoneNumber.phoneNumber", Personal.PHONE),
        text("country", "Country of the default address.", "defaultAddress.countryCodeV2", Personal.LOCATION),
        text("state", "Whether the customer has an account: ENABLED, DISABLED, INVITED, DECLINED."),
        integer("orders", "Orders so far, as the shop counts them.", "numberOfOrders"),
        money("spent", "Spent so far, as the shop counts it.", "amountSpent.amount"),
    ),
)
