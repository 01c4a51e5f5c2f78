"""Makes the shop's orders. A day's orders hang on the seed and the day alone, so worlds of other lengths agree."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.world import people as folk
from sandbox.world.aftermath import Fate, fate_of
from sandbox.world.entities import Address, Line, Order, Person, Touch
from sandbox.world.goods import Variant
from sandbox.world.people import People, id_of
from sandbox.world.touches import Touches
from sandbox.world.words import ABROAD, CITIES, CODES, DOLLARS

_TAX: Final = {city[1]: city[7] for city in CITIES}
_RHYTHM: Final = (0.95, 0.9, 0.92, 0.98, 1.05, 1.2, 1.0)  # Monday first
_FREE_SHIPPING: Final = 7500
_SHIPPING: Final = 595
_NO_CODE: Final = ("", 0)


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local day: when it starts and ends (UNIX seconds), and what number its first order has."""

    date: date
    start: int
    end: int
    first_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Buyer:
    person: Person | None
    email: str
    address: Address
    subscriber: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderMaker:
    """Makes the orders of any day. `lines` fixes the lines of each order and makes all days alike in number."""

    seed: int
    orders_per_day: int
    lines: int | None
    people: People
    goods: tuple[Variant, ...]
    touches: Touches

    def count(self, day: date) -> int:
        if self.lines:
            return self.orders_per_day
        noise = 0.85 + 0.3 * random.Random(f"{self.seed}|count|{day.toordinal()}").random()
        return max(1, round(self.orders_per_day * _RHYTHM[day.weekday()] * noise))

    def newcomers(self, day: date) -> int:
        return max(1, round(self.count(day) * 0.55))

    def orders(self, day: Day) -> Iterator[Order]:
        rng = random.Random(f"{self.seed}|orders|{day.date.toordinal()}")
        count, fresh = self.count(day.date), self.newcomers(day.date)
        moments = sorted(day.start + int(rng.triangular(0, day.end - day.start - 1)) for _ in range(count))
        new_places = set(rng.sample(range(count), fresh))
        joined = 0
        for place, moment in enumerate(moments):
            if place in new_places:
                buyer, joined = _buyer(self.people.person(day.date, joined), rng), joined + 1
            else:
                buyer = _buyer(self._returning(day.date, rng), rng)
            buyer, fate = self._canary(day.date, place, buyer)
            yield self._order(day, place, moment, buyer, rng, fate)

    def _returning(self, day: date, rng: random.Random) -> Person:
        earlier = date.fromordinal(day.toordinal() - 1 - min(int(rng.expovariate(1 / 25)), 150))
        return self.people.person(earlier, rng.randrange(self.newcomers(earlier)))

    def _canary(self, day: date, place: int, buyer: _Buyer) -> tuple[_Buyer, Fate | None]:
        """The first order of certain days is a canary's; nothing befalls it but what the canary needs."""
        if place or self.lines:
            return buyer, None
        home = date(2024, 1, 1)
        match day.toordinal() % 20:
            case 3:
                wren = folk.spelling_canary(home, self.people.midnight(home))
                return _Buyer(person=wren, email=wren.email, address=wren.address), Fate()
            case 7:
                return _Buyer(person=None, email=folk.CANARY_GUEST_EMAIL, address=buyer.address), Fate()
            case 11:
                quill = folk.free_text_canary(home, self.people.midnight(home))
                return _Buyer(person=quill, email=quill.email, address=quill.address), Fate(talkative=True)
        return buyer, None

    def _order(self, day: Day, place: int, moment: int, buyer: _Buyer, rng: random.Random, fate: Fate | None) -> Order:
        number = id_of(day.date, place, 5_000_000_000_000)
        fate = fate or fate_of(rng, free_chance=0.0 if self.lines else 0.01)
        code = ("FRIENDS100", 100) if fate.free else (rng.choice(CODES) if rng.random() < 0.22 else _NO_CODE)
        rate = _TAX[buyer.address.city]
        lines = tuple(self._lines(number, rng, code[1], rate, fate))
        bought = sum(line.net for line in lines)
        ships = any(not line.variant.product.gift_card for line in lines)
        shipping = _SHIPPING if ships and not fate.free and bought < _FREE_SHIPPING else 0
        subscription = buyer.subscriber and rng.random() < 0.7 and not fate.test
        due = bought + sum(line.tax for line in lines) + shipping
        abroad = ABROAD.get(buyer.address.country_code, DOLLARS)
        later = fate.unfold(number, moment, lines, shipping, rng, dollars=abroad is DOLLARS)
        return Order(
            id=number,
            number=day.first_number + place,
            created=moment,
            day=day.date,
            person=buyer.person,
            email=buyer.email,
            address=buyer.address,
            presentment=abroad,
            lines=lines,
            discount_code=code[0],
            discount_percent=code[1],
            shipping=shipping,
            tax_bps=rate,
            gateway=fate.gateway if due else "",
            gift_card=min(fate.gift_card, due),
            touch=Touch(channel="Direct", source="(direct)", medium="(none)")
            if subscription
            else self.touches.pick(rng),
            source="subscription_contract" if subscription else "web",
            test=fate.test,
            note=_note(fate),
            declined=fate.declined,
            cancelled=later.cancelled,
            closed=later.closed,
            refunds=later.refunds,
            fulfilment=later.fulfilment,
            dispute=later.dispute,
        )

    def _lines(self, order: int, rng: random.Random, percent: int, rate: int, fate: Fate) -> Iterator[Line]:
        count = self.lines or rng.choices((1, 2, 3, 4), (50, 30, 14, 6))[0]
        for place, variant in enumerate(rng.sample(self.goods, count)):
            quantity = 1 if rng.random() < 0.8 else 2
            gross = variant.price * quantity
            discount = gross * percent // 100
            taxed = 0 if variant.product.gift_card else gross - discount
            yield Line(
                id=order * 10 + place,
                variant=variant,
                quantity=quantity,
                unit=variant.price,
                discount=discount,
                tax=(taxed * rate + 5_000) // 10_000,
                engraving=f"For {folk.CANARY_FREE_TEXT_NAME}" if fate.talkative and place == 0 else "",
            )


def _buyer(person: Person, rng: random.Random) -> _Buyer:
    if rng.random() < 0.06:
        return _Buyer(person=None, email=person.email.lower(), address=person.address)
    return _Buyer(person=person, email=person.email, address=person.address, subscriber=person.subscriber)


def _note(fate: Fate) -> str:
    if not fate.talkative:
        return ""
    return f"Gift from {folk.CANARY_FREE_TEXT_NAME}, please call {folk.CANARY_FREE_TEXT_PHONE} before delivery"
