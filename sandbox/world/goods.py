"""What the brand sells and where it lies, as frozen facts. Money is in cents, times are UNIX seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is sold, in one or more variants."""

    id: int
    title: str
    handle: str
    kind: str
    status: str
    created: int
    gift_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What has a price and a SKU."""

    id: int
    product: Product
    title: str
    sku: str
    asin: str
    price: int
    compare_at: int | None
    cost: int
    grams: int
    position: int

    @property
    def inventory_item_id(self) -> int:
        return self.id + 2_000_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location that keeps stock."""

    id: int
    name: str
    city: str
    country_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """How many units of a variant lie at a place now."""

    variant: Variant
    place: Place
    on_hand: int
    committed: int
    incoming: int

    @property
    def available(self) -> int:
        return self.on_hand - self.committed
