"""Makes subscriptions out of the orders that renewed them."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sandbox.world.entities import Order, Person
from sandbox.world.marketing import Subscription

_DAY = 86_400
_REASONS = ("Too much product", "Too expensive", "Moving abroad", "")


def subscriptions(seed: int, orders: Iterable[Order], now: int) -> tuple[Subscription, ...]:
    """One per person whose orders came by subscription, as it stands at `now`."""
    renewals: dict[Person, list[Order]] = defaultdict(list)
    for order in orders:
        if order.source == "subscription_contract" and order.person:
            renewals[order.person].append(order)
    return tuple(_one(seed, person, theirs, now) for person, theirs in renewals.items())


def _one(seed: int, person: Person, orders: list[Order], now: int) -> Subscription:
    rng = random.Random(f"{seed}|subscription|{person.id}")
    first, last = orders[0], orders[-1]
    every = rng.choice((30, 30, 60))
    ends = last.created + (every + 5) * _DAY if rng.random() < 0.25 else None
    cancelled = ends if ends and ends <= now else None
    due = datetime.fromtimestamp(max(last.created + every * _DAY, now), UTC).date() + timedelta(days=1)
    return Subscription(
        id=person.recharge_id + 500_000_000,
        person=person,
        variant=first.lines[0].variant,
        quantity=first.lines[0].quantity,
        price=first.lines[0].unit,
        every_days=every,
        created=first.created,
        cancelled=cancelled,
        reason=rng.choice(_REASONS) if cancelled else "",
        next_charge=None if cancelled else due,
        orders=tuple(order.id for order in orders),
    )
