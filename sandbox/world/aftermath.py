"""What befalls an order after it was placed: payment, cancellation, refunds, shipment, dispute."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from dataclasses import dataclass
from typing import Final

from sandbox.world.entities import Dispute, Fulfilment, Line, Refund, RefundLine
from sandbox.world.people import CANARY_FREE_TEXT_NAME
from sandbox.world.words import REASONS

_HOUR: Final = 3600
_DAY: Final = 86_400
_GOODWILL: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """All that happened after the order, with its times."""

    cancelled: int | None = None
    closed: int | None = None
    refunds: tuple[Refund, ...] = ()
    fulfilment: Fulfilment | None = None
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is decided when the order is placed. The default is a plain, paid order that is shipped and kept."""

    gateway: str = "stripe"
    gift_card: int = 0
    test: bool = False
    free: bool = False
    declined: bool = False
    cancelled: bool = False
    refund: str = ""  # "", "all", "line", "goodwill"
    disputed: bool = False
    talkative: bool = False

    def unfold(
        self, order: int, moment: int, lines: tuple[Line, ...], shipping: int, rng: random.Random, *, dollars: bool
    ) -> Later:
        if self.cancelled:
            when = moment + rng.randrange(1, 36) * _HOUR
            return Later(cancelled=when, closed=when, refunds=(_all(order, when, lines, shipping, restocked=True),))
        shipped = _ship(order, moment, rng) if any(not line.variant.product.gift_card for line in lines) else None
        refunds = self._refunds(order, moment, lines, shipping, rng, dollars=dollars)
        closed = (shipped.delivered or moment) + _HOUR if shipped else moment + 120
        return Later(closed=closed, refunds=refunds, fulfilment=shipped, dispute=self._dispute(moment, rng))

    def _refunds(
        self, order: int, moment: int, lines: tuple[Line, ...], shipping: int, rng: random.Random, *, dollars: bool
    ) -> tuple[Refund, ...]:
        if self.talkative:
            note = f"{CANARY_FREE_TEXT_NAME} asked for it by phone"
            return (Refund(id=order * 10, created=moment + 3 * _DAY, lines=(), shipping=0, goodwill=100, note=note),)
        if not self.refund:
            return ()
        days = rng.randrange(2, 15) if rng.random() < 0.7 else rng.randrange(30, 76)
        when = moment + days * _DAY + rng.randrange(_DAY)
        match self.refund:
            case "all":
                return (_all(order, when, lines, shipping, restocked=rng.random() < 0.5),)
            case "goodwill":
                due = sum(line.net + line.tax for line in lines)
                given = min(_GOODWILL, due)
                return (Refund(id=order * 10, created=when, lines=(), shipping=0, goodwill=given, note="Arrived late"),)
            case _:
                # Two refunds in a foreign currency could round to more than was charged.
                chosen = lines[:2] if dollars and rng.random() < 0.2 else lines[:1]
                return tuple(_one(order, place, when + place * _DAY, line) for place, line in enumerate(chosen))

    def _dispute(self, moment: int, rng: random.Random) -> Dispute | None:
        if not self.disputed:
            return None
        opened = moment + rng.randrange(5, 40) * _DAY
        return Dispute(
            created=opened,
            closed=opened + rng.randrange(15, 60) * _DAY,
            won=rng.random() < 0.4,
            reason=rng.choice(REASONS),
        )


def fate_of(rng: random.Random, *, free_chance: float) -> Fate:
    """Draws what befalls an order; exclusive cases share one number."""
    chance = rng.random()
    declined = rng.random() < 0.02
    gateway = "paypal" if chance >= 0.078 and rng.random() < 0.08 else "stripe"
    if chance >= 0.15:
        return Fate(gateway=gateway, declined=declined)
    odds = (
        (0.01, Fate(test=True, gateway="bogus")),
        (0.01 + free_chance, Fate(free=True, gateway="")),
        (0.03, Fate(gateway="manual")),
        (0.05, Fate(gift_card=2500, declined=declined)),
        (0.075, Fate(cancelled=True, declined=declined)),
        (0.078, Fate(disputed=True)),
        (0.15, Fate(gateway=gateway, refund=("all", "line", "goodwill")[int(chance * 10_000) % 3])),
    )
    return next(fate for limit, fate in odds if chance < limit)


def _ship(order: int, moment: int, rng: random.Random) -> Fulfilment:
    created = moment + rng.randrange(6, 72) * _HOUR
    moving = created + rng.randrange(2, 20) * _HOUR
    return Fulfilment(
        id=order - 1_000_000_000_000,
        created=created,
        in_transit=moving,
        delivered=moving + rng.randrange(18, 120) * _HOUR,
        tracking=f"1ZJR{order % 10_000_000_000:010d}",
    )


def _all(order: int, when: int, lines: tuple[Line, ...], shipping: int, *, restocked: bool) -> Refund:
    back = tuple(
        RefundLine(line=line, quantity=line.quantity, subtotal=line.net, tax=line.tax, restocked=restocked)
        for line in lines
    )
    return Refund(id=order * 10, created=when, lines=back, shipping=shipping, goodwill=0)


def _one(order: int, place: int, when: int, line: Line) -> Refund:
    back = RefundLine(
        line=line,
        quantity=1,
        subtotal=line.net // line.quantity,
        tax=line.tax // line.quantity,
        restocked=True,
    )
    return Refund(id=order * 10 + place, created=when, lines=(back,), shipping=0, goodwill=0)
