"""What the payment processor wrote down about the shop's orders: charges, refunds, disputes, balance, payouts."""
# ruff: noqa: PLR2004 -- the odds of an invented brand read best where they are drawn

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.world.entities import Dispute, Order

_DAY: Final = 86_400
_DISPUTE_FEE: Final = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A payment of an order. `amount` is in the minor unit of `currency`, `cents` in cents of the shop's currency."""

    id: str
    order: Order
    amount: int
    currency: str
    cents: int
    created: int
    failed: bool

    @property
    def fee(self) -> int:
        return 0 if self.failed else (self.cents * 29 + 500) // 1000 + 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRefund:
    """Money sent back to a card."""

    id: str
    charge: Charge
    amount: int
    cents: int
    created: int
    shop_refund_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDispute:
    """A charge that a bank took back."""

    id: str
    charge: Charge
    facts: Dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the balance, in cents of the shop's currency."""

    id: str
    kind: str
    category: str
    source: str
    amount: int
    fee: int
    created: int
    available: int
    exchange_rate: float | None
    description: str
    payout: str | None = None

    @property
    def net(self) -> int:
        return self.amount - self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """What was sent to the bank; it carries the entries that became available that day."""

    id: str
    amount: int
    created: int
    arrival: int


def charges(orders: Iterable[Order]) -> Iterator[Charge]:
    """A declined attempt comes two minutes before the payment that went through."""
    for order in orders:
        if order.charged <= 0:
            continue
        amount = order.presentment.minor(order.charged)
        for failed in (True, False) if order.declined else (False,):
            yield Charge(
                id=f"ch_{'x' if failed else '3'}{order.id:022d}",
                order=order,
                amount=amount,
                currency=order.presentment.currency.lower(),
                cents=order.charged,
                created=order.created - 120 if failed else order.created,
                failed=failed,
            )


def refunds(charged: Iterable[Charge]) -> Iterator[ChargeRefund]:
    for charge in charged:
        for refund in () if charge.failed else charge.order.refunds:
            cents = min(refund.amount, charge.cents)
            if cents > 0:
                yield ChargeRefund(
                    id=f"re_3{refund.id:022d}",
                    charge=charge,
                    amount=charge.order.presentment.minor(cents),
                    cents=cents,
                    created=refund.created,
                    shop_refund_id=refund.id,
                )


def disputes(charged: Iterable[Charge]) -> Iterator[ChargeDispute]:
    for charge in charged:
        if charge.order.dispute and not charge.failed:
            yield ChargeDispute(id=f"dp_3{charge.order.id:022d}", charge=charge, facts=charge.order.dispute)


def entries(
    charged: Iterable[Charge], given_back: Iterable[ChargeRefund], disputed: Iterable[ChargeDispute]
) -> tuple[Entry, ...]:
    """The balance before payouts, oldest first."""
    rows = [_of_charge(charge) for charge in charged if not charge.failed]
    rows += [
        _entry(back.id, "refund", back.id, -back.cents, 0, back.created, back.charge, "REFUND FOR CHARGE")
        for back in given_back
    ]
    for case in disputed:
        lost, facts = case.charge.cents, case.facts
        rows.append(
            _entry(
                case.id, "dispute", case.id, -lost, _DISPUTE_FEE, facts.created, case.charge, "Chargeback withdrawal"
            )
        )
        if facts.won and facts.closed:
            won = f"{case.id}w"
            rows.append(
                _entry(won, "dispute_reversal", case.id, lost, 0, facts.closed, case.charge, "Chargeback reversal")
            )
    return tuple(sorted(rows, key=lambda row: (row.created, row.id)))


def _of_charge(charge: Charge) -> Entry:
    name = f"Juniper & Rye #{charge.order.number}"
    return _entry(charge.id, "charge", charge.id, charge.cents, charge.fee, charge.created, charge, name)


def _entry(
    stem: str, category: str, source: str, amount: int, fee: int, created: int, charge: Charge, description: str
) -> Entry:
    shown = charge.order.presentment
    kind = category if category in ("charge", "refund") else "adjustment"
    return Entry(
        id=f"txn_{stem.replace('_', '')}",
        kind=kind,
        category=category,
        source=source,
        amount=amount,
        fee=fee,
        created=created,
        available=(created // _DAY + 2) * _DAY,
        exchange_rate=None if shown.ppm == 1_000_000 else round(1_000_000 / shown.ppm, 6),
        description=description,
    )


def payouts(rows: Iterable[Entry], now: int) -> tuple[tuple[Payout, ...], dict[str, str]]:
    """One payout per day on which the sum of what became available is positive; and which payout each entry is in."""
    due: dict[int, list[Entry]] = defaultdict(list)
    for row in rows:
        due[row.available].append(row)
    made: list[Payout] = []
    settled: dict[str, str] = {}
    waiting: list[Entry] = []
    for day in sorted(due):
        waiting += due[day]
        amount = sum(row.net for row in waiting)
        if day + 3600 > now or amount <= 0:
            continue
        payout = Payout(id=f"po_3{day:022d}", amount=amount, created=day + 3600, arrival=day + 2 * _DAY)
        settled |= {row.id: payout.id for row in waiting}
        made.append(payout)
        waiting = []
    return tuple(made), settled
