"""What the shop truly sold, worked out from the synthetic brand by other code. Money is in cents."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from sandbox.world import World
from sandbox.world.entities import Order

Frame = pd.DataFrame


def local_days(moments: Iterable[int | None], zone: str) -> list[date | None]:
    """UNIX seconds as days of a zone; nothing stays nothing."""
    series = pd.to_datetime(pd.Series(list(moments), dtype="Int64"), unit="s", utc=True).dt.tz_convert(zone)
    return [None if pd.isna(moment) else moment.date() for moment in series]


def _paid(order: Order) -> int | None:
    """A gift card or a card pays at once; what costs nothing needs no payment; a manual payment never came."""
    return order.created if order.paid or order.gift_card or not order.total else None


def orders(world: World, zone: str) -> Frame:
    """One row per order that is a sale."""
    mine = [order for order in world.orders if not order.test]
    people: dict[str, int | str] = {
        order.person.email.lower(): order.person.id for order in world.orders if order.person
    }
    frame = Frame(
        {
            "order_id": [order.id for order in mine],
            "created": [order.created for order in mine],
            "buyer": [
                str(order.person.id if order.person else people.get(order.email.lower(), order.email.lower()))
                for order in mine
            ],
            "channel": [order.source for order in mine],
            "gross": [sum(x.gross for x in order.lines if not x.variant.product.gift_card) for order in mine],
            "units": [sum(x.quantity for x in order.lines if not x.variant.product.gift_card) for order in mine],
            "shipping": [order.shipping for order in mine],
            "discounts": [order.discounts for order in mine],
            "tax": [order.tax for order in mine],
            "fulfilled": [order.fulfilment.created if order.fulfilment else None for order in mine],
            "day": local_days((order.created for order in mine), zone),
            "paid_day": local_days(map(_paid, mine), zone),
            "fulfilled_day": local_days((o.fulfilment.created if o.fulfilment else None for o in mine), zone),
            "closed_day": local_days((order.closed for order in mine), zone),
        }
    )
    frame["revenue"] = frame["gross"] + frame["shipping"]
    frame["kept"] = frame["revenue"] - frame["discounts"]
    frame = frame.sort_values(["created", "order_id"], ignore_index=True)
    frame["nth"] = frame.groupby("buyer").cumcount() + 1
    return frame


def refunds(world: World, zone: str, buyers: pd.Series) -> Frame:
    """One row per refund of such an order; `buyers` is the buyer by order id."""
    pairs = [(order, refund) for order in world.orders if not order.test for refund in order.refunds]
    frame = Frame(
        {
            "order_id": [order.id for order, _ in pairs],
            "day": local_days((refund.created for _, refund in pairs), zone),
            "tax": [sum(part.tax for part in refund.lines) for _, refund in pairs],
            "amount": [refund.amount for _, refund in pairs],
        }
    )
    frame["refunds"] = frame["amount"] - frame["tax"]
    frame["buyer"] = frame["order_id"].map(buyers)
    return frame


def lines(world: World, zone: str) -> Frame:
    """One row per line of goods."""
    pairs = [(o, x) for o in world.orders if not o.test for x in o.lines if not x.variant.product.gift_card]
    return Frame(
        {
            "order_id": [order.id for order, _ in pairs],
            "day": local_days((order.created for order, _ in pairs), zone),
            "sku": [line.variant.sku for _, line in pairs],
            "units": [line.quantity for _, line in pairs],
            "gross": [line.gross for _, line in pairs],
            "discounts": [line.discount for _, line in pairs],
        }
    )


def returned_lines(world: World, zone: str) -> Frame:
    """One row per refunded line of goods."""
    found = [
        (refund.created, part)
        for order in world.orders
        if not order.test
        for refund in order.refunds
        for part in refund.lines
        if not part.line.variant.product.gift_card
    ]
    return Frame(
        {
            "day": local_days((moment for moment, _ in found), zone),
            "sku": [part.line.variant.sku for _, part in found],
            "refunds": [part.subtotal for _, part in found],
        }
    )


def by_day(sold: Frame, back: Frame, anchor: str = "day") -> Frame:
    """Sales on a date anchor, refunds on their own day."""
    sums = ["gross", "shipping", "discounts", "tax", "revenue", "units"]
    days = sold.dropna(subset=[anchor]).groupby(anchor)
    made = days[sums].sum()
    made["orders"] = days.size()
    made = made.join(back.groupby("day")[["refunds", "tax"]].sum().rename(columns={"tax": "tax_back"}), how="outer")
    made = made.fillna(0).astype("int64")
    made["net"] = made["revenue"] - made["discounts"] - made["refunds"]
    return made


def customers(sold: Frame, back: Frame) -> Frame:
    """One row per buyer: first and last day, orders, what is left of them."""
    grouped = sold.groupby("buyer")
    made = grouped.agg(first=("day", "min"), last=("day", "max"), orders=("order_id", "size"), kept=("kept", "sum"))
    made["lifetime"] = made["kept"] - back.groupby("buyer")["refunds"].sum().reindex(made.index).fillna(0).astype(int)
    return made


def repurchases(sold: Frame, days: int, today: date) -> Frame:
    """By month of the first order: whose window is over, and who of them bought again within it."""
    first = sold[sold["nth"] == 1].set_index("buyer")["day"]
    second = sold[sold["nth"] == 2].set_index("buyer")["day"].reindex(first.index)
    gap = (pd.to_datetime(second) - pd.to_datetime(first)).dt.days
    seen = (pd.Timestamp(today) - pd.to_datetime(first)).dt.days - 1 >= days
    frame = Frame({"month": pd.to_datetime(first).dt.to_period("M"), "seen": seen, "again": seen & (gap <= days)})
    return frame.groupby("month")[["seen", "again"]].sum()


def scores(sold: Frame, back: Frame, today: date) -> Frame:
    """Recency, frequency and money of each buyer, 1 to 5: the share of others who have less, in fifths."""
    made = customers(sold, back)
    recency = (pd.Timestamp(today) - pd.to_datetime(made["last"])).dt.days
    for name, figure in (("r", -recency), ("f", made["orders"]), ("m", made["lifetime"])):
        share = (figure.rank(method="min") - 1) / (len(made) - 1)
        made[name] = (share * 5).astype(int).clip(upper=4) + 1
    return made


def cohorts(sold: Frame, back: Frame) -> Frame:
    """By month of the first order and months since: buyers with an order, and money left."""
    first = pd.to_datetime(sold.groupby("buyer")["day"].min()).dt.to_period("M")
    moved = pd.concat(
        [
            sold[["buyer", "day", "kept"]].assign(orders=1),
            back[["buyer", "day"]].assign(kept=-back["refunds"], orders=0),
        ]
    )
    then = moved["buyer"].map(first)
    months = pd.to_datetime(moved["day"]).dt.to_period("M")
    moved["since"] = [(one - other).n for one, other in zip(months, then, strict=True)]
    moved["cohort"] = then.astype(str)
    grouped = moved.groupby(["cohort", "since"])
    active = moved[moved["orders"] == 1].groupby(["cohort", "since"])["buyer"].nunique()
    return grouped[["kept", "orders"]].sum().join(active.rename("active")).fillna(0).astype("int64")
