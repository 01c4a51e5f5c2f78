"""The brand's people and orders as frozen facts. Money is in cents of the shop's currency, times are UNIX seconds."""

from dataclasses import dataclass
from datetime import date

from sandbox.world.goods import Variant

SHOP_CURRENCY = "USD"
SHOP_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a person lives. The street is invented, the city is real."""

    street: str
    city: str
    province: str
    province_code: str
    country: str
    country_code: str
    zip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A synthetic customer. `id` is the numeric id at Shopify; the other platforms' ids derive from it."""

    id: int
    first: str
    last: str
    email: str
    phone: str | None
    address: Address
    joined: int
    accepts_marketing: bool
    subscriber: bool
    note: str = ""

    @property
    def stripe_id(self) -> str:
        return f"cus_{_letters(self.id, 14)}"

    @property
    def klaviyo_id(self) -> str:
        return f"01J{_letters(self.id, 23).upper()}"

    @property
    def recharge_id(self) -> int:
        return self.id % 10_000_000_000 + 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line. `discount` and `tax` are for the whole line."""

    id: int
    variant: Variant
    quantity: int
    unit: int
    discount: int
    tax: int
    engraving: str = ""

    @property
    def gross(self) -> int:
        return self.unit * self.quantity

    @property
    def net(self) -> int:
        return self.gross - self.discount


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Units of a line that were given back."""

    line: Line
    quantity: int
    subtotal: int
    tax: int
    restocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back. `goodwill` is what was given without a line."""

    id: int
    created: int
    lines: tuple[RefundLine, ...]
    shipping: int
    goodwill: int
    note: str = ""

    @property
    def amount(self) -> int:
        return sum(line.subtotal + line.tax for line in self.lines) + self.shipping + self.goodwill


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """A shipment of the whole order. The later times are None while they lie ahead."""

    id: int
    created: int
    in_transit: int | None
    delivered: int | None
    tracking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A buyer's bank took the money back; `won` is None while it is undecided."""

    created: int
    closed: int | None
    won: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentment:
    """The currency a buyer saw: `ppm` millionths of its minor unit for one cent of the shop's."""

    currency: str
    ppm: int
    digits: int

    def minor(self, cents: int) -> int:
        return (cents * self.ppm + 500_000) // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Where a buyer came from. `ad_id` is the ad's id on `platform`, for paid channels."""

    channel: str
    source: str
    medium: str
    campaign: str = "(not set)"
    content: str = "(not set)"
    platform: str = ""
    ad_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of the shop, with all that happened to it later."""

    id: int
    number: int
    created: int
    day: date
    person: Person | None
    email: str
    address: Address
    presentment: Presentment
    lines: tuple[Line, ...]
    discount_code: str
    discount_percent: int
    shipping: int
    tax_bps: int
    gateway: str
    gift_card: int
    touch: Touch
    source: str
    test: bool
    note: str
    declined: bool
    cancelled: int | None
    closed: int | None
    refunds: tuple[Refund, ...]
    fulfilment: Fulfilment | None
    dispute: Dispute | None

    @property
    def gross(self) -> int:
        return sum(line.gross for line in self.lines)

    @property
    def discounts(self) -> int:
        return sum(line.discount for line in self.lines)

    @property
    def subtotal(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal + self.tax + self.shipping

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds)

    @property
    def paid(self) -> bool:
        return self.gateway != "manual"

    @property
    def charged(self) -> int:
        """What went through Stripe, in cents of the shop's currency."""
        return self.total - self.gift_card if self.gateway == "stripe" and not self.test else 0

    @property
    def updated(self) -> int:
        moments = [self.created + 60, self.cancelled or 0, self.closed or 0]
        moments += [refund.created for refund in self.refunds]
        if self.fulfilment:
            parcel = self.fulfilment
            moments += [parcel.created, parcel.in_transit or 0, parcel.delivered or 0]
        return max(moments)


def _letters(number: int, length: int) -> str:
    """The number written in letters and digits, scrambled so that neighbours look unlike; never two numbers alike."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    scrambled = number * 0x9E3779B97F4A7C15 % (1 << 64)
    text = ""
    for _ in range(13):
        scrambled, digit = divmod(scrambled, 32)
        text += alphabet[digit]
    return text.ljust(length, "0")[:length]
