"""What of a datasource's file is past its limit of age: counted, or left out when the file is written anew."""

from collections.abc import Mapping

import duckdb

from assets.privacy.cutoffs import CutOff, left_behind, past
from resources.decode.paths import quoted
from resources.platform import Platform, Stream
from resources.warehouse.copying import Change


def counted(
    connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform, limits: Mapping[str, CutOff]
) -> dict[str, int]:
    """How many rows of each stream are past their limit, where any are; the file is attached as `catalog`."""
    found = {}
    for name, condition in _conditions(connection, catalog, declared, limits).items():
        place = _place(catalog, declared, name)
        (rows,) = connection.execute(f"SELECT count(*) FROM {place} WHERE {condition}").fetchone() or (0,)
        if rows:
            found[name] = int(rows)
    return found


def ageing(declared: Platform, limits: Mapping[str, CutOff]) -> Change:
    """The change by which those rows leave the file."""
    conditions: dict[str, str] = {}

    def prepare(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        conditions.update(_conditions(connection, catalog, declared, limits))

    def keep(schema: str, table: str) -> str:
        gone = conditions.get(table, "false") if schema == declared.schema else "false"
        return f"NOT ({gone})"

    return Change(prepare=prepare, keep=keep)


def _conditions(
    connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform, limits: Mapping[str, CutOff]
) -> dict[str, str]:
    there = _at_hand(connection, catalog, declared)

    def place(name: str) -> str:
        return _place(catalog, declared, name) if name in there else ""

    def gone(stream: Stream) -> str:
        return f"{past(declared, stream, limits, place)} OR {left_behind(declared, stream, limits, place)}"

    return {stream.name: gone(stream) for stream in declared.streams if stream.name in there}


def _at_hand(connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform) -> set[str]:
    """The streams whose tables have every column that tells an age; a table of before it was declared has none."""
    held: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE (database_name, schema_name) = (?, ?)",
        [catalog, declared.schema],
    ).fetchall():
        held.setdefault(table, set()).add(column)
    asked = {
        stream.name: {*stream.key, *(column for column, _ in stream.belongs_to)}
        | ({stream.keep.age_column} if stream.keep.age_column else set())
        for stream in declared.streams
    }
    return {name for name, columns in asked.items() if columns <= held.get(name, set())}


def _place(catalog: str, declared: Platform, name: str) -> str:
    return f"{quoted(catalog)}.{quoted(declared.schema)}.{quoted(name)}"
