"""What the brand's channels consist of. Money is in cents, times are UNIX seconds, days are local to the account."""

from dataclasses import dataclass
from datetime import date

from sandbox.world.entities import Person
from sandbox.world.goods import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """An advertising campaign."""

    id: int
    name: str
    status: str
    kind: str
    created: int
    daily_budget: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdGroup:
    """What a platform calls ad group or ad set."""

    id: int
    name: str
    status: str
    campaign: Campaign
    created: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ad:
    """One advertisement."""

    id: int
    name: str
    status: str
    group: AdGroup
    created: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdDay:
    """What one ad did on one day. `conversions` are orders the platform claims, `value` is what they were worth."""

    ad: Ad
    day: date
    impressions: int
    clicks: int
    spend: int
    conversions: int
    value: int
    view_conversions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdAccount:
    """The brand's account at one advertising platform."""

    id: str
    name: str
    currency: str
    zone: str
    campaigns: tuple[Campaign, ...]
    groups: tuple[AdGroup, ...]
    ads: tuple[Ad, ...]
    daily: tuple[AdDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficDay:
    """Visits of one day from one place."""

    day: date
    channel: str
    source: str
    medium: str
    campaign: str
    content: str
    sessions: int
    users: int
    new_users: int
    engaged: int
    purchases: int
    revenue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonItem:
    """One item of an order at Amazon."""

    id: str
    variant: Variant
    quantity: int
    unit: int
    tax: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonOrder:
    """An order at Amazon; `email` is the relay address that Amazon shows instead of the buyer's."""

    id: str
    created: int
    updated: int
    day: date
    status: str
    fulfilled_by: str
    items: tuple[AmazonItem, ...]
    email: str
    ad_id: int = 0

    @property
    def total(self) -> int:
        return sum(item.unit * item.quantity + item.tax for item in self.items)

    @property
    def product_sales(self) -> int:
        return sum(item.unit * item.quantity for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A person's standing order of one variant. `orders` are the shop's order ids, first one first."""

    id: int
    person: Person
    variant: Variant
    quantity: int
    price: int
    every_days: int
    created: int
    cancelled: int | None
    reason: str
    next_charge: date | None
    orders: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A campaign's send, or one message of a flow (`sent` is None)."""

    id: str
    name: str
    channel: str
    parent_id: str
    parent_name: str
    flow: bool
    sent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDay:
    """What one message did on one day."""

    message: Message
    day: date
    recipients: int
    delivered: int
    opens: int
    clicks: int
    bounces: int
    unsubscribes: int
    conversions: int
    value: int
