"""How the GraphQL fields of products, stock, places and the shop itself are read."""

from typing import Any, Final

from sandbox.vendors.shopify.fields_order import Fields
from sandbox.vendors.shopify.views import Context, Item, Level, Money, Quantity, money, time
from sandbox.world.entities import SHOP_CURRENCY, SHOP_ZONE
from sandbox.world.goods import Product, Stock, Variant

SHOP_NAME: Final = "Juniper & Rye"
_OPENED: Final = 1_677_700_000
_CHANGED: Final = 1_760_000_000


def _of(product: Product, context: Context) -> list[Variant]:
    return [variant for variant in context.world.variants if variant.product is product]


def _stocks(variant: Variant, context: Context) -> list[Stock]:
    return [stock for stock in context.world.inventory if stock.variant.id == variant.id]


def _units(variant: Variant, context: Context) -> int:
    return sum(stock.available for stock in _stocks(variant, context))


def quantities(level: Level, _: Context, names: list[str]) -> list[Quantity]:
    """The quantities asked for by name, in the order asked."""
    stock = level.stock
    known = {
        "available": stock.available,
        "on_hand": stock.on_hand,
        "committed": stock.committed,
        "incoming": stock.incoming,
    }
    return [Quantity(stock, name, known.get(name, 0)) for name in names]


def level_key(stock: Stock) -> str:
    return f"{stock.place.id}?inventory_item_id={stock.variant.inventory_item_id}"


def _today(_source: Any, context: Context) -> str | None:  # noqa: ANN401 -- any stock changes each day
    return time(context.world.now)


