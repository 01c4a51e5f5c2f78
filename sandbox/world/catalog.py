"""Makes products, variants, places and stock."""

import random
from datetime import UTC, date, datetime

from sandbox.world.goods import Place, Product, Stock, Variant
from sandbox.world.words import GOODS

PLACES = (
    Place(id=71_000_000_001, name="Brooklyn Workshop", city="New York", country_code="US"),
    Place(id=71_000_000_002, name="Reno Warehouse", city="Reno", country_code="US"),
)
_OPENED = int(datetime(2023, 3, 1, 15, tzinfo=UTC).timestamp())


def variants() -> tuple[Variant, ...]:
    """All that can be bought, the gift card last."""
    made: list[Variant] = []
    for row, (title, kind, price, cost, options, status) in enumerate(GOODS):
        product = Product(
            id=8_000_000_000_001 + row,
            title=title,
            handle=title.lower().replace(" ", "-"),
            kind=kind,
            status=status,
            created=_OPENED + row * 86_400 * 20,
        )
        for place, option in enumerate(options):
            made.append(_variant(product, row, place, option, price + place * (price * 3 // 5), cost))
    card = Product(
        id=8_000_000_000_900,
        title="Gift Card",
        handle="gift-card",
        kind="Gift Cards",
        status="ACTIVE",
        created=_OPENED,
        gift_card=True,
    )
    made += [_variant(card, 90, place, f"${value}", value * 100, 0) for place, value in enumerate((25, 50))]
    return tuple(made)


def _variant(product: Product, row: int, place: int, option: str, price: int, cost: int) -> Variant:
    return Variant(
        id=44_000_000_000_000 + row * 10 + place,
        product=product,
        title=option,
        sku=f"JR-{product.kind[:3].upper()}-{row:02d}{place}",
        asin=f"B0JR{row:03d}{place:03d}",
        price=price,
        compare_at=price * 6 // 5 if row % 4 == 1 else None,
        cost=cost + place * cost // 2,
        grams=0 if product.gift_card else 120 + 60 * place,
        position=place + 1,
    )


def stock(seed: int, goods: tuple[Variant, ...], day: date) -> tuple[Stock, ...]:
    """What lies where on that day."""
    rows: list[Stock] = []
    for variant in goods:
        if variant.product.gift_card:
            continue
        for place in PLACES:
            rng = random.Random(f"{seed}|stock|{variant.id}|{place.id}|{day.isocalendar().week}")
            held = rng.randrange(0, 400)
            committed = min(held, rng.randrange(0, 12))
            incoming = rng.choice((0, 0, 200))
            rows.append(Stock(variant=variant, place=place, on_hand=held, committed=committed, incoming=incoming))
    return tuple(rows)
