"""An answer as a file: CSV, JSON, Parquet or a sheet for Excel."""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import IOBase, TextIOWrapper
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from resources.errors import Refused

_MOST_ROWS: Final = 1_048_575  # of a sheet, under its head
_LONGEST_CELL: Final = 32_767
_WIDEST_COLUMN: Final = 40
_FORMATS: Final = {"day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}


@contextmanager
def private(file: Path) -> Iterator[IO[bytes]]:
    """The file, made or emptied, open to its owner only."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        os.fchmod(descriptor, 0o600)
        yield sink


def write_csv(table: pa.Table, sink: IO[bytes]) -> None:
    """Comma-separated, UTF-8; nothing is an empty field, amounts keep all their digits."""
    text = TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in rows_of(table):
        writer.writerow([_plain(cell) for cell in row])
    # the sink is its opener's to close
    text.detach()


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, (list, Mapping)):
        return orjson.dumps(cell, default=str).decode()
    return cell.isoformat() if isinstance(cell, datetime | date) else cell


def write_json(table: pa.Table, sink: IO[bytes]) -> None:
    """A list with one object a row; decimals are numbers, to the last digit."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    sink.write(orjson.dumps(table.to_pylist(), default=_json, option=options))


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}".encode()) if value.is_finite() else None
    return str(value)


def write_parquet(table: pa.Table, sink: IO[bytes]) -> None:
    pq.write_table(table, pa.PythonFile(cast("IOBase", sink), mode="w"))


def write_xlsx(table: pa.Table, sink: IO[bytes]) -> None:
    """One sheet with a frozen head, typed cells and a filter. A text is a text, never a formula.

    Raises:
        Refused: there are more rows than a sheet can hold.
    """
    if table.num_rows > _MOST_ROWS:
        do_next = "Export csv or parquet instead."
        raise Refused(f"it has {table.num_rows:,} rows; a sheet holds {_MOST_ROWS:,}.", to="xlsx", do_next=do_next)
    import xlsxwriter  # noqa: PLC0415 -- only this form needs it

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sink, {"in_memory": True, "nan_inf_to_errors": True, **plain}) as book:
        _fill(book, table)


def _fill(book: Any, table: pa.Table) -> None:  # noqa: ANN401 -- the library has no types
    sheet = book.add_worksheet("metrics")
    head = book.add_format({"bold": True, "bottom": 1})
    shapes = {name: book.add_format({"num_format": shape}) for name, shape in _FORMATS.items()}
    for column, name in enumerate(table.column_names):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, min(_WIDEST_COLUMN, max(12, len(name) + 2)))
    for number, row in enumerate(rows_of(table), start=1):
        for column, cell in enumerate(row):
            _cell(sheet, number, column, cell, shapes)
    sheet.freeze_panes(1, 0)
    if table.num_columns:
        sheet.autofilter(0, 0, max(1, table.num_rows), table.num_columns - 1)


def _cell(sheet: Any, row: int, column: int, cell: object, shapes: Mapping[str, Any]) -> None:  # noqa: ANN401 -- as above
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        # Excel knows no zones; all moments are UTC
        sheet.write_datetime(row, column, cell.astimezone(UTC).replace(tzinfo=None), shapes["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, shapes["day"])
    else:
        sheet.write_string(row, column, str(_plain(cell))[:_LONGEST_CELL])


def rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The rows, in Python's own types."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


WRITERS: Final[Mapping[str, Callable[[pa.Table, IO[bytes]], None]]] = {
    "csv": write_csv,
    "json": write_json,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}
