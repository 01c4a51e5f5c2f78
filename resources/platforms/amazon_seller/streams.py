"""What is kept of Amazon Seller: the tables and their columns. No buyer's data is among them."""

from datetime import timedelta
from typing import Final

from resources.columns import Column, boolean, date, integer, json_text, money, number, text, timestamp
from resources.platform import Keep, Stream

_EIGHTEEN_MONTHS = timedelta(days=548)
_FINANCE: Final = "Finance and Accounting"


def _keep(age_column: str) -> Keep:
    return Keep(
        at_most=_EIGHTEEN_MONTHS,
        age_column=age_column,
        reason="Amazon's data protection policy: what is not a person's is kept for 18 months at most",
    )


_PLACE = text("marketplace_id", "The marketplace.", "@marketplace_id")
_CURRENCY = text("account_currency", "The marketplace's currency.", "@currency")
_ZONE = text("time_zone", "The marketplace's time zone, in which its days are cut.", "@time_zone")

MARKETPLACES = Stream(
    name="marketplaces",
    description="The marketplace and the store in it.",
    key=("marketplace_id",),
    cursor_reason="one row",
    columns=(
        text("marketplace_id", "The marketplace.", "marketplace.id"),
        text("name", "Its name.", "marketplace.name"),
        text("country", "Its country.", "marketplace.countryCode"),
        text("currency", "Its currency.", "marketplace.defaultCurrencyCode"),
        _ZONE,
        text("domain", "Its site.", "marketplace.domainName"),
        text("store_name", "The seller's store.", "storeName"),
        boolean("is_participating", "Whether the seller sells there.", "participation.isParticipating"),
        text("region", "Which of Amazon's three regions serves it: na, eu, fe.", "@region"),
    ),
)
ORDERS = Stream(
    name="orders",
    description="One row per order, without its buyer.",
    key=("order_id",),
    cursor="updated_at",
    lookback=timedelta(minutes=30),
    records="orders[]",
    keep=_keep("created_at"),
    columns=(
        text("order_id", "The order.", "orderId"),
        timestamp("created_at", "When it was placed.", "createdTime"),
        timestamp("updated_at", "When it last changed.", "lastUpdatedTime"),
        text("channel", "AMAZON, or NON_AMAZON for what Amazon only ships.", "salesChannel.channelName"),
        text("marketplace_id", "Where it was placed.", "salesChannel.marketplaceId", optional=True),
        text("status", "PENDING, UNSHIPPED, SHIPPED, CANCELLED and so on.", "fulfillment.fulfillmentStatus"),
        text("fulfilled_by", "AMAZON or MERCHANT.", "fulfillment.fulfilledBy", optional=True),
        text("service_level", "How fast it ships.", "fulfillment.fulfillmentServiceLevel", optional=True),
        json_text("programs", "Such as PRIME, as a JSON list.", optional=True),
        # what the seller gets, which is not the same as what the buyer paid; absent while the order is pending
        money("proceeds", "What the seller receives for it.", "proceeds.grandTotal.amount", optional=True),
        text("currency", "The order's currency.", "proceeds.grandTotal.currencyCode", optional=True),
        _CURRENCY,
        _ZONE,
    ),
)
ORDER_ITEMS = Stream(
    name="order_items",
    description="One row per product in an order.",
    key=("order_id", "order_item_id"),
    cursor="order_updated_at",
    lookback=timedelta(minutes=30),
    records="orders[].orderItems[]",
    keep=_keep("order_created_at"),
    belongs_to=(("order_id", "orders"),),
    columns=(
        text("order_id", "The order.", "^.orderId"),
        text("order_item_id", "The item.", "orderItemId"),
        timestamp("order_created_at", "When the order was placed.", "^.createdTime"),
        timestamp("order_updated_at", "When the order last changed.", "^.lastUpdatedTime"),
        integer("quantity", "Units ordered.", "quantityOrdered"),
        integer("quantity_fulfilled", "Units shipped.", "fulfillment.quantityFulfilled", optional=True),
        integer("quantity_unfulfilled", "Units still to ship.", "fulfillment.quantityUnfulfilled", optional=True),
        text("asin", "Amazon's number of the product.", "product.asin", optional=True),
        text("sku", "The seller's number of the product.", "product.sellerSku", optional=True),
        text("title", "The product's title.", "product.title", optional=True),
        text("condition", "NEW, USED and so on.", "product.condition.conditionType", optional=True),
        money("unit_price", "Price of one unit.", "product.price.unitPrice.amount", optional=True),
        money("proceeds", "What the seller receives for the item.", "proceeds.proceedsTotal.amount", optional=True),
        json_text(
            "breakdowns",
            "The same by ITEM, TAX, SHIPPING, DISCOUNT and so on, as a JSON list.",
            "proceeds.breakdowns",
            optional=True,
        ),
        text("currency", "Their currency.", "product.price.unitPrice.currencyCode", optional=True),
    ),
)


def _held(name: str, description: str, path: str) -> Column:
    return integer(name, description, f"inventoryDetails.{path}", optional=True)


