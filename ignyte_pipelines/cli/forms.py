"""The forms of a result: a table for people; CSV, JSON and Parquet for programs."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from io import IOBase, TextIOWrapper
from pathlib import Path
from typing import IO, Any, Final, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.measure import Measurement

from ignyte_pipelines.cli.output import add, as_json_bytes, console, counted, facts, table, value

_BATCH: Final = 10_000
_SHOWN: Final = 500
_WIDEST: Final = 10_000
_NUMBERS: Final = ("INT", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "DECIMAL", "DOUBLE", "FLOAT", "NUMBER", "U")


def write(connection: duckdb.DuckDBPyConnection, form: str, out: Path | None) -> None:
    """Writes the result that `connection` has ready: "table", "csv", "json" or "parquet"; to stdout without `out`."""
    if form == "table":
        _table(connection)
        return
    with _sink(out) as sink:
        if form == "csv":
            _csv(connection, sink)
        elif form == "json":
            sink.write(as_json_bytes(_objects(connection)))
        else:
            _parquet(connection, sink)


def names_of(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [str(column[0]) for column in connection.description or []]


@contextmanager
def _sink(out: Path | None) -> Iterator[IO[bytes]]:
    """The file, open to its owner only, or stdout."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        yield sink


def _batches(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := connection.fetchmany(_BATCH):
        yield rows


def _csv(connection: duckdb.DuckDBPyConnection, sink: IO[bytes]) -> None:
    text = TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names_of(connection))
    for rows in _batches(connection):
        writer.writerows([_plain(cell) for cell in row] for row in rows)
    # the sink is its opener's to close
    text.detach()


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, datetime | date) else cell


def _objects(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = names_of(connection)
    return [dict(zip(names, row, strict=True)) for rows in _batches(connection) for row in rows]


def _parquet(connection: duckdb.DuckDBPyConnection, sink: IO[bytes]) -> None:
    reader = connection.to_arrow_reader(_BATCH)
    with pq.ParquetWriter(pa.PythonFile(cast("IOBase", sink), mode="w"), reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def _table(connection: duckdb.DuckDBPyConnection) -> None:
    names = names_of(connection)
    kinds = [str(column[1]).upper() for column in connection.description or []]
    numeric = [name for name, kind in zip(names, kinds, strict=True) if kind.startswith(_NUMBERS)]
    rows = connection.fetchmany(_SHOWN)
    more = len(connection.fetchall()) if len(rows) == _SHOWN else 0
    cells = [[value(cell) for cell in row] for row in rows]
    grid = table(*names, right=numeric)
    for row in cells:
        add(grid, *row)
    out = console()
    width = Measurement.get(out, out.options.update(max_width=_WIDEST), grid).maximum
    if width <= out.width:
        out.print(grid)
    elif out.is_terminal:
        # a table cut off at the edge would hide digits, so each row is written downwards
        for row in cells:
            out.print(facts(list(zip(names, row, strict=True))), "")
    else:
        Console(width=width, highlight=False).print(grid)
    hidden = f" ({more:,} more are not shown: use --format csv)" if more else ""
    out.print(f"[dim]{counted(len(rows) + more, 'row')}{hidden}[/]")
