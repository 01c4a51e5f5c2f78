"""How things are shown: tables and sentences for people, or one JSON document for programs."""

import dataclasses
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import orjson
from rich import box
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

Cell = str | Text
_MINUTE: Final = 60
_STEPS: Final = (("second", 60), ("minute", 60), ("hour", 24), ("day", 30), ("month", 12))
_KILO: Final = 1024.0


def console() -> Console:
    """Where results go."""
    return Console(highlight=False)


def errors() -> Console:
    """Where progress and failures go, so that stdout holds nothing but the result."""
    return Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """A line of progress."""
    errors().print(sentence, soft_wrap=True)


def show(document: object, *parts: RenderableType, as_json: bool) -> None:
    """The result: the document, or the parts that a person reads."""
    if as_json:
        print_json(document)
        return
    out = console()
    for part in parts:
        out.print(part)


def print_json(document: object) -> None:
    sys.stdout.write(as_json_bytes(document).decode())
    sys.stdout.flush()


def as_json_bytes(document: object) -> bytes:
    """The document as JSON; moments in ISO 8601, decimals as numbers."""
    return orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _plain(value: object) -> Any:  # noqa: ANN401 -- whatever JSON knows
    if isinstance(value, Decimal):
        # as a number, and to the last digit
        return orjson.Fragment(f"{value:f}".encode()) if value.is_finite() else None
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def fields(fact: Any, *names: str) -> dict[str, Any]:  # noqa: ANN401 -- any frozen fact
    """The named fields of a dataclass, or all of them."""
    chosen = names or tuple(field.name for field in dataclasses.fields(fact))
    return {name: getattr(fact, name) for name in chosen}


def table(*columns: str, title: str = "", right: Iterable[str] = (), wraps: Iterable[str] = ()) -> Table:
    """An airy table without a frame.

    Columns named in `right` hold numbers; where there is not enough room, those in `wraps` give way.
    """
    made = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=title or None,
        title_justify="left",
        title_style="bold",
    )
    numbers, may_wrap = set(right), set(wraps)
    for column in columns:
        made.add_column(
            column,
            justify="right" if column in numbers else "left",
            no_wrap=column not in may_wrap,
            overflow="fold" if column in may_wrap else "ellipsis",
        )
    return made


def add(made: Table, *cells: Cell) -> None:
    """Adds a row. A text is shown as it is, whatever brackets are in it."""
    made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in cells))


def command(*words: str) -> str:
    """A command to type, as it has to be typed, in bold."""
    return f"[bold]{escape(shlex.join(words))}[/]"


def facts(pairs: Sequence[tuple[str, Cell]]) -> Table:
    """Names and what they stand for, one a line."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs:
        made.add_row(name, value if isinstance(value, Text) else Text(value))
    return made


def ago(moment: datetime | None, now: datetime) -> str:
    """A moment in relative words, such as "3 hours ago" or "in 40 minutes"."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if abs(seconds) < _MINUTE:
        return "just now" if seconds >= 0 else "now"
    words = _span(abs(seconds))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _span(seconds: float) -> str:
    amount = seconds
    for unit, size in _STEPS:
        if amount < size:
            return _counted(int(amount), unit)
        amount /= size
    return _counted(int(amount), "year")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def counted(number: int, noun: str) -> str:
    """A number and its noun, in the plural where it needs it."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size(count: float) -> str:
    """Bytes in the unit that fits."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < _KILO:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _KILO
    return f"{count:.1f} TB"


def value(found: object) -> str:
    """A cell of a result as a person reads it; nothing is a dash, never a zero."""
    if found is None:
        return "-"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, (int, float, Decimal)):
        return _number(found)
    if isinstance(found, datetime):
        return f"{found:%Y-%m-%d %H:%M:%S}"
    return str(found.value if isinstance(found, Enum) else found)


def _number(found: float | Decimal) -> str:
    if isinstance(found, int):
        return f"{found:,}"
    return f"{found:,.4f}" if 0 < abs(float(found)) < 1 else f"{found:,.2f}"


_COLOURS: Final = {
    "connected": "green",
    "active": "green",
    "clean": "green",
    "reauthorize": "red",
    "disconnected": "dim",
    "inactive": "yellow",
    "cancelled": "yellow",
    "deleted": "dim",
}


def status(word: str) -> Text:
    """A status in its colour."""
    return Text(word, style=_COLOURS.get(word, ""))
