"""Figures in words: money, counts, ratios and changes as the page writes them."""

from datetime import date
from typing import Final

from ignyte_pipelines.report.figures import Period, Value

NOTHING: Final = "\N{EN DASH}"
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$"}
_CENTS: Final = 10_000  # amounts below this are shown with their cents


def figure(value: Value, unit: str, currency: str) -> str:
    """A figure in its unit: currency, count, ratio, share, hours or days; what is unknown is a dash."""
    if value is None:
        return NOTHING
    if unit == "share":
        return f"{value * 100:,.1f}%"
    if unit == "currency":
        return money(value, currency)
    number = f"{value:,.0f}" if unit == "count" else f"{value:,.2f}"
    return f"{number} {unit}" if unit in {"hours", "days"} else number


def money(value: Value, currency: str) -> str:
    """An amount with its currency."""
    if value is None:
        return NOTHING
    sign = _SIGNS.get(currency, f"{currency} ")
    amount = f"{abs(value):,.2f}" if abs(value) < _CENTS else f"{abs(value):,.0f}"
    return f"{'-' if value < 0 else ''}{sign}{amount}"


def change(value: Value) -> str:
    """A change as per cent with its sign; 0.1 is ten per cent more."""
    return NOTHING if value is None else f"{value * 100:+,.1f}%"


def day(found: date) -> str:
    return f"{found:%b} {found.day}"


def period(found: Period) -> str:
    return f"{day(found.first)} \N{EN DASH} {day(found.last)}, {found.last.year}"
