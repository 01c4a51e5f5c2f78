"""The report's figures: whole days only, unknown stays unknown, ratios of sums."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ignyte_pipelines.report import words
from ignyte_pipelines.report.declared import Figure
from ignyte_pipelines.report.figures import Columns, Period, Value, change, last_whole_days, moving

TODAY = date(2026, 3, 1)
SALES = Figure(name="net_sales", column="net_sales")
AOV = Figure(name="aov", column="net_sales", per="orders")


def _columns(**values: list[Value]) -> Columns:
    """The days up to yesterday, one for each value."""
    return Columns(
        by_name={
            name: {TODAY - timedelta(days=len(row) - at): value for at, value in enumerate(row)}
            for name, row in values.items()
        }
    )


def test_periods_are_of_whole_days_and_lie_side_by_side() -> None:
    week = last_whole_days(7, TODAY)
    assert (week.first, week.last, len(week.days)) == (date(2026, 2, 22), date(2026, 2, 28), 7)
    assert week.before() == Period(first=date(2026, 2, 15), last=date(2026, 2, 21))


def test_a_ratio_is_one_of_sums() -> None:
    columns = _columns(net_sales=[Decimal(10), Decimal(90)], orders=[Decimal(1), Decimal(3)])
    assert columns.over(AOV, last_whole_days(2, TODAY)) == Decimal(25)
    assert columns.daily(AOV, last_whole_days(2, TODAY).days) == [Decimal(10), Decimal(30)]


def test_an_unknown_day_makes_its_period_unknown() -> None:
    columns = _columns(net_sales=[Decimal(1), None, Decimal(3)], orders=[Decimal(0), Decimal(1), Decimal(1)])
    assert columns.over(SALES, last_whole_days(3, TODAY)) is None
    assert columns.over(SALES, last_whole_days(1, TODAY)) == Decimal(3)
    assert columns.over(SALES, last_whole_days(4, TODAY)) is None
    assert columns.over(AOV, Period(first=TODAY - timedelta(days=3), last=TODAY - timedelta(days=3))) is None


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (110, 100, "+10.0%"),
        (90, 100, "-10.0%"),
        (1, 0, words.NOTHING),
        (None, 1, words.NOTHING),
        (1, None, words.NOTHING),
        (5, -10, "+150.0%"),
    ],
)
def test_a_change_needs_something_to_compare_with(now: int | None, then: int | None, expected: str) -> None:
    sides = [None if side is None else Decimal(side) for side in (now, then)]
    assert words.change(change(*sides)) == expected


def test_a_moving_mean_waits_for_its_days_and_breaks_at_a_gap() -> None:
    values: list[Value] = [Decimal(2), Decimal(4), None, Decimal(6), Decimal(8)]
    assert moving(values, 2) == [None, Decimal(3), None, None, Decimal(7)]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1234.5", "currency", "€1,234.50"),
        ("-12", "currency", "-€12.00"),
        ("123456.7", "currency", "€123,457"),
        ("1234", "count", "1,234"),
        ("0.0712", "share", "7.1%"),
        ("3.216", "ratio", "3.22"),
        (None, "currency", words.NOTHING),
    ],
)
def test_figures_in_words(value: str | None, unit: str, expected: str) -> None:
    assert words.figure(None if value is None else Decimal(value), unit, "EUR") == expected
