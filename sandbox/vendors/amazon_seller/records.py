"""The Selling Partner API's objects, rendered from the brand's orders and stock at Amazon."""

import random
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.vendors.amazon_seller.access import MARKETPLACE, SELLER
from sandbox.world import World
from sandbox.world.entities import SHOP_CURRENCY
from sandbox.world.goods import Stock, Variant
from sandbox.world.marketing import AmazonItem, AmazonOrder

Record = dict[str, Any]
_WEEK: Final = 7 * 86_400
_FEE_PERCENT: Final = 15


def time(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(cents: int) -> Record:
    """Amounts of orders are texts."""
    return {"amount": f"{cents / 100:.2f}", "currencyCode": SHOP_CURRENCY}


def participation() -> Record:
    return {
        "marketplace": {
            "id": MARKETPLACE,
            "name": "Amazon.com",
            "countryCode": "US",
            "defaultCurrencyCode": SHOP_CURRENCY,
            "defaultLanguageCode": "en_US",
            "domainName": "www.amazon.com",
        },
        "participation": {"isParticipating": True, "hasSuspendedListings": False},
        "storeName": "Juniper & Rye",
    }


def order(row: AmazonOrder, included: frozenset[str]) -> Record:
    """An order with the parts asked for. A pending one has no proceeds yet."""
    record: Record = {
        "orderId": row.id,
        "createdTime": time(row.created),
        "lastUpdatedTime": time(row.updated),
        "programs": ["PRIME"] if row.fulfilled_by == "AMAZON" else [],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.com"},
        "fulfillment": {
            "fulfillmentStatus": row.status,
            "fulfilledBy": row.fulfilled_by,
            "fulfillmentServiceLevel": "STANDARD",
        },
        "orderItems": [_item(item, row, included) for item in row.items],
    }
    if "PROCEEDS" in included and row.status != "PENDING":
        record["proceeds"] = {"grandTotal": money(row.total), "breakdowns": _parts(row.product_sales, row.total)}
    return record


def _parts(goods: int, total: int) -> list[Record]:
    return [{"type": "ITEM", "subtotal": money(goods)}, {"type": "TAX", "subtotal": money(total - goods)}]


def _item(item: AmazonItem, row: AmazonOrder, included: frozenset[str]) -> Record:
    goods = item.unit * item.quantity
    shipped = item.quantity if row.status == "SHIPPED" else 0
    record: Record = {
        "orderItemId": item.id,
        "quantityOrdered": item.quantity,
        "product": {
            "asin": item.variant.asin,
            "title": f"{item.variant.product.title}, {item.variant.title}",
            "sellerSku": item.variant.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": {"unitPrice": money(item.unit)},
        },
    }
    if "PROCEEDS" in included and row.status != "PENDING":
        record["proceeds"] = {"proceedsTotal": money(goods + item.tax), "breakdowns": _parts(goods, goods + item.tax)}
    if "FULFILLMENT" in included:
        record["fulfillment"] = {"quantityFulfilled": shipped, "quantityUnfulfilled": item.quantity - shipped}
    return record


def summary(row: Stock, moment: int, *, details: bool) -> Record:
    """Half of what the warehouse holds of a product lies at Amazon."""
    held, reserved, incoming = row.on_hand // 2, min(row.committed, row.on_hand // 2), row.incoming // 2
    record: Record = {
        "asin": row.variant.asin,
        "fnSku": f"X00{row.variant.id % 10_000_000:07d}",
        "sellerSku": row.variant.sku,
        "condition": "NewItem",
        "lastUpdatedTime": time(moment - row.variant.id % _WEEK),
        "productName": f"{row.variant.product.title}, {row.variant.title}",
        "totalQuantity": held + incoming,
    }
    if details:
        record["inventoryDetails"] = {
            "fulfillableQuantity": held - reserved,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": incoming,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": reserved,
                "pendingCustomerOrderQuantity": reserved,
                "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": 0,
            },
            "researchingQuantity": {"totalResearchingQuantity": 0, "researchingQuantityBreakdown": []},
            "unfulfillableQuantity": {"totalUnfulfillableQuantity": 0},
        }
    return record


def _currency(cents: int) -> Record:
    """Amounts of the account's movements are numbers."""
    return {"currencyAmount": cents / 100, "currencyCode": SHOP_CURRENCY}


def transaction(row: AmazonOrder, now: int) -> Record:
    """What an order that was shipped brings in: its goods and tax, less Amazon's fee."""
    fee = -(row.product_sales * _FEE_PERCENT // 100)
    parts = {"ProductCharges": row.product_sales, "Tax": row.total - row.product_sales, "AmazonFees": fee}
    return {
        "sellingPartnerMetadata": {
            "sellingPartnerId": SELLER,
            "accountType": "Standard Orders",
            "marketplaceId": MARKETPLACE,
        },
        "relatedIdentifiers": [{"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": row.id}],
        "transactionType": "Shipment",
        "transactionId": f"T-{row.id}",
        "transactionStatus": "RELEASED" if row.updated + _WEEK < now else "DEFERRED",
        "description": "Order Payment",
        "postedDate": time(row.updated),
        "totalAmount": _currency(sum(parts.values())),
        "marketplaceDetails": {"marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.com"},
        "breakdowns": [{"breakdownType": name, "breakdownAmount": _currency(cents)} for name, cents in parts.items()],
    }


def visits(world: World, day: str, variant: Variant, sold: int) -> int:
    """How many came to see a product that day; more than bought it."""
    rng = random.Random(f"{world.seed}|amazon visits|{day}|{variant.id}")
    return sold * rng.randrange(7, 14) + rng.randrange(0, 9)
