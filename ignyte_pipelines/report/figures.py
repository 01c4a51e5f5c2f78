"""The page's own small sums, over daily values; all else is calculated where the metrics are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Value = float | None
Days = Mapping[date, Value]


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days, from the first to the last of them."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=each) for each in range((self.last - self.first).days + 1)]


def last_whole_days(number: int, today: date) -> Period:
    """The last whole days; today is not one."""
    return Period(first=today - timedelta(days=number), last=today - timedelta(days=1))


def moving(values: Sequence[Value], length: int) -> list[Value]:
    """The mean of each value and those before it, as many as `length`; none where one is unknown."""
    found: list[Value] = []
    for end in range(1, len(values) + 1):
        window = [value for value in values[max(0, end - length) : end] if value is not None]
        # a mean that skips an unknown day would look like a bad week
        found.append(sum(window) / length if len(window) == length else None)
    return found


def ratio_of_sums(above: Sequence[Value], below: Sequence[Value], length: int) -> list[Value]:
    """For each day the sum of one over the sum of the other, over `length` days; a mean of ratios is nobody's ratio."""
    sides = zip(moving(above, length), moving(below, length), strict=True)
    return [over / under if over is not None and under else None for over, under in sides]
