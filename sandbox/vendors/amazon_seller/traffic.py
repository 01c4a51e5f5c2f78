"""The figures of Amazon's business report: what was sold and how many came, by day and by product."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sandbox.vendors.amazon_seller.records import Record, visits
from sandbox.world import World
from sandbox.world.entities import SHOP_CURRENCY
from sandbox.world.goods import Variant
from sandbox.world.marketing import AmazonOrder


@dataclass(kw_only=True)
class Sold:
    """The orders placed and the orders shipped on one day."""

    ordered: list[AmazonOrder] = field(default_factory=list)
    shipped: list[AmazonOrder] = field(default_factory=list)


@dataclass(kw_only=True)
class _Tally:
    cents: int = 0
    units: int = 0
    items: int = 0
    sessions: int = 0


_APP_SHARE: Final = 3


def _amount(cents: int) -> Record:
    """Amounts of this report are numbers."""
    return {"amount": cents / 100, "currencyCode": SHOP_CURRENCY}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _tallies(world: World, day: date, sold: Sold) -> dict[Variant, _Tally]:
    """Each product's day: those that were seen, whether bought or not."""
    found: dict[Variant, _Tally] = defaultdict(_Tally)
    for order in sold.ordered:
        for item in order.items:
            tally = found[item.variant]
            tally.cents += item.unit * item.quantity
            tally.units += item.quantity
            tally.items += 1
    for variant in world.variants:
        if variant.product.status == "ACTIVE" and not variant.product.gift_card:
            found[variant].sessions = visits(world, day.isoformat(), variant, found[variant].items)
    return {variant: tally for variant, tally in found.items() if tally.sessions or tally.units}


def _traffic(sessions: int) -> Record:
    app = sessions // _APP_SHARE
    views = {"browserPageViews": (sessions - app) * 7 // 5, "mobileAppPageViews": app * 6 // 5}
    seen = {"browserSessions": sessions - app, "mobileAppSessions": app, "sessions": sessions}
    return {**views, "pageViews": sum(views.values()), **seen}


def by_date(world: World, day: date, sold: Sold) -> Record:
    """One day of the whole shop."""
    tallies = _tallies(world, day, sold).values()
    cents, units = sum(tally.cents for tally in tallies), sum(tally.units for tally in tallies)
    items, sessions = sum(tally.items for tally in tallies), sum(tally.sessions for tally in tallies)
    return {
        "date": day.isoformat(),
        "salesByDate": {
            "orderedProductSales": _amount(cents),
            "unitsOrdered": units,
            "totalOrderItems": items,
            "averageSalesPerOrderItem": _amount(cents // items if items else 0),
            "averageUnitsPerOrderItem": round(units / items, 2) if items else 0.0,
            "averageSellingPrice": _amount(cents // units if units else 0),
            "unitsRefunded": 0,
            "refundRate": 0.0,
            "claimsGranted": 0,
            "claimsAmount": _amount(0),
            "shippedProductSales": _amount(sum(order.product_sales for order in sold.shipped)),
            "unitsShipped": sum(item.quantity for order in sold.shipped for item in order.items),
            "ordersShipped": len(sold.shipped),
        },
        "trafficByDate": {
            **_traffic(sessions),
            "buyBoxPercentage": 97.5,
            "orderItemSessionPercentage": min(_percent(items, sessions), 100.0),
            "unitSessionPercentage": _percent(units, sessions),
            "averageOfferCount": 24,
            "averageParentItems": 12,
            "feedbackReceived": 0,
            "negativeFeedbackReceived": 0,
            "receivedNegativeFeedbackRate": 0.0,
        },
    }


def by_asin(world: World, days: Mapping[date, Sold], granularity: str) -> list[Record]:
    """The sums of all days for each product: its parent, its variant, or the seller's number of that."""
    sums: dict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    for day, sold in days.items():
        for variant, tally in _tallies(world, day, sold).items():
            whole = sums[_names(variant, granularity)]
            whole.cents += tally.cents
            whole.units += tally.units
            whole.items += tally.items
            whole.sessions += tally.sessions
    total = sum(tally.sessions for tally in sums.values())
    return [_row(names, tally, total) for names, tally in sorted(sums.items())]


def _names(variant: Variant, granularity: str) -> tuple[str, ...]:
    parent = f"{variant.asin[:7]}P00"
    return {"PARENT": (parent,), "CHILD": (parent, variant.asin)}.get(granularity, (parent, variant.asin, variant.sku))


def _row(names: tuple[str, ...], tally: _Tally, total: int) -> Record:
    share = _percent(tally.sessions, total)
    shares = ("browserSession", "mobileAppSession", "session", "browserPageViews", "mobileAppPageViews", "pageViews")
    return {
        **dict(zip(("parentAsin", "childAsin", "sku"), names, strict=False)),
        "salesByAsin": {
            "unitsOrdered": tally.units,
            "orderedProductSales": _amount(tally.cents),
            "totalOrderItems": tally.items,
        },
        "trafficByAsin": {
            **_traffic(tally.sessions),
            **{f"{name}Percentage": share for name in shares},
            "buyBoxPercentage": 97.5,
            "unitSessionPercentage": _percent(tally.units, tally.sessions),
        },
    }
