"""What is kept of Shopify's catalogue and stock: the tables and their columns."""

from datetime import timedelta

from resources.columns import boolean, integer, money, text, timestamp
from resources.platform import Stream

_HOUR = timedelta(hours=1)

PRODUCTS = Stream(
    name="products",
    description="One row per product, archived and draft ones included.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    only=("id", "gid://shopify/Product/"),
    columns=(
        text("id", "The product's gid."),
        text("title", "Its title."),
        text("handle", "Its name in web addresses."),
        text("status", "ACTIVE, ARCHIVED, DRAFT, UNLISTED."),
        text("product_type", "Its type, as the shop names it.", "productType"),
        text("vendor", "Its vendor."),
        timestamp("created_at", "When it was made.", "createdAt"),
        timestamp("updated_at", "When it last changed.", "updatedAt"),
    ),
)
VARIANTS = Stream(
    name="variants",
    description="One row per variant of a product: what has a price and a SKU.",
    key=("id",),
    cursor=None,
    cursor_reason="variants have no order by change; they come with their product",
    only=("id", "gid://shopify/ProductVariant/"),
    columns=(
        text("id", "The variant's gid."),
        text("product_id", "The product.", "__parentId"),
        text("sku", "The stock keeping unit."),
        text("title", "Its title, such as the size."),
        money("price", "Its price, in the shop's currency."),
        money("compare_at_price", "The price it is compared with.", "compareAtPrice"),
        text("inventory_item_id", "What is stocked.", "inventoryItem.id"),
        timestamp("created_at", "When it was made.", "createdAt"),
        timestamp("updated_at", "When it last changed.", "updatedAt"),
    ),
)
INVENTORY_ITEMS = Stream(
    name="inventory_items",
    description="One row per thing that can be in stock.",
    key=("id",),
    cursor=None,
    cursor_reason="stock is a snapshot: the whole of it is read each time",
    only=("id", "gid://shopify/InventoryItem/"),
    columns=(
        text("id", "The item's gid."),
        text("sku", "The stock keeping unit."),
        boolean("tracked", "Whether its stock is counted."),
        timestamp("updated_at", "When it last changed.", "updatedAt"),
    ),
)
INVENTORY_LEVELS = Stream(
    name="inventory_levels",
    description="One row per item, location and kind of quantity: how many there are now.",
    key=("level_id", "quantity_name"),
    cursor=None,
    cursor_reason="stock is a snapshot: the whole of it is read each time",
    records="[].quantities[]",
    belongs_to=(("item_id", "inventory_items"),),
    columns=(
        text("level_id", "The gid of the item at the location.", "^.id"),
        text("item_id", "The item.", "^.__parentId"),
        text("location_id", "The location's gid.", "^.location.id"),
        text("quantity_name", "available, on_hand, committed or incoming.", "name"),
        integer("quantity", "How many."),
        timestamp("updated_at", "When the level last changed.", "^.updatedAt"),
    ),
)
LOCATIONS = Stream(
    name="locations",
    description="One row per place that holds stock.",
    key=("id",),
    cursor=None,
    cursor_reason="a shop has few of them",
    records="data.locations.nodes[]",
    needs="read_locations",
    columns=(
        text("id", "The location's gid."),
        text("name", "Its name."),
        boolean("is_active", "Whether it is in use.", "isActive"),
        boolean("fulfils_online_orders", "Whether online orders ship from it.", "fulfillsOnlineOrders"),
    ),
)
