"""The page's figures: sums of whole days, their change, and the daily values behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ignyte_pipelines.report.declared import Figure

Value = Decimal | None
Days = Mapping[date, Value]
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days, from the first to the last of them."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]

    def before(self) -> "Period":
        """As many days, directly before."""
        length = timedelta(days=len(self.days))
        return Period(first=self.first - length, last=self.last - length)


def last_whole_days(number: int, today: date) -> Period:
    """The last whole days; today is not one."""
    return Period(first=today - timedelta(days=number), last=today - timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The daily values of one table, by column."""

    by_name: Mapping[str, Days]

    def has(self, figure: Figure) -> bool:
        return {figure.column, figure.per or figure.column} <= self.by_name.keys()

    def over(self, figure: Figure, period: Period) -> Value:
        """The figure of a period; unknown if one of its days is."""
        whole = _sum(self.by_name[figure.column], period)
        if figure.per is None or whole is None:
            return whole
        part = _sum(self.by_name[figure.per], period)
        return whole / part if part else None

    def daily(self, figure: Figure, days: Sequence[date]) -> list[Value]:
        return [self.over(figure, Period(first=day, last=day)) for day in days]


def _sum(days: Days, period: Period) -> Value:
    values = [days.get(day) for day in period.days]
    # a sum that skips an unknown day would look like a bad week
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def change(now: Value, then: Value) -> Value:
    """The change in per cent; none without something to compare with."""
    if now is None or then is None or then == 0:
        return None
    return (now - then) / abs(then) * _HUNDRED


def moving(values: Sequence[Value], length: int) -> list[Value]:
    """The mean of each value and those before it, as many as `length`; none where one is unknown."""
    found: list[Value] = []
    for end in range(1, len(values) + 1):
        window = [value for value in values[max(0, end - length) : end] if value is not None]
        found.append(sum(window, Decimal(0)) / length if len(window) == length else None)
    return found
