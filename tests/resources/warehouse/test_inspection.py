"""What a look at a source's tables says, and that it says no value."""

import dataclasses
from datetime import UTC, datetime

import duckdb
import pytest

from resources.columns import Personal, date, integer, text, timestamp
from resources.platform import Platform, Stream
from resources.platforms import platform, platforms
from resources.warehouse.inspection import (
    Span,
    columns_of,
    difference,
    looks_personal,
    rows_of,
    span_of,
    suspects,
)

STREAM = Stream(
    name="orders",
    description="Orders.",
    key=("id",),
    cursor="updated_at",
    columns=(
        text("id", "Id."),
        text("email", "E-mail.", personal=Personal.EMAIL),
        text("note", "What the buyer wrote."),
        integer("quantity", "Units."),
        timestamp("updated_at", "Last change."),
    ),
)
SHOP = platform("shopify")
TABLE = f"source.{SHOP.schema}.orders"


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(f"ATTACH ':memory:' AS source; CREATE SCHEMA source.{SHOP.schema}")
    return made


@pytest.fixture
def orders(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        f"CREATE TABLE {TABLE} AS SELECT * FROM (VALUES "
        "('1', 'a@example.com', 'thanks', 2::BIGINT, "
        "TIMESTAMPTZ '2026-03-01 10:00:00Z', TIMESTAMPTZ '2026-03-02 00:00:00Z'), "
        "('2', 'b@example.com', NULL, 1, TIMESTAMPTZ '2026-03-03 10:00:00Z', TIMESTAMPTZ '2026-03-04 00:00:00Z')"
        ") AS t (id, email, note, quantity, updated_at, _synced_at)"
    )
    return connection


def test_a_table_as_declared_has_no_difference(orders: duckdb.DuckDBPyConnection) -> None:
    assert not difference(orders, SHOP, STREAM)
    assert rows_of(orders, SHOP, STREAM) == 2


def test_no_table_yet(connection: duckdb.DuckDBPyConnection) -> None:
    assert columns_of(connection, SHOP, STREAM) == {}
    assert rows_of(connection, SHOP, STREAM) == 0
    assert span_of(connection, SHOP, STREAM, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_missing_foreign_and_retyped_columns_are_told_apart(orders: duckdb.DuckDBPyConnection) -> None:
    orders.execute(f"ALTER TABLE {TABLE} DROP note; ALTER TABLE {TABLE} ADD COLUMN extra VARCHAR")
    orders.execute(f"ALTER TABLE {TABLE} ALTER quantity TYPE VARCHAR")
    found = difference(orders, SHOP, STREAM)
    assert (found.missing, found.undeclared, found.retyped) == (("note",), ("extra",), ("quantity",))


def test_the_span_is_that_of_the_rows_that_landed_since(orders: duckdb.DuckDBPyConnection) -> None:
    late = datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert span_of(orders, SHOP, STREAM, datetime(2026, 3, 3, tzinfo=UTC)) == Span(earliest=late, latest=late)
    assert span_of(orders, SHOP, STREAM, datetime(2026, 3, 5, tzinfo=UTC)) is None


def test_a_span_of_days_is_in_utc(connection: duckdb.DuckDBPyConnection) -> None:
    daily = dataclasses.replace(STREAM, columns=(text("id", "Id."), date("updated_at", "Day.")))
    connection.execute(
        f"CREATE TABLE {TABLE} AS "
        "SELECT '1' AS id, DATE '2026-03-01' AS updated_at, TIMESTAMPTZ '2026-03-02 00:00:00Z' AS _synced_at"
    )
    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert span_of(connection, SHOP, daily, day) == Span(earliest=day, latest=day)


def test_declared_personal_columns_are_no_suspects(orders: duckdb.DuckDBPyConnection) -> None:
    assert suspects(orders, SHOP, STREAM) == ()


@pytest.mark.parametrize(
    ("written", "because"),
    [
        ("mail me at anna@example.com please", "values shaped like e-mail"),
        ('{"to": "anna.b+x@mail.example.co.uk"}', "values shaped like e-mail"),
        ("call +49 170 1234567", "values shaped like phone"),
        ("+14155550123", "values shaped like phone"),
    ],
)
def test_a_value_that_slipped_in_is_found_and_only_counted(
    orders: duckdb.DuckDBPyConnection, written: str, because: str
) -> None:
    orders.execute(f"UPDATE {TABLE} SET note = ? WHERE id = '1'", [written])
    (found,) = suspects(orders, SHOP, STREAM)
    assert (found.column, found.because, found.rows) == ("note", because, 1)
    assert written not in repr(found)


@pytest.mark.parametrize(
    "written",
    ["gid://shopify/Order/5551234567", "2026-03-14T09:26:53+01:00", "1234567890123", "user@", "+5 %", "a @ b.c"],
)
def test_ordinary_values_are_not_suspected(orders: duckdb.DuckDBPyConnection, written: str) -> None:
    orders.execute(f"UPDATE {TABLE} SET note = ?", [written])
    assert suspects(orders, SHOP, STREAM) == ()


def test_a_column_named_like_a_person_is_suspected_without_a_row(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"CREATE TABLE {TABLE} (id VARCHAR, billing_phone VARCHAR, birth_date DATE)")
    assert {each.column for each in suspects(connection, SHOP, STREAM)} == {"billing_phone", "birth_date"}


@pytest.mark.parametrize("name", ["email", "buyer_email", "phone_number", "first_name", "street", "ip_address", "zip"])
def test_names_that_look_personal(name: str) -> None:
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name", ["campaign_name", "account_name", "shipping", "emailed_count", "zipped", "title", "tip"]
)
def test_names_that_do_not(name: str) -> None:
    assert not looks_personal(name)


def every_column() -> list[tuple[Platform, Stream, str]]:
    return [
        (declared, stream, column.name)
        for declared in platforms()
        for stream in declared.streams
        for column in stream.columns
        if not column.personal and looks_personal(column.name)
    ]


def test_no_platform_declares_a_column_that_looks_personal_without_saying_so() -> None:
    assert [f"{declared.key}.{stream.name}.{column}" for declared, stream, column in every_column()] == []
