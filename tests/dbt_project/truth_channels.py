"""What truly happened beside the shop: ads, visits, subscriptions, messages, Amazon, payments. Money is in cents."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from truth_sales import Frame, local_days

from sandbox.world import World

_AMAZON_ZONE = ZoneInfo("America/Los_Angeles")


def ads(world: World) -> Frame:
    """By platform and day of the account."""
    rows = [
        (key, row.day, row.spend, row.impressions, row.clicks, row.conversions, row.value)
        for key, account in world.ads.items()
        for row in account.daily
    ]
    names = ["platform", "day", "spend", "impressions", "clicks", "conversions", "value"]
    return Frame(rows, columns=names).groupby(["platform", "day"]).sum()


def ads_of(world: World, platform: str) -> Frame:
    """By ad and day, of ads that were shown."""
    rows = [(str(x.ad.id), x.day, x.spend, x.clicks) for x in world.ads[platform].daily if x.impressions or x.clicks]
    return Frame(rows, columns=["ad_id", "day", "spend", "clicks"]).set_index(["ad_id", "day"])


def visits(world: World, *places: str) -> Frame:
    """By day and where from."""
    rows = [
        {place: getattr(row, place) for place in ("day", *places)}
        | {name: getattr(row, name) for name in ("sessions", "users", "purchases", "revenue")}
        for row in world.traffic
    ]
    return Frame(rows).groupby(["day", *places]).sum()


def subscription_charges(world: World, zone: str) -> Frame:
    """By day: what the charges left without tax, first ones apart."""
    renewals = {order.id: order for order in world.orders if order.source == "subscription_contract"}
    rows = [
        (renewals[number].created, renewals[number].total - renewals[number].tax, number == row.orders[0])
        for row in world.subscriptions
        for number in row.orders
    ]
    frame = Frame(rows, columns=["moment", "revenue", "is_first"])
    frame["day"] = local_days(frame["moment"], zone)
    frame["new"] = frame["revenue"].where(frame["is_first"], 0)
    return frame.groupby("day").agg(orders=("revenue", "size"), revenue=("revenue", "sum"), new=("new", "sum"))


def live_subscriptions(world: World, zone: str, day: date) -> tuple[int, float]:
    """People with a live subscription at the end of that day, and what those bring in a month, in cents."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone)).timestamp()
    mine = [row for row in world.subscriptions if row.created < end and not (row.cancelled and row.cancelled < end)]
    monthly = sum(row.price * row.quantity * 365 / 12 / row.every_days for row in mine)
    return len({row.person.id for row in mine}), monthly


def churn(world: World, zone: str, month: date) -> tuple[int, int]:
    """Subscribers when the month began, and those of them who cancelled in it."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    start, end = (datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).timestamp() for day in (month, after))
    begun = [row for row in world.subscriptions if row.created < start]
    there = [row for row in begun if not (row.cancelled and row.cancelled < start)]
    left = {row.person.id for row in there if row.cancelled and row.cancelled < end}
    return len({row.person.id for row in there}), len(left)


def messages(world: World, *, flows: bool) -> Frame:
    """By message (of flows also by day): what came of it."""
    rows = [
        (row.message.id, row.day, row.recipients, row.delivered, row.opens, row.clicks, row.value)
        for row in world.message_days
        if row.message.flow is flows
    ]
    names = ["message_id", "day", "sends", "deliveries", "opens", "clicks", "value"]
    frame = Frame(rows, columns=names)
    return frame.groupby(["message_id", "day"] if flows else ["message_id"]).sum(numeric_only=True)


def amazon(world: World) -> Frame:
    """By day of the marketplace: what was ordered and not cancelled."""
    orders = [order for order in world.amazon_orders if order.status != "CANCELLED"]
    days = [datetime.fromtimestamp(order.created, _AMAZON_ZONE).date() for order in orders]
    rows = [(order.product_sales, sum(item.quantity for item in order.items)) for order in orders]
    grouped = Frame(rows, columns=["sales", "units"]).assign(day=days).groupby("day")
    return grouped.sum().assign(orders=grouped.size())


def payments(world: World, zone: str) -> Frame:
    """By day: taken, given back, fees and what was left on the balance."""
    taken = [charge for charge in world.charges if not charge.failed]
    moved = [(charge.created, "charges", charge.cents) for charge in taken]
    moved += [(back.created, "refunds", back.cents) for back in world.charge_refunds]
    moved += [(entry.created, "fees", entry.fee) for entry in world.balance]
    moved += [(entry.created, "net", entry.net) for entry in world.balance]
    frame = Frame(moved, columns=["moment", "kind", "cents"])
    frame["day"] = local_days(frame["moment"], zone)
    return frame.pivot_table(index="day", columns="kind", values="cents", aggfunc="sum", fill_value=0)


def payouts(world: World) -> pd.Series:
    """By the bank's day."""
    days = [datetime.fromtimestamp(payout.arrival, UTC).date() for payout in world.payouts]
    return pd.Series([payout.amount for payout in world.payouts], index=days).groupby(level=0).sum()


def order_payments(world: World) -> Frame:
    """By order paid by card: what was charged and given back, by the provider and by the shop."""
    charges = [charge for charge in world.charges if not charge.failed]
    back = pd.Series({charge.order.id: 0 for charge in charges})
    for given in world.charge_refunds:
        back[given.charge.order.id] += given.cents
    frame = Frame({"charged": {charge.order.id: charge.cents for charge in charges}, "back": back})
    frame["shop_back"] = pd.Series({charge.order.id: charge.order.refunded for charge in charges})
    return frame
