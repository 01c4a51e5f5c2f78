"""An answer as a file: the same in every form, private, and harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ignyte_pipelines.analysis.writing import WRITERS, private, write_xlsx
from resources.errors import Refused

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ZONED = pa.timestamp("us", tz="UTC")
TABLE = pa.table(
    {
        "day": pa.array([date(2024, 2, 29), date(2026, 3, 29)], pa.date32()),
        "amount": pa.array([Decimal("1234567890.1234"), None], pa.decimal128(18, 4)),
        "orders": pa.array([3, 0], pa.int64()),
        "share": pa.array([0.25, float("nan")], pa.float64()),
        "note": pa.array(['=cmd|"/c calc"!A1', 'a,b\n"c"'], pa.string()),
        "fine": pa.array([True, False], pa.bool_()),
        "at": pa.array([MOMENT, None], ZONED),
        "list": pa.array([["a"], []], pa.list_(pa.string())),
    }
)


def _written(form: str) -> bytes:
    sink = io.BytesIO()
    WRITERS[form](TABLE, sink)
    return sink.getvalue()


def test_csv_keeps_every_digit_and_says_nothing_as_nothing() -> None:
    first, second = csv.DictReader(io.StringIO(_written("csv").decode(), newline=""))
    assert first["amount"] == "1234567890.1234"
    assert second["amount"] == ""
    assert (first["day"], first["fine"]) == ("2024-02-29", "true")
    assert second["note"] == 'a,b\n"c"'
    assert first["list"] == '["a"]'


def test_json_keeps_every_digit() -> None:
    text = _written("json")
    assert b"1234567890.1234" in text
    assert orjson.loads(text)[1]["amount"] is None


def test_parquet_is_the_table_itself() -> None:
    found = pq.read_table(io.BytesIO(_written("parquet")))
    assert found.schema == TABLE.schema
    assert found.column("amount").to_pylist() == TABLE.column("amount").to_pylist()


def test_a_sheet_has_types_and_no_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(_written("xlsx"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == TABLE.column_names
    cells = dict(zip(TABLE.column_names, rows[1], strict=True))
    assert cells["note"].data_type == "s"
    assert cells["note"].value == '=cmd|"/c calc"!A1'
    assert cells["day"].value == datetime(2024, 2, 29)  # noqa: DTZ001 -- a sheet knows no zones
    assert cells["at"].value == MOMENT.replace(tzinfo=None)
    assert cells["amount"].value == 1234567890.1234
    assert sheet.freeze_panes == "A2"


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    table = pa.table({"n": pa.nulls(1_048_576, pa.int64())})
    with pytest.raises(Refused, match="csv or parquet"):
        write_xlsx(table, io.BytesIO())


def test_a_file_that_was_open_to_others_becomes_private(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("old")
    file.chmod(0o644)
    with private(file) as sink:
        sink.write(b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o600)
