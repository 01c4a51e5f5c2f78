"""A CSV file as numbered rows, and what can be said of one row before it is taken."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from resources.errors import Refused

_LARGEST: Final = 32 * 1024 * 1024
_MOST_ROWS: Final = 200_000
_DELIMITERS: Final = ",;\t"
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d+)?")
_SHOWN: Final = 40


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the file: the line it begins on, and its cells by the name of their column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it was read; `sha256` is that of its bytes."""

    name: str
    sha256: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


class Fault(Exception):  # noqa: N818 -- a finding about a row, told and never raised to the outside
    """What is wrong with one row; `kind` is the same for all rows with this fault."""

    def __init__(self, kind: str, what: str) -> None:
        self.kind, self.what = kind, what
        super().__init__(what)


def read(path: Path, required: Sequence[Sequence[str]], optional: Sequence[str] = ()) -> File:
    """Reads a CSV file in UTF-8, divided by commas, semicolons or tabs, its columns named in the first line.

    `required` holds sets of columns of which one each must be there. Other columns are refused, since a misspelt one
    would be left out in silence.

    Raises:
        Refused: it can't be read as that, or it is too large.
    """
    text, sha256 = _text(path)
    lines = list(_lines(text, path))
    if not lines:
        raise _refused(path, "it is empty.", "The first line names the columns.")
    columns = tuple(cell.strip().lower() for cell in lines[0][1])
    _check_columns(path, columns, required, optional)
    rows = [_line(number, columns, cells) for number, cells in lines[1:] if any(cell.strip() for cell in cells)]
    return File(name=path.name, sha256=sha256, columns=columns, lines=tuple(rows))


def _text(path: Path) -> tuple[str, str]:
    if not path.is_file():
        raise _refused(path, "there is no such file.", "Check its name.")
    if path.stat().st_size > _LARGEST:
        raise _refused(path, f"it is larger than {_LARGEST >> 20} MB.", "Divide it.")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig"), hashlib.sha256(content).hexdigest()
    except UnicodeDecodeError:
        raise _refused(path, "it is not UTF-8.", "Save it as CSV UTF-8.") from None


def _lines(text: str, path: Path) -> list[tuple[int, list[str]]]:
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, begins = [], 1
    try:
        for cells in reader:
            found.append((begins, cells))
            begins = reader.line_num + 1
            if len(found) > _MOST_ROWS:
                raise _refused(path, f"it has more than {_MOST_ROWS:,} rows.", "Divide it.")
    except csv.Error as error:
        raise _refused(path, f"line {reader.line_num} is no CSV ({error}).", "Check its quotes.") from None
    return found


def _check_columns(
    path: Path, columns: Sequence[str], required: Sequence[Sequence[str]], optional: Sequence[str]
) -> None:
    known = {name for names in required for name in names} | set(optional)
    wanted = ", ".join(" or ".join(names) for names in required)
    do_next = f"It needs {wanted}" + (f", and may have {', '.join(optional)}." if optional else ".")
    for names in required:
        if not set(names) & set(columns):
            raise _refused(path, f"it has no column {' or '.join(names)}.", do_next)
    if strange := [name for name in columns if name not in known]:
        raise _refused(path, f"it has columns that are not known: {', '.join(map(shown, strange))}.", do_next)
    if len(set(columns)) < len(columns):
        raise _refused(path, "it has a column twice.", do_next)


def _line(number: int, columns: Sequence[str], cells: Sequence[str]) -> Line:
    # a row too long is kept as such, for its fault to be told with the others
    extra = {"": "too long"} if len(cells) > len(columns) else {}
    return Line(
        number=number, cells={**{name: cell.strip() for name, cell in zip(columns, cells, strict=False)}, **extra}
    )


def text(line: Line, column: str, default: str | None = None) -> str:
    """The cell, or the default where it is empty.

    Raises:
        Fault: it is empty and has no default.
    """
    if "" in line.cells:
        raise Fault("too many cells", "it has more cells than there are columns")
    found = line.cells.get(column, "") or default
    if found is None:
        raise Fault("missing field", f"{column} is empty")
    if not found.isprintable():
        raise Fault("wrong type", f"{column} holds characters that can't be printed")
    return found


def number(line: Line, column: str, places: int) -> Decimal:
    """A number that is not negative, with a point and at most `places` decimals.

    Raises:
        Fault: it is none.
    """
    cell = text(line, column)
    try:
        value = Decimal(cell) if _NUMBER.fullmatch(cell) else None
    except InvalidOperation:
        value = None
    if value is None:
        raise Fault("wrong type", f"{column} is no number such as 12.50: {shown(cell)}")
    if -int(value.as_tuple().exponent) > places:
        raise Fault("wrong type", f"{column} has more than {places} decimals: {shown(cell)}")
    return value


def day(line: Line, column: str) -> date:
    """A day as 2026-03-31.

    Raises:
        Fault: it is none.
    """
    cell = text(line, column)
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise Fault("wrong type", f"{column} is no day such as 2026-03-31: {shown(cell)}") from None


def currency(line: Line, column: str, default: str | None = None) -> str:
    """An ISO 4217 code.

    Raises:
        Fault: it is none.
    """
    cell = text(line, column, default).upper()
    if not _CURRENCY.fullmatch(cell):
        raise Fault("wrong type", f"{column} is no currency such as USD: {shown(cell)}")
    return cell


def shown(cell: str) -> str:
    """A cell as a message shows it."""
    safe = "".join(letter if letter.isprintable() else "?" for letter in cell)
    return repr(safe if len(safe) <= _SHOWN else safe[: _SHOWN - 1] + "…")


def _refused(path: Path, what: str, do_next: str) -> Refused:
    return Refused(what, to=f"file {path.name}", do_next=do_next)
