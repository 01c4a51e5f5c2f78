"""The document's shape, checked field by field before anything is stored."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

VERSION: Final = 1
FORMAT: Final = "ignyte-configuration"


def _first_of_month(day: date) -> date:
    if day.day != 1:
        raise ValueError("a month is given by its first day")
    return day


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("it has printable characters, and not blanks alone")
    return text


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,80}$")]


class _Shape(BaseModel):
    # what is not known is not stored, and what was given is not repeated in an error
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Section(_Shape):
    """One part of a Report: metrics over dimensions, out of one table."""

    title: Name
    table: Word
    metrics: Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]
    dimensions: Annotated[tuple[Word, ...], Field(max_length=10)] = ()
    shown_as: Literal["table", "line", "bars", "tiles"] = "table"


class Report(_Shape):
    name: Name
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=50)]


class SavedView(_Shape):
    """A dashboard with its date range, comparison, filters and tab."""

    name: Name
    dashboard: Name
    date_range: Literal[
        "today", "yesterday", "last 7 days", "last 30 days", "last 90 days", "month to date", "quarter to date",
        "year to date",
    ]  # fmt: skip
    comparison: Literal["none", "previous period", "previous year"] = "previous period"
    filters: dict[Word, Annotated[tuple[Name, ...], Field(max_length=100)]] = Field(default_factory=dict, max_length=20)
    tab: Name | None = None


class MetricTarget(_Shape):
    metric: Word
    month: Annotated[date, AfterValidator(_first_of_month)]
    target: Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]


class Configuration(_Shape):
    """The whole document."""

    format: Literal["ignyte-configuration"] = FORMAT
    version: Literal[1] = VERSION
    reports: Annotated[tuple[Report, ...], Field(max_length=500)] = ()
    saved_views: Annotated[tuple[SavedView, ...], Field(max_length=500)] = ()
    metric_targets: Annotated[tuple[MetricTarget, ...], Field(max_length=20_000)] = ()
