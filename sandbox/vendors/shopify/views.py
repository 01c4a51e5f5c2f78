"""What the GraphQL types stand on: the world's facts, each with the order or world it needs to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sandbox.state import State
from sandbox.world import World
from sandbox.world.entities import SHOP_CURRENCY, Address, Line, Order, Presentment, Refund, RefundLine, Touch
from sandbox.world.goods import Stock, Variant

_HUNDRED: Final = 100


@dataclass(frozen=True, kw_only=True)
class Context:
    """Who asks, and of which world."""

    world: World
    state: State
    scopes: frozenset[str]
    shop: str


class Money(NamedTuple):
    amount: str
    currency: str


class Bag(NamedTuple):
    """Cents of the shop's currency, and the currency in which the buyer saw them."""

    cents: int
    presentment: Presentment


class LineView(NamedTuple):
    order: Order
    line: Line


class RefundView(NamedTuple):
    order: Order
    refund: Refund


class RefundLineView(NamedTuple):
    order: Order
    refund: Refund
    part: RefundLine


class Payment(NamedTuple):
    """A step of paying an order; `parent` is its number among the order's steps, -1 for none."""

    order: Order
    number: int
    kind: str
    status: str
    gateway: str
    cents: int
    created: int
    parent: int = -1


class ParcelView(NamedTuple):
    order: Order


class ShippingView(NamedTuple):
    order: Order


class AddressView(NamedTuple):
    """An address with its name and phone; `key` makes its id."""

    key: str
    first: str | None
    last: str | None
    phone: str | None
    address: Address


class Tax(NamedTuple):
    rate_bps: int
    bag: Bag


class Allocation(NamedTuple):
    order: Order
    cents: int


class Visit(NamedTuple):
    order: Order
    touch: Touch


class Level(NamedTuple):
    stock: Stock


class Quantity(NamedTuple):
    stock: Stock
    name: str
    units: int


class Item(NamedTuple):
    """The inventory item of a variant."""

    variant: Variant


def money(cents: int) -> str:
    """Major units with at least one decimal, as Shopify writes decimals."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    whole, part = divmod(cents, _HUNDRED)
    text = f"{sign}{whole}.{part:02d}"
    return text.removesuffix("0")


def shown(bag: Bag) -> Money:
    """The amount as the buyer saw it."""
    minor = bag.presentment.minor(bag.cents)
    return Money(money(minor) if bag.presentment.digits else f"{minor}.0", bag.presentment.currency)


def in_shop(bag: Bag) -> Money:
    return Money(money(bag.cents), SHOP_CURRENCY)


def time(moment: int | None) -> str | None:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else None


def payments(order: Order) -> Iterator[Payment]:
    """All steps in order of time: a declined attempt, the gift card, the sale, refunds."""
    number = 0
    if order.declined and order.charged:
        yield Payment(order, number, "SALE", "FAILURE", order.gateway, order.charged, order.created - 120)
        number += 1
    if order.gift_card:
        yield Payment(order, number, "SALE", "SUCCESS", "gift_card", order.gift_card, order.created)
        number += 1
    due = order.total - order.gift_card
    if not due:
        return
    sale = number
    yield Payment(order, sale, "SALE", "SUCCESS" if order.paid else "PENDING", order.gateway, due, order.created)
    for place, refund in enumerate(order.refunds if order.paid else ()):
        yield Payment(order, sale + 1 + place, "REFUND", "SUCCESS", order.gateway, refund.amount, refund.created, sale)


def refunded_units(order: Order, line: Line) -> int:
    return sum(part.quantity for refund in order.refunds for part in refund.lines if part.line.id == line.id)


def returned(order: Order) -> int:
    """What lines and shipping given back took off the order's total; goodwill does not."""
    return sum(refund.amount - refund.goodwill for refund in order.refunds)