INVENTORY = Stream(
    name="inventory",
    description="One row per product, condition and day: what lay in Amazon's warehouses at that day's last sync.",
    key=("marketplace_id", "sku", "fn_sku", "condition", "snapshot_on"),
    cursor="snapshot_on",
    records="payload.inventorySummaries[]",
    keep=_keep("snapshot_on"),
    columns=(
        _PLACE,
        date("snapshot_on", "The day, in the marketplace's time zone.", "@snapshot_on"),
        text("sku", "The seller's number of the product.", "sellerSku"),
        text("fn_sku", "The number on the unit in Amazon's warehouses.", "fnSku"),
        text("asin", "Amazon's number of the product."),
        text("condition", "Such as NewItem."),
        text("title", "The product's title.", "productName", optional=True),
        integer("total", "All units, those on their way included.", "totalQuantity"),
        _held("fulfillable", "Units that can be shipped.", "fulfillableQuantity"),
        _held("inbound_working", "Units announced.", "inboundWorkingQuantity"),
        _held("inbound_shipped", "Units on their way.", "inboundShippedQuantity"),
        _held("inbound_receiving", "Units being taken in.", "inboundReceivingQuantity"),
        _held("reserved", "Units set aside.", "reservedQuantity.totalReservedQuantity"),
        _held("unfulfillable", "Units that can't be sold.", "unfulfillableQuantity.totalUnfulfillableQuantity"),
        _held("researching", "Units that are looked for.", "researchingQuantity.totalResearchingQuantity"),
        timestamp("updated_at", "When a quantity last changed.", "lastUpdatedTime", optional=True),
        _ZONE,
    ),
)
_SALES, _TRAFFIC = "salesByDate", "trafficByDate"
SALES_TRAFFIC_DAILY = Stream(
    name="sales_traffic_daily",
    description="One row per day: what was sold and how many came, as Amazon's business report has it.",
    key=("marketplace_id", "date"),
    cursor="date",
    lookback=timedelta(days=35),
    records="salesAndTrafficByDate[]",
    keep=_keep("date"),
    columns=(
        _PLACE,
        date("date", "The day, in the marketplace's time zone."),
        money("ordered_sales", "Worth of the products ordered, without tax.", f"{_SALES}.orderedProductSales.amount"),
        text("currency", "Its currency.", f"{_SALES}.orderedProductSales.currencyCode"),
        integer("units_ordered", "Units ordered.", f"{_SALES}.unitsOrdered"),
        integer("order_items", "Items ordered.", f"{_SALES}.totalOrderItems"),
        integer("units_refunded", "Units refunded.", f"{_SALES}.unitsRefunded"),
        money("shipped_sales", "Worth of the products shipped.", f"{_SALES}.shippedProductSales.amount"),
        integer("units_shipped", "Units shipped.", f"{_SALES}.unitsShipped"),
        integer("orders_shipped", "Orders shipped.", f"{_SALES}.ordersShipped"),
        integer("sessions", "Visits.", f"{_TRAFFIC}.sessions"),
        integer("browser_sessions", "Visits by browser.", f"{_TRAFFIC}.browserSessions"),
        integer("app_sessions", "Visits by app.", f"{_TRAFFIC}.mobileAppSessions"),
        integer("page_views", "Pages viewed.", f"{_TRAFFIC}.pageViews"),
        number("buy_box_percent", "Page views with our offer in front, of 100.", f"{_TRAFFIC}.buyBoxPercentage"),
        number("unit_session_percent", "Units per 100 visits.", f"{_TRAFFIC}.unitSessionPercentage"),
        _ZONE,
    ),
)
_OF_ASIN, _TO_ASIN = "salesByAsin", "trafficByAsin"
SALES_TRAFFIC_BY_ASIN = Stream(
    name="sales_traffic_by_asin",
    description="One row per product and day: what was sold and how many came.",
    key=("marketplace_id", "date", "parent_asin", "child_asin", "sku"),
    cursor="date",
    lookback=timedelta(days=7),
    records="salesAndTrafficByAsin[]",
    keep=_keep("date"),
    columns=(
        _PLACE,
        date("date", "The day, in the marketplace's time zone.", "@date"),
        text("parent_asin", "The product with all its variants.", "parentAsin"),
        text("child_asin", "The variant.", "childAsin"),
        text("sku", "The seller's number of it."),
        money("ordered_sales", "Worth of what was ordered, without tax.", f"{_OF_ASIN}.orderedProductSales.amount"),
        text("currency", "Its currency.", f"{_OF_ASIN}.orderedProductSales.currencyCode"),
        integer("units_ordered", "Units ordered.", f"{_OF_ASIN}.unitsOrdered"),
        integer("order_items", "Items ordered.", f"{_OF_ASIN}.totalOrderItems"),
        integer("sessions", "Visits.", f"{_TO_ASIN}.sessions"),
        integer("page_views", "Pages viewed.", f"{_TO_ASIN}.pageViews"),
        number("buy_box_percent", "Page views with our offer in front, of 100.", f"{_TO_ASIN}.buyBoxPercentage"),
        number("unit_session_percent", "Units per 100 visits.", f"{_TO_ASIN}.unitSessionPercentage"),
        _ZONE,
    ),
)
TRANSACTIONS = Stream(
    name="transactions",
    description="One row per movement of the seller's account: payments, refunds, fees.",
    key=("transaction_id",),
    cursor="posted_at",
    lookback=timedelta(days=14),
    records="payload.transactions[]",
    keep=_keep("posted_at"),
    needs=_FINANCE,
    columns=(
        text("transaction_id", "The transaction.", "transactionId"),
        timestamp("posted_at", "When it was posted.", "postedDate"),
        text("type", "Shipment, Refund and so on.", "transactionType"),
        text("status", "DEFERRED until Amazon lets it go, then RELEASED.", "transactionStatus"),
        text("description", "Such as Order Payment.", optional=True),
        money("amount", "What the seller's account moved by.", "totalAmount.currencyAmount"),
        text("currency", "Its currency.", "totalAmount.currencyCode"),
        text("marketplace_id", "The marketplace.", "marketplaceDetails.marketplaceId", optional=True),
        json_text(
            "related", "Orders, refunds and settlements it is for, as a JSON list.", "relatedIdentifiers", optional=True
        ),
        json_text("breakdowns", "The amount by products, tax and fees, as a JSON list.", optional=True),
    ),
)
