"""The brand as it stood at a moment: what came later has not happened yet."""

from dataclasses import replace
from datetime import date

from sandbox.world.entities import Order
from sandbox.world.marketing import AdDay, AmazonOrder

# The share of a day's conversions, in per cent, that a platform knows after so many days.
_KNOWN = (60, 80, 92)


def order_at(order: Order, now: int) -> Order:
    """The order with what happened up to `now`; it must have been placed by then."""
    if order.updated <= now:
        return order
    parcel = order.fulfilment if order.fulfilment and order.fulfilment.created <= now else None
    if parcel:
        parcel = replace(parcel, in_transit=_past(parcel.in_transit, now), delivered=_past(parcel.delivered, now))
    return replace(
        order,
        cancelled=_past(order.cancelled, now),
        closed=_past(order.closed, now),
        refunds=tuple(refund for refund in order.refunds if refund.created <= now),
        fulfilment=parcel,
    )


def dispute_at(order: Order, now: int) -> Order:
    """Disputes do not move `updated`, so they are cut on their own."""
    case = order.dispute
    if case is None or (case.closed or now) <= now:
        return order
    return replace(order, dispute=replace(case, closed=None, won=None) if case.created <= now else None)


def amazon_at(order: AmazonOrder, now: int) -> AmazonOrder:
    if order.updated <= now:
        return order
    return replace(order, updated=order.created, status="PENDING" if order.created + 7200 > now else "UNSHIPPED")


def ad_day_at(row: AdDay, today: date) -> AdDay:
    """Conversions come in late: the youngest days show fewer than they will."""
    age = (today - row.day).days - 1
    if age >= len(_KNOWN) or not row.conversions:
        return row
    share = _KNOWN[max(age, 0)]
    return replace(row, conversions=row.conversions * share // 100, value=row.value * share // 100)


def _past(moment: int | None, now: int) -> int | None:
    return moment if moment is not None and moment <= now else None
