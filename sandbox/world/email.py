"""Makes e-mail and SMS: weekly campaigns, standing flows, and what each message did each day."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from sandbox.world.entities import Order
from sandbox.world.marketing import Message, MessageDay

FLOWS = (
    ("welcome_flow", "Welcome"),
    ("abandoned_cart_flow", "Abandoned Cart"),
    ("post_purchase_flow", "Post-Purchase"),
)
_TOPICS = ("New In", "Bestsellers", "From the Workshop", "Last Chance")
_NOON = 12 * 3600
_SUBSCRIBERS = 120  # recipients of a campaign for each order of a usual day


def messages(days: Iterable[date], starts: dict[date, int]) -> tuple[Message, ...]:
    """Flows first (they have no send time), then one e-mail each Tuesday and one SMS each fourth Friday."""
    made = [
        Message(
            id=f"FM{row:03d}{part}",
            name=f"{title} {part + 1}",
            channel="email",
            parent_id=f"FLOW{row:02d}",
            parent_name=title,
            flow=True,
            sent=None,
        )
        for row, (_, title) in enumerate(FLOWS)
        for part in range(2)
    ]
    for day in days:
        week = day.toordinal() // 7
        if day.weekday() == 1 or (day.weekday() == 4 and week % 4 == 0):
            made.append(_campaign(day, week, starts[day] + _NOON))
    return tuple(made)


def _campaign(day: date, week: int, sent: int) -> Message:
    channel = "email" if day.weekday() == 1 else "sms"
    name = f"{_TOPICS[week % len(_TOPICS)]} {day.isoformat()}"
    return Message(
        id=f"01JMSG{day.toordinal():020d}",
        name=name,
        channel=channel,
        parent_id=f"01JCMP{day.toordinal():020d}",
        parent_name=name,
        flow=False,
        sent=sent,
    )


def message_days(
    seed: int, days: tuple[date, ...], sends: tuple[Message, ...], orders: Iterable[Order], per_day: int
) -> tuple[MessageDay, ...]:
    """Conversions are the orders that came by e-mail: of flows by name, of the newsletter to the last campaign sent."""
    owed = _owed(orders, sends)
    rows = []
    for message in sends:
        for day in days:
            conversions, value = owed.get((message.id, day), (0, 0))
            sent_today = message.flow or _day_of(message) == day
            if sent_today or conversions:
                rng = random.Random(f"{seed}|{message.id}|{day.toordinal()}")
                scale = per_day // 2 if message.flow else per_day * _SUBSCRIBERS
                rows.append(_row(message, day, rng, scale if sent_today else 0, conversions, value))
    return tuple(rows)


def _day_of(message: Message) -> date:
    return date.fromordinal(int(message.id[6:]))


def _owed(orders: Iterable[Order], sends: tuple[Message, ...]) -> dict[tuple[str, date], tuple[int, int]]:
    flows = {name: f"FM{row:03d}0" for row, (name, _) in enumerate(FLOWS)}
    campaigns = {_day_of(message): message.id for message in sends if not message.flow and message.channel == "email"}
    owed: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for order in orders:
        if order.touch.channel != "Email" or order.test:
            continue
        last = (campaigns.get(order.day - timedelta(days=back)) for back in range(7))
        message = flows.get(order.touch.campaign) or next((found for found in last if found), None)
        if message:
            count, value = owed[message, order.day]
            owed[message, order.day] = (count + 1, value + order.total)
    return dict(owed)


def _row(message: Message, day: date, rng: random.Random, scale: int, conversions: int, value: int) -> MessageDay:
    recipients = scale * rng.randrange(85, 116) // 100
    bounces = recipients * rng.randrange(0, 3) // 100
    delivered = recipients - bounces
    opens = max(conversions, delivered * rng.randrange(25, 46) // 100)
    return MessageDay(
        message=message,
        day=day,
        recipients=recipients,
        delivered=delivered,
        opens=opens,
        clicks=max(conversions, opens * rng.randrange(4, 13) // 100),
        bounces=bounces,
        unsubscribes=delivered * rng.randrange(0, 5) // 1000,
        conversions=conversions,
        value=value,
    )
