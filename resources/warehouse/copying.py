"""A file copied table by table under another key, with rows left out and values replaced, and the copy proved."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from resources.decode.paths import quoted
from resources.errors import Stop
from resources.vault.datakey import DataKey
from resources.warehouse.opening import attach, detach, memory
from resources.warehouse.session import remove

OLD: Final = "old"
_NEW: Final = "new"
Seen = dict[str, tuple[int, int]]  # table -> its rows, and a digest of their values


def _nothing(_connection: duckdb.DuckDBPyConnection, _catalog: str) -> None:
    """Prepares nothing."""


def _everything(_schema: str, _table: str) -> str:
    return "true"


def _as_it_is(_schema: str, _table: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a rewrite does to the rows; what is not said stays as it is.

    `prepare` makes tables in the connection's memory, given the catalog of the old file. `keep` gives, for a schema and
    a table, the SQL condition of the rows that stay, `values` the SQL expression that takes a column's place; both are
    read in the old table and may name its `rowid`.
    """

    prepare: Callable[[duckdb.DuckDBPyConnection, str], None] = _nothing
    keep: Callable[[str, str], str] = _everything
    values: Callable[[str, str], Mapping[str, str]] = _as_it_is


@dataclass(frozen=True, kw_only=True)
class Copied:
    """How many rows of each table stayed, and how many went where any did."""

    kept: dict[str, int]
    left_out: dict[str, int]


def copied(scratch: Path, old: tuple[Path, DataKey], new: tuple[Path, DataKey], change: Change | None = None) -> Copied:
    """Copies the file `old` into the new file `new`, each with its key, and reads the copy back as a stranger would.

    Raises:
        Stop: a file can't be read, or what was written is not what was to be written.
    """
    change = change or Change()
    # a file of this name can only be a leftover of a killed rewrite, under a key that is gone
    remove(new[0])
    with closing(memory(scratch)) as connection:
        attach(connection, old[0], OLD, old[1], read_only=True)
        attach(connection, new[0], _NEW, new[1])
        new[0].chmod(0o600)
        change.prepare(connection, OLD)
        connection.execute(f"COPY FROM DATABASE {OLD} TO {_NEW} (SCHEMA)")
        tables = _tables(connection, OLD)
        for schema, table in tables:
            connection.execute(
                f"INSERT INTO {_place(_NEW, schema, table)} BY NAME {_staying(change, OLD, schema, table)}"
            )
        detach(connection, _NEW)
        expected = {
            f"{schema}.{table}": _seen(connection, _staying(change, OLD, schema, table)) for schema, table in tables
        }
        before = {f"{schema}.{table}": _count(connection, schema, table) for schema, table in tables}
    if _read_back(scratch, *new) != expected:
        raise Stop("what was written is not what was read.", to=f"file {new[0].name}", do_next="The old file stays.")
    kept = {name: count for name, (count, _) in expected.items()}
    return Copied(kept=kept, left_out={name: before[name] - kept[name] for name in kept if before[name] != kept[name]})


def _read_back(scratch: Path, path: Path, key: DataKey) -> Seen:
    with closing(memory(scratch)) as connection:
        attach(connection, path, _NEW, key, read_only=True)
        tables = _tables(connection, _NEW)
        return {
            f"{schema}.{table}": _seen(connection, f"SELECT * FROM {_place(_NEW, schema, table)}")
            for schema, table in tables
        }


def _staying(change: Change, catalog: str, schema: str, table: str) -> str:
    """A SELECT of the rows that stay, as they will be."""
    values = change.values(schema, table)
    replaced = ", ".join(f"{expression} AS {quoted(column)}" for column, expression in values.items())
    columns = f"* REPLACE ({replaced})" if replaced else "*"
    return f"SELECT {columns} FROM {_place(catalog, schema, table)} WHERE {change.keep(schema, table)}"


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [catalog]
    ).fetchall()


def _seen(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """How many rows a query has and a digest of their values, whatever their order; equal rows don't cancel out."""
    try:
        # the digest makes DuckDB decrypt and read each block of each column
        query = f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM ({rows}) AS t"
        count, total = connection.execute(query).fetchone() or (0, 0)
    except duckdb.Error as error:
        what = f"a block of it can't be read ({type(error).__name__})."
        raise Stop(what, to="a rewrite", do_next="Restore a backup, or sync again from the platform.") from None
    return int(count), int(total)


def _count(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {_place(OLD, schema, table)}").fetchone()
    return int(found[0]) if found else 0


def _place(catalog: str, schema: str, table: str) -> str:
    return f"{quoted(catalog)}.{quoted(schema)}.{quoted(table)}"
