"""Makes the brand's orders at Amazon."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

import random
from collections.abc import Iterator
from datetime import date

from sandbox.world.goods import Variant
from sandbox.world.marketing import Ad, AmazonItem, AmazonOrder

_DAY = 86_400


def amazon_orders(
    seed: int, day: date, start: int, end: int, per_day: int, goods: tuple[Variant, ...], ads: tuple[Ad, ...]
) -> Iterator[AmazonOrder]:
    """The orders of one day; a third of them followed a click on an ad."""
    rng = random.Random(f"{seed}|amazon|{day.toordinal()}")
    count = max(1, round(per_day * (0.3 + 0.2 * rng.random())))
    moments = sorted(start + int(rng.triangular(0, end - start - 1)) for _ in range(count))
    for place, moment in enumerate(moments):
        number = f"{111 + place % 3}-{day.toordinal():07d}-{place * 7919 % 10_000_000:07d}"
        canceled = rng.random() < 0.02
        yield AmazonOrder(
            id=number,
            created=moment,
            updated=moment + rng.randrange(1, 4) * _DAY,
            day=day,
            status="CANCELLED" if canceled else "SHIPPED",
            fulfilled_by="AMAZON" if rng.random() < 0.8 else "MERCHANT",
            items=tuple(_items(number, goods, rng)),
            email=f"{number.replace('-', '')}@marketplace.amazon.example",
            ad_id=rng.choice(ads).id if not canceled and rng.random() < 0.33 else 0,
        )


def _items(order: str, goods: tuple[Variant, ...], rng: random.Random) -> Iterator[AmazonItem]:
    for place, variant in enumerate(rng.sample(goods, rng.choices((1, 2), (80, 20))[0])):
        quantity = 1 if rng.random() < 0.85 else 2
        yield AmazonItem(
            id=f"{order.replace('-', '')[-10:]}{place:04d}",
            variant=variant,
            quantity=quantity,
            unit=variant.price + 200,
            tax=(variant.price + 200) * quantity * 8 // 100,
        )
