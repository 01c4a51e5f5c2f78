"""Which products a workspace's shops know: what an uploaded cost may be for."""

from dataclasses import dataclass
from typing import Final

from resources.control_plane.facts import Workspace
from resources.decode.paths import quoted
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.opening import attach, memory
from resources.warehouse.session import make_views, parts_of

_SHOPS: Final = ("shopify", "amazon_seller", "recharge")
# what was sold counts as well as what is on sale: a product that was taken off still has its cost
_SKUS: Final = {
    "shopify": ("variants", "order_lines"),
    "amazon_seller": ("inventory", "order_items"),
    "recharge": ("order_lines",),
}
_PRODUCTS: Final = {"shopify": (("products", "id"), ("order_lines", "product_id"))}


@dataclass(frozen=True, kw_only=True)
class KnownProducts:
    """SKUs as the shops write them, and product ids: both the whole one and its number lead to the whole one."""

    skus: frozenset[str]
    product_ids: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.skus or self.product_ids)


def known_products(stores: Stores, workspace: Workspace) -> KnownProducts:
    """All products of the workspace's connected shops, as last read.

    Raises:
        TryLater: a shop is being loaded, or its last load is not whole.
    """
    connection = memory(stores.scratch)
    try:
        with parts_of(stores, workspace) as parts:
            shops = [part for part in parts if part.datasource.platform in _SHOPS]
            for part in shops:
                with stores.keys.plain(part.file.key_id) as key:
                    attach(connection, stores.data_root / part.file.path, part.catalog, key, read_only=True)
            for key_ in _SHOPS:
                make_views(connection, platform(key_), [part for part in shops if part.datasource.platform == key_])
            skus = [(shop, stream, "sku") for shop, streams in _SKUS.items() for stream in streams]
            ids = [(shop, stream, column) for shop, places in _PRODUCTS.items() for stream, column in places]
            known = {found for (found,) in connection.execute(_distinct(skus)).fetchall()}
            whole = [str(found) for (found,) in connection.execute(_distinct(ids)).fetchall()]
    finally:
        connection.close()
    numbers = {each.rpartition("/")[2]: each for each in whole}
    return KnownProducts(skus=frozenset(known), product_ids={**numbers, **{each: each for each in whole}})


def _distinct(places: list[tuple[str, str, str]]) -> str:
    selects = [
        f"SELECT {quoted(column)} AS found FROM {quoted(platform(shop).schema)}.{quoted(stream)}"
        for shop, stream, column in places
    ]
    return f"SELECT DISTINCT found FROM ({' UNION ALL '.join(selects)}) WHERE found <> ''"
