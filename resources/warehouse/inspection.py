"""What can be said of a source file's tables without showing a value: counts, types, spans, and what looks personal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import duckdb

from resources.decode.kinds import STORED
from resources.decode.paths import literal, quoted
from resources.platform import Platform, Stream
from resources.warehouse.opening import CATALOG

_SAMPLE: Final = 20_000
# what dlt and the landing add to a declared table
_ADDED: Final = frozenset({"_dlt_id", "_dlt_load_id", "_synced_at"})

_NAMES: Final = re.compile(
    r"(^|_)(e?mail|email_address|phone|mobile|(first|last|full|middle|family|given|sur|maiden)_?name"
    r"|(customer|buyer|recipient|contact|billing|shipping)_name|street|postcode|postal_code|zip(_code)?"
    r"|address_?(line)?_?\d?|ip(_address)?|birth(day|date)?|date_of_birth|latitude|longitude|iban|card_number)($|_)"
)
_SHAPES: Final = {
    "e-mail": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "phone": r"(^|[^\w+])\+[1-9]\d[\d ().-]{6,14}\d($|\D)",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How a table's columns depart from the declared ones."""

    missing: tuple[str, ...]
    undeclared: tuple[str, ...]
    retyped: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.undeclared or self.retyped)


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A column that nobody declared personal. `because` says what looks so; `rows` of the sampled ones have the shape.

    A suspicious name has no rows to count: they are 0.
    """

    column: str
    because: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Span:
    """The earliest and the latest value of a stream's cursor among some rows, in UTC."""

    earliest: datetime
    latest: datetime


def columns_of(connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream) -> Mapping[str, str]:
    """The columns of the stream's table and their types; empty if there is no table."""
    found = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE (database_name, schema_name, table_name) = (?, ?, ?) ORDER BY column_index",
        [CATALOG, platform.schema, stream.name],
    )
    return {name: _plain(kind) for name, kind in found.fetchall()}


def rows_of(connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream) -> int:
    """All rows of the stream's table; 0 if there is none yet."""
    if not columns_of(connection, platform, stream):
        return 0
    return int(_one(connection, f"SELECT count(*) FROM {_table(platform, stream)}")[0])


def span_of(connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream, since: datetime) -> Span | None:
    """The span of the cursor among the rows that landed at `since` or later; None without a cursor or a row."""
    if stream.cursor is None or stream.cursor not in columns_of(connection, platform, stream):
        return None
    cursor = quoted(stream.cursor)
    query = f"SELECT min({cursor}), max({cursor}) FROM {_table(platform, stream)} WHERE _synced_at >= $since"
    earliest, latest = _one(connection, query, {"since": since})
    if earliest is None:
        return None
    return Span(earliest=_moment(earliest), latest=_moment(latest))


def difference(connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream) -> Difference:
    """What the file holds against what is declared."""
    found = columns_of(connection, platform, stream)
    declared = {column.name: _plain(STORED[column.kind]) for column in stream.columns}
    return Difference(
        missing=tuple(sorted(declared.keys() - found.keys())),
        undeclared=tuple(sorted(found.keys() - declared.keys() - _ADDED)),
        retyped=tuple(sorted(name for name in declared.keys() & found.keys() if declared[name] != found[name])),
    )


def suspects(connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream) -> tuple[Suspect, ...]:
    """Columns that look personal, by name or by what a sample of them holds, and are not declared so."""
    found = columns_of(connection, platform, stream)
    open_about_it = {column.name for column in stream.columns if column.personal}
    hidden = sorted(found.keys() - open_about_it - _ADDED)
    by_name = [Suspect(column=name, because="name", rows=0) for name in hidden if looks_personal(name)]
    texts = [name for name in hidden if found[name] == "VARCHAR"]
    return (*by_name, *_by_value(connection, _table(platform, stream), texts))


def looks_personal(name: str) -> bool:
    """Whether a column is named like one that holds someone's data."""
    return _NAMES.search(name) is not None


def _by_value(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> list[Suspect]:
    tries = [(column, shape) for column in columns for shape in _SHAPES]
    if not tries:
        return []
    counts = ", ".join(
        f"count(*) FILTER (regexp_matches({quoted(column)}, {literal(_SHAPES[shape])}))" for column, shape in tries
    )
    sample = f"(SELECT * FROM {table} USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (7))"
    found = _one(connection, f"SELECT {counts} FROM {sample}")
    return [
        Suspect(column=column, because=f"values shaped like {shape}", rows=rows)
        for (column, shape), rows in zip(tries, found, strict=True)
        if rows
    ]


def _table(platform: Platform, stream: Stream) -> str:
    return ".".join(map(quoted, (CATALOG, platform.schema, stream.name)))


def _plain(kind: str) -> str:
    return {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}.get(kind, kind)


def _one(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, object] | None = None) -> tuple[Any, ...]:
    return connection.execute(query, values).fetchone() or ()


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.combine(value, time(), tzinfo=UTC)
