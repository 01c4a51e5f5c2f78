"""The forms of a result: a table for people; CSV, JSON, Parquet and Excel for programs."""

import sys
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.types as kinds
from rich.console import Console
from rich.measure import Measurement

from ignyte_pipelines.analysis.writing import WRITERS, private, rows_of
from ignyte_pipelines.cli.output import add, console, counted, facts, table, value

_SHOWN: Final = 500
_WIDEST: Final = 10_000


def write(answer: pa.Table, form: str, out: Path | None) -> None:
    """Writes an answer: "table", "csv", "json", "parquet" or "xlsx"; to stdout without `out`."""
    if form == "table":
        _table(answer)
    elif out is None:
        WRITERS[form](answer, sys.stdout.buffer)
        sys.stdout.flush()
    else:
        with private(out) as sink:
            WRITERS[form](answer, sink)


def _table(answer: pa.Table) -> None:
    names = answer.column_names
    numeric = [field.name for field in answer.schema if _is_number(field.type)]
    cells = [[value(cell) for cell in row] for row in rows_of(answer.slice(0, _SHOWN))]
    more = max(0, answer.num_rows - _SHOWN)
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
    out.print(f"[dim]{counted(answer.num_rows, 'row')}{hidden}[/]")


def _is_number(kind: pa.DataType) -> bool:
    return bool(kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind))
