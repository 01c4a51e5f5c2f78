"""Words and figures as people read them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ignyte_pipelines.cli.output import add, ago, as_json_bytes, command, size, table, value
from ignyte_pipelines.demo.telling import bar


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=26), "1 day ago"),
        (timedelta(days=245), "8 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-40), "in 40 minutes"),
    ],
)
def test_moments_are_told_in_relative_words(now: datetime, back: timedelta, words: str) -> None:
    assert ago(now - back, now) == words


def test_what_never_happened_is_said(now: datetime) -> None:
    assert ago(None, now) == "never"


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "-"),
        (0, "0"),
        (1234567, "1,234,567"),
        (Decimal("1234.5000"), "1,234.50"),
        (0.05, "0.0500"),
        (0.0, "0.00"),
        (True, "yes"),
        (date(2026, 3, 1), "2026-03-01"),
        ("[red]x", "[red]x"),
    ],
)
def test_values_are_shown_for_people(found: object, shown: str) -> None:
    assert value(found) == shown


def test_json_keeps_every_digit_of_money() -> None:
    text = as_json_bytes({"amount": Decimal("12345678901234.5670"), "none": None, "set": frozenset({"b", "a"})})
    assert b"12345678901234.5670" in text
    assert orjson.loads(text)["set"] == ["a", "b"]


def test_sizes_have_a_unit() -> None:
    assert [size(0), size(1023), size(1536), size(5 * 1024**3)] == ["0 B", "1023 B", "1.5 KB", "5.0 GB"]


@given(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=0, max_value=1e6))
def test_a_bar_never_overflows(amount: float, most: float) -> None:
    assert len(bar(min(amount, most), most, width=10)) <= 10


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar(100, 100, width=8) == "█" * 8
    assert bar(50, 100, width=8) == "█" * 4
    assert bar(0, 100) == ""
    assert bar(5, 0) == ""


def test_a_name_is_shown_as_it_is_and_not_read_as_markup() -> None:
    made = table("account")
    add(made, "[a-z]*[/bold] & Co")
    shown = Console(width=60, record=True)
    shown.print(made)
    assert "[a-z]*[/bold] & Co" in shown.export_text()


def test_a_command_can_be_typed_as_it_is_shown() -> None:
    assert "ignyte sync 'Juniper & Rye'" in command("ignyte", "sync", "Juniper & Rye")
