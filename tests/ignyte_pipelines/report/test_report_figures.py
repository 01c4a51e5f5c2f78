"""The report's figures: whole days only, unknown stays unknown, ratios of sums."""

from datetime import date

import pytest

from ignyte_pipelines.report import words
from ignyte_pipelines.report.figures import Value, last_whole_days, moving, ratio_of_sums

TODAY = date(2026, 3, 1)


def test_periods_are_of_whole_days() -> None:
    week = last_whole_days(7, TODAY)
    assert (week.first, week.last, len(week.days)) == (date(2026, 2, 22), date(2026, 2, 28), 7)
    assert words.period(week) == f"Feb 22 {words.NOTHING} Feb 28, 2026"


def test_a_moving_mean_waits_for_its_days_and_breaks_at_a_gap() -> None:
    values: list[Value] = [2, 4, None, 6, 8]
    assert moving(values, 2) == [None, 3, None, None, 7]


def test_a_ratio_is_one_of_sums_and_none_over_nothing() -> None:
    assert ratio_of_sums([10, 90], [1, 3], 2) == [None, 25]
    assert ratio_of_sums([10, None, 5, 5], [1, 1, 0, 0], 1) == [10, None, None, None]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1234.5, "currency", "€1,234.50"),
        (-12.0, "currency", "-€12.00"),
        (123456.7, "currency", "€123,457"),
        (1234.0, "count", "1,234"),
        (0.0712, "share", "7.1%"),
        (3.216, "ratio", "3.22"),
        (41.5, "hours", "41.50 hours"),
        (None, "currency", words.NOTHING),
    ],
)
def test_figures_in_words(value: Value, unit: str, expected: str) -> None:
    assert words.figure(value, unit, "EUR") == expected


@pytest.mark.parametrize(("value", "expected"), [(0.1, "+10.0%"), (-0.105, "-10.5%"), (None, words.NOTHING)])
def test_a_change_has_its_sign(value: Value, expected: str) -> None:
    assert words.change(value) == expected