CATALOG: Final[dict[str, Fields]] = {
    "Product": {
        "id": lambda p, _: f"gid://shopify/Product/{p.id}",
        "legacyResourceId": lambda p, _: str(p.id),
        "title": lambda p, _: p.title,
        "handle": lambda p, _: p.handle,
        "status": lambda p, _: p.status,
        "productType": lambda p, _: p.kind,
        "vendor": lambda _p, _: SHOP_NAME,
        "tags": lambda p, _: [p.kind.lower()],
        "isGiftCard": lambda p, _: p.gift_card,
        "createdAt": lambda p, _: time(p.created),
        "updatedAt": lambda p, _: time(p.created + 86_400 * 30),
        "publishedAt": lambda p, _: time(p.created) if p.status == "ACTIVE" else None,
        "totalInventory": lambda p, c: sum(_units(v, c) for v in _of(p, c)),
        "tracksInventory": lambda p, _: not p.gift_card,
        "description": lambda p, _: f"{p.title}, made in Brooklyn.",
        "variants": _of,
    },
    "ProductVariant": {
        "id": lambda v, _: f"gid://shopify/ProductVariant/{v.id}",
        "legacyResourceId": lambda v, _: str(v.id),
        "title": lambda v, _: v.title,
        "displayName": lambda v, _: f"{v.product.title} - {v.title}",
        "sku": lambda v, _: v.sku,
        "barcode": lambda v, _: f"0{v.id % 10**12:012d}",
        "price": lambda v, _: f"{v.price // 100}.{v.price % 100:02d}",
        "compareAtPrice": lambda v, _: f"{v.compare_at // 100}.{v.compare_at % 100:02d}" if v.compare_at else None,
        "position": lambda v, _: v.position,
        "taxable": lambda v, _: not v.product.gift_card,
        "inventoryQuantity": _units,
        "availableForSale": lambda v, _: v.product.status == "ACTIVE",
        "inventoryItem": lambda v, _: Item(v),
        "product": lambda v, _: v.product,
        "selectedOptions": lambda v, _: [("Option", v.title)],
        "createdAt": lambda v, _: time(v.product.created),
        "updatedAt": lambda v, _: time(v.product.created + 86_400 * 30),
    },
    "SelectedOption": {"name": lambda pair, _: pair[0], "value": lambda pair, _: pair[1]},
    "InventoryItem": {
        "id": lambda i, _: f"gid://shopify/InventoryItem/{i.variant.inventory_item_id}",
        "legacyResourceId": lambda i, _: str(i.variant.inventory_item_id),
        "sku": lambda i, _: i.variant.sku,
        "tracked": lambda i, _: not i.variant.product.gift_card,
        "requiresShipping": lambda i, _: not i.variant.product.gift_card,
        "unitCost": lambda i, _: Money(money(i.variant.cost), SHOP_CURRENCY) if i.variant.cost else None,
        "countryCodeOfOrigin": lambda _i, _: "US",
        "createdAt": lambda i, _: time(i.variant.product.created),
        "updatedAt": _today,
        "inventoryLevels": lambda i, c: [Level(stock) for stock in _stocks(i.variant, c)],
        "variants": lambda i, _: [i.variant],
    },
    "InventoryLevel": {
        "id": lambda lv, _: f"gid://shopify/InventoryLevel/{level_key(lv.stock)}",
        "item": lambda lv, _: Item(lv.stock.variant),
        "location": lambda lv, _: lv.stock.place,
        "isActive": lambda _lv, _: True,
        "createdAt": lambda lv, _: time(lv.stock.variant.product.created),
        "updatedAt": _today,
    },
    "InventoryQuantity": {
        "id": lambda q, _: f"gid://shopify/InventoryQuantity/{level_key(q.stock)}&name={q.name}",
        "name": lambda q, _: q.name,
        "quantity": lambda q, _: q.units,
        "updatedAt": _today,
    },
    "Location": {
        "id": lambda p, _: f"gid://shopify/Location/{p.id}",
        "legacyResourceId": lambda p, _: str(p.id),
        "name": lambda p, _: p.name,
        "isActive": lambda _p, _: True,
        "address": lambda p, _: p,
        "fulfillsOnlineOrders": lambda _p, _: True,
        "shipsInventory": lambda _p, _: True,
        "createdAt": lambda _p, _: time(_OPENED),
        "updatedAt": lambda _p, _: time(_CHANGED),
    },
    "LocationAddress": {
        "address1": lambda _p, _: "1 Kent Avenue",
        "city": lambda p, _: p.city,
        "country": lambda _p, _: "United States",
        "countryCode": lambda p, _: p.country_code,
        "provinceCode": lambda _p, _: "NY",
        "zip": lambda _p, _: "11249",
    },
    "Shop": {
        "id": lambda _s, _: "gid://shopify/Shop/70000000001",
        "name": lambda _s, _: SHOP_NAME,
        "email": lambda _s, _: "owner@juniperandrye.example",
        "contactEmail": lambda _s, _: "hello@juniperandrye.example",
        "shopOwnerName": lambda _s, _: "June Rye",
        "myshopifyDomain": lambda s, _: s,
        "primaryDomain": lambda s, _: s,
        "url": lambda _s, _: "https://juniperandrye.example",
        "currencyCode": lambda _s, _: SHOP_CURRENCY,
        "enabledPresentmentCurrencies": lambda _s, _: ["USD", "CAD", "GBP", "EUR", "JPY"],
        "ianaTimezone": lambda _s, _: SHOP_ZONE,
        "timezoneAbbreviation": lambda _s, _: "EST",
        "timezoneOffset": lambda _s, _: "-0500",
        "timezoneOffsetMinutes": lambda _s, _: -300,
        "taxesIncluded": lambda _s, _: False,
        "taxShipping": lambda _s, _: False,
        "weightUnit": lambda _s, _: "GRAMS",
        "plan": lambda s, _: s,
        "createdAt": lambda _s, _: time(_OPENED),
        "updatedAt": lambda _s, _: time(_CHANGED),
    },
    "ShopPlan": {
        "publicDisplayName": lambda _s, _: "Shopify Plus",
        "shopifyPlus": lambda _s, _: True,
        "partnerDevelopment": lambda _s, _: False,
    },
    "Domain": {
        "id": lambda _s, _: "gid://shopify/Domain/1",
        "host": lambda _s, _: "juniperandrye.example",
        "url": lambda _s, _: "https://juniperandrye.example",
        "sslEnabled": lambda _s, _: True,
    },
}
