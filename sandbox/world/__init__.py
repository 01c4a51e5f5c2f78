"""One synthetic brand, Juniper & Rye: the truth that all pretend vendors show from their own side."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sandbox.world import ads, catalog, email, ledger, moments, subscriptions, traffic
from sandbox.world.amazon import amazon_orders
from sandbox.world.entities import SHOP_ZONE, Order, Person
from sandbox.world.goods import Stock, Variant
from sandbox.world.marketing import Ad, AdAccount, AmazonOrder, Message, MessageDay, Subscription, TrafficDay
from sandbox.world.orders import Day, OrderMaker
from sandbox.world.people import People
from sandbox.world.touches import Touches

SCALES = {"small": (90, 28, None), "medium": (365, 60, None), "large": (48, 2500, 3)}
_ZONE = ZoneInfo(SHOP_ZONE)


class World:
    """The brand over `days` local days up to and without `today`. Each part is made when it is first asked for.

    The same seed and size make the same world; a world of another length holds the same orders on the days they share.
    `lines` gives each order exactly that many lines and each day exactly `orders_per_day` orders.
    """

    def __init__(self, seed: int, days: int, orders_per_day: int, today: date, *, lines: int | None = None) -> None:
        self.seed, self.days, self.orders_per_day, self.today, self.lines = seed, days, orders_per_day, today, lines
        self.now = midnight(today)
        self.dates = tuple(today - timedelta(days=back) for back in range(days, 0, -1))
        self._full: World = self

    @classmethod
    def of_scale(cls, scale: str, *, seed: int, today: date) -> "World":
        """small: 90 days, about 2,500 orders; medium: a year, about 22,000; large: 120,000 orders of three lines."""
        days, per_day, lines = SCALES[scale]
        return cls(seed, days, per_day, today, lines=lines)

    def as_of(self, moment: datetime) -> "World":
        """The same brand as it stood at that moment (aware), which lies within its days."""
        full = self._full
        past = World(full.seed, full.days, full.orders_per_day, full.today, lines=full.lines)
        past._full = full
        past.now = min(int(moment.timestamp()), full.now)
        past.today = datetime.fromtimestamp(past.now, _ZONE).date()
        past.dates = tuple(day for day in full.dates if day < past.today)
        return past

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        return catalog.variants()

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """Oldest first."""
        made = (order for order in self._full.all_orders if order.created <= self.now)
        return tuple(moments.dispute_at(moments.order_at(order, self.now), self.now) for order in made)

    @cached_property
    def all_orders(self) -> tuple[Order, ...]:
        """As `orders`, with what will happen to them after `now`."""
        goods = tuple(variant for variant in self.variants if variant.product.status == "ACTIVE")
        running = {name: tuple(ad for ad in made if ads.runs(ad)) for name, made in self._ads.items()}
        maker = OrderMaker(
            seed=self.seed,
            orders_per_day=self.orders_per_day,
            lines=self.lines,
            people=People(self.seed, midnight),
            goods=goods,
            touches=Touches(running),
        )
        return tuple(order for day in self.dates for order in maker.orders(self._day(day)))

    def _day(self, day: date) -> Day:
        first = 1001 + (day.toordinal() - 739_000) * (2 * self.orders_per_day + 10)
        return Day(date=day, start=midnight(day), end=midnight(day + timedelta(days=1)), first_number=first)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The customers who ordered, in the order in which they joined."""
        return tuple(sorted({order.person for order in self.orders if order.person}, key=lambda person: person.id))

    @cached_property
    def _orders_by_person(self) -> dict[int, list[Order]]:
        theirs: dict[int, list[Order]] = defaultdict(list)
        for order in self.orders:
            if order.person:
                theirs[order.person.id].append(order)
        return theirs

    def orders_of(self, person: int) -> list[Order]:
        """That customer's orders, oldest first."""
        return self._orders_by_person.get(person, [])

    @cached_property
    def inventory(self) -> tuple[Stock, ...]:
        return catalog.stock(self.seed, self.variants, self.today)

    @cached_property
    def charges(self) -> tuple[ledger.Charge, ...]:
        return tuple(ledger.charges(self.orders))

    @cached_property
    def charge_refunds(self) -> tuple[ledger.ChargeRefund, ...]:
        return tuple(sorted(ledger.refunds(self.charges), key=lambda back: (back.created, back.id)))

    @cached_property
    def disputes(self) -> tuple[ledger.ChargeDispute, ...]:
        return tuple(sorted(ledger.disputes(self.charges), key=lambda case: (case.facts.created, case.id)))

    @cached_property
    def balance(self) -> tuple[ledger.Entry, ...]:
        """Charges, refunds and disputes on the balance, oldest first; payouts are in `payouts`."""
        return ledger.entries(self.charges, self.charge_refunds, self.disputes)

    @cached_property
    def settlement(self) -> tuple[tuple[ledger.Payout, ...], dict[str, str]]:
        return ledger.payouts(self.balance, self.now)

    @property
    def payouts(self) -> tuple[ledger.Payout, ...]:
        return self.settlement[0]

    @cached_property
    def _ads(self) -> dict[str, tuple[Ad, ...]]:
        return {platform: ads.entities(platform) for platform in ads.STYLES}

    @cached_property
    def ads(self) -> dict[str, AdAccount]:
        """The account at each advertising platform. Conversions are the orders that its ads brought."""
        shop = ads.won((o.touch.ad_id, o.day, o.total) for o in self.orders if o.touch.ad_id and not o.test)
        amazon = ads.won((o.ad_id, o.day, o.product_sales) for o in self.amazon_orders if o.ad_id)
        return {
            platform: ads.at(
                ads.account(
                    self.seed,
                    platform,
                    made,
                    self.dates,
                    self._full.dates,
                    amazon if platform == "amazon_ads" else shop,
                ),
                self.today,
            )
            for platform, made in self._ads.items()
        }

    @cached_property
    def traffic(self) -> tuple[TrafficDay, ...]:
        return traffic.traffic(self.seed, self.dates, self.orders, self.ads)

    @cached_property
    def amazon_orders(self) -> tuple[AmazonOrder, ...]:
        goods = tuple(v for v in self.variants if v.product.status == "ACTIVE" and not v.product.gift_card)
        running = tuple(ad for ad in self._ads["amazon_ads"] if ads.runs(ad))
        made = (
            order
            for day in self._full.dates
            for order in amazon_orders(
                self.seed,
                day,
                midnight(day),
                midnight(day + timedelta(days=1)),
                min(self.orders_per_day, 200),
                goods,
                running,
            )
        )
        return tuple(moments.amazon_at(order, self.now) for order in made if order.created <= self.now)

    @cached_property
    def subscriptions(self) -> tuple[Subscription, ...]:
        return subscriptions.subscriptions(self.seed, self.orders, self.now)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        return email.messages(self.dates, {day: midnight(day) for day in self.dates})

    @cached_property
    def message_days(self) -> tuple[MessageDay, ...]:
        return email.message_days(self.seed, self.dates, self.messages, self.orders, self.orders_per_day)


def midnight(day: date) -> int:
    """When that day starts in the shop's zone, in UNIX seconds."""
    return int(datetime.combine(day, time(), _ZONE).timestamp())
