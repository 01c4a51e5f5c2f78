"""Makes the visits that analytics saw: those that ended in orders, and many that did not."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sandbox.world.entities import Order, Touch
from sandbox.world.marketing import AdAccount, TrafficDay
from sandbox.world.touches import FREE, PAID


def traffic(
    seed: int, days: Iterable[date], orders: Iterable[Order], ads: Mapping[str, AdAccount]
) -> tuple[TrafficDay, ...]:
    """One row per day and place of origin; purchases and revenue are those of the orders, test orders left out."""
    bought: dict[tuple[date, Touch], list[int]] = defaultdict(list)
    for order in orders:
        if not order.test and order.source == "web":
            bought[order.day, order.touch].append(order.total)
    rows = [_row(seed, day, touch, visits, bought.get((day, touch), [])) for day, touch, visits in _paid(ads)]
    free = {touch for _, touch in bought if not touch.platform} | set(_unpaid())
    rows += [
        _row(seed, day, touch, 0, bought.get((day, touch), []))
        for day in days
        for touch in sorted(free, key=lambda touch: (touch.channel, touch.source, touch.campaign))
    ]
    return tuple(sorted(rows, key=lambda row: (row.day, row.channel, row.source, row.campaign, row.content)))


def _paid(ads: Mapping[str, AdAccount]) -> Iterable[tuple[date, Touch, int]]:
    for platform, (_, channel, source, medium) in PAID.items():
        for row in ads[platform].daily:
            touch = Touch(
                channel=channel,
                source=source,
                medium=medium,
                campaign=row.ad.group.campaign.name,
                content=row.ad.name,
                platform=platform,
                ad_id=row.ad.id,
            )
            yield row.day, touch, row.clicks


def _unpaid() -> Iterable[Touch]:
    for _, channel, source, medium in FREE:
        if channel != "Email":
            yield Touch(channel=channel, source=source, medium=medium)


def _row(seed: int, day: date, touch: Touch, clicks: int, totals: list[int]) -> TrafficDay:
    rng = random.Random(f"{seed}|visits|{day.toordinal()}|{touch.source}|{touch.medium}|{touch.campaign}|{touch.ad_id}")
    sessions = max(len(totals), clicks * 85 // 100) if touch.platform else len(totals) * 28 + rng.randrange(1, 30)
    users = max(len(totals), sessions * rng.randrange(78, 97) // 100)
    return TrafficDay(
        day=day,
        channel=touch.channel,
        source=touch.source,
        medium=touch.medium,
        campaign=touch.campaign,
        content=touch.content,
        sessions=sessions,
        users=users,
        new_users=users * rng.randrange(40, 80) // 100,
        engaged=sessions * rng.randrange(45, 75) // 100,
        purchases=len(totals),
        revenue=sum(totals),
    )
