"""Marks in a file's tables: the rows that belong to certain people, and the values in others' rows that name them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

import duckdb
import pyarrow as pa

from assets.privacy.mentions import joined, likely, mail_patterns, number_patterns
from resources.columns import Column, Kind, Personal
from resources.decode.paths import literal, quoted
from resources.identity import IDENTIFYING, identifying, token_sql
from resources.platform import Platform, Stream

_TOKENS: Final = "memory.main.marking"
_PATTERNS: Final = "memory.main.marking_patterns"
_TEXTS: Final = "memory.main.marking_texts"
_MAILS: Final = "mail_patterns"  # variables of the connection, so that no statement quotes anybody
_NUMBERS: Final = "number_patterns"


def marked(stream: Stream) -> str:
    """The table of a stream's marks: rid BIGINT, owned BOOLEAN, token VARCHAR, columns VARCHAR[].

    A row may be there several times, once for each token in it. `columns` names the values that name the
    person; in owned rows they are said too, since such a row may stay without them.
    """
    return f"memory.main.{quoted(f'marked_{stream.name}')}"


def theirs(stream: Stream) -> str:
    """The SQL condition of the marks that say whose a row is, not who else is named in it."""
    keys = ", ".join(map(literal, stream.key))
    return f"(owned AND (len(columns) = 0 OR list_has_any(columns, [{keys}])))"


def table_of(catalog: str, platform_key: str, stream: Stream) -> str:
    return f"{quoted(catalog)}.{quoted(f'raw_{platform_key}')}.{quoted(stream.name)}"


def held_streams(connection: duckdb.DuckDBPyConnection, catalog: str, platform: Platform) -> tuple[Stream, ...]:
    """The streams that the file has a table of, parents first, with just the columns that are in it."""
    found = connection.execute(
        "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? "
        "GROUP BY table_name",
        [catalog, platform.schema],
    )
    held: dict[str, list[str]] = dict(found.fetchall())
    return tuple(_as_held(stream, held[stream.name]) for stream in platform.parents_first if stream.name in held)


def mark(
    connection: duckdb.DuckDBPyConnection,
    catalog: str,
    platform: Platform,
    tokens: Collection[str],
    likely_rows: Callable[[Stream], str] = lambda _: "true",
) -> None:
    """Makes the table of marks of each stream in the file; see `marked`. A row goes with the row it belongs to.

    `likely_rows` is the SQL condition of the rows that may hold one of the tokens, where that is known already.
    """
    connection.execute(f"CREATE OR REPLACE TABLE {_TOKENS} AS SELECT unnest($t::VARCHAR[]) AS token", {"t": [*tokens]})
    _prepare_patterns(connection, tokens)
    streams = {stream.name: stream for stream in held_streams(connection, catalog, platform)}
    for stream in streams.values():
        place = table_of(catalog, platform.key, stream)
        connection.execute(
            f"CREATE OR REPLACE TABLE {marked(stream)} (rid BIGINT, owned BOOLEAN, token VARCHAR, columns VARCHAR[])"
        )
        rows = f"{place} WHERE {likely_rows(stream)}"
        _mark_own(connection, rows, platform.key, stream)
        for column, parent in stream.belongs_to:
            if parent in streams:
                way = (table_of(catalog, platform.key, streams[parent]), streams[parent])
                _mark_children(connection, place, stream, column, way)
        _mark_mails(connection, rows, platform.key, stream)
        _mark_texts(connection, place, stream)


def taken(connection: duckdb.DuckDBPyConnection, streams: Iterable[Stream]) -> dict[str, pa.Table]:
    """The marks of the streams, to be put into another connection to the very same file."""
    return {stream.name: connection.execute(f"FROM {marked(stream)}").to_arrow_table() for stream in streams}


def put(connection: duckdb.DuckDBPyConnection, streams: Iterable[Stream], marks: Mapping[str, pa.Table]) -> None:
    for stream in streams:
        connection.register("given_marks", marks[stream.name])
        connection.execute(f"CREATE OR REPLACE TABLE {marked(stream)} AS FROM given_marks")
        connection.unregister("given_marks")


def _as_held(stream: Stream, columns: list[str]) -> Stream:
    """The stream as the file knows it: what was declared since its last load is not there yet."""
    here = tuple(column for column in stream.columns if column.name in columns)
    belongs = tuple((column, parent) for column, parent in stream.belongs_to if column in columns)
    return replace(stream, columns=here, belongs_to=belongs, cursor=None, cursor_reason="only held", replaces=None)


def _mark_own(connection: duckdb.DuckDBPyConnection, rows: str, issuer: str, stream: Stream) -> None:
    tokens = [token_sql(column, issuer, quoted(column.name)) for column in identifying(stream)]
    if not tokens:
        return
    several_ids = [
        token
        for token, column in zip(tokens, identifying(stream), strict=True)
        if column.personal is Personal.CUSTOMER_ID
    ][1:]
    # each row by the strongest token it has; by any of its ids, if it has several
    queries = [
        f"SELECT rowid, {token} AS token FROM {rows}" for token in (f"coalesce({', '.join(tokens)})", *several_ids)
    ]
    connection.execute(
        f"INSERT INTO {marked(stream)} SELECT rowid, true, any_value(token), [] FROM ({' UNION ALL '.join(queries)}) "
        f"SEMI JOIN {_TOKENS} USING (token) GROUP BY rowid"
    )


def _mark_children(
    connection: duckdb.DuckDBPyConnection, place: str, stream: Stream, column: str, parent: tuple[str, Stream]
) -> None:
    key = quoted(parent[1].key[0])
    connection.execute(
        f"INSERT INTO {marked(stream)} SELECT child.rowid, true, any_value(above.token), [] FROM {place} AS child JOIN "
        f"(SELECT CAST(p.{key} AS VARCHAR) AS key, m.token FROM {parent[0]} AS p JOIN {marked(parent[1])} AS m "
        f"ON p.rowid = m.rid WHERE {theirs(parent[1])}) AS above "
        f"ON CAST(child.{quoted(column)} AS VARCHAR) = above.key "
        f"WHERE child.rowid NOT IN (SELECT rid FROM {marked(stream)}) GROUP BY child.rowid"
    )


def _prepare_patterns(connection: duckdb.DuckDBPyConnection, tokens: Collection[str]) -> None:
    mails, numbers = mail_patterns(tokens), number_patterns(tokens)
    connection.execute(f"CREATE OR REPLACE TABLE {_PATTERNS} (token VARCHAR, pattern VARCHAR, mail BOOLEAN)")
    for patterns, mail in ((mails, True), (numbers, False)):
        connection.execute(
            f"INSERT INTO {_PATTERNS} SELECT unnest($t::VARCHAR[]), unnest($p::VARCHAR[]), $m",
            {"t": [*patterns], "p": [*patterns.values()], "m": mail},
        )
    connection.execute(f"SET VARIABLE {_MAILS} = $p::VARCHAR[]", {"p": [*joined(mails)]})
    connection.execute(f"SET VARIABLE {_NUMBERS} = $p::VARCHAR[]", {"p": [*joined(numbers)]})


def _mark_texts(connection: duckdb.DuckDBPyConnection, place: str, stream: Stream) -> None:
    """Marks the texts, whoever's row they are in, that name somebody; a row whose key does so goes whole."""
    queries = [_likely(connection, place, stream, column) for column in stream.columns if _is_text(stream, column)]
    if not queries:
        return
    connection.execute(f"CREATE OR REPLACE TABLE {_TEXTS} AS {' UNION ALL '.join(queries)}")
    named = " OR ".join([*_among(connection, _MAILS, "seen"), *_among(connection, _NUMBERS, "seen")]) or "false"
    connection.execute(
        f"INSERT INTO {marked(stream)} SELECT rid, key OR {_owned(stream)}, token, [name] FROM (FROM {_TEXTS} "
        f"WHERE {named}) JOIN {_PATTERNS} ON regexp_matches(seen, pattern) AND (mail OR numbers)"
    )


def _likely(connection: duckdb.DuckDBPyConnection, place: str, stream: Stream, column: Column) -> str:
    """A query of the column's texts that may well name somebody; cheap, since it goes through all there is."""
    name = quoted(column.name)
    numbers = _may_hold_numbers(column)
    tests = [likely(name), *(_among(connection, _NUMBERS, name) if numbers else ())]
    return (
        f"SELECT rowid AS rid, {literal(column.name)} AS name, {name} AS seen, {column.name in stream.key} AS key, "
        f"{numbers} AS numbers FROM {place} WHERE {' OR '.join(tests)}"
    )


def _among(connection: duckdb.DuckDBPyConnection, variable: str, text: str) -> list[str]:
    """The SQL conditions, one of which holds where a text matches one of the patterns."""
    counted = connection.execute(f"SELECT len(getvariable('{variable}'))").fetchone() or (0,)
    return [f"regexp_matches({text}, getvariable('{variable}')[{n + 1}])" for n in range(counted[0])]


def _is_text(stream: Stream, column: Column) -> bool:
    """Whether somebody may be named in it; what identifies the record, or the one it belongs to, is no text."""
    record = {*(stream.key if len(stream.key) == 1 else ()), *(name for name, _ in stream.belongs_to)}
    return column.kind in (Kind.TEXT, Kind.JSON) and column.personal not in IDENTIFYING and column.name not in record


def _mark_mails(connection: duckdb.DuckDBPyConnection, rows: str, issuer: str, stream: Stream) -> None:
    """Marks the person's address where it stands as such in rows of others."""
    for column in stream.columns:
        if column.personal is Personal.EMAIL:
            token = token_sql(column, issuer, quoted(column.name))
            connection.execute(
                f"INSERT INTO {marked(stream)} SELECT rid, {column.name in stream.key} OR {_owned(stream)}, token, "
                f"[$name] FROM (SELECT rowid AS rid, {token} AS token FROM {rows}) SEMI JOIN {_TOKENS} USING (token)",
                {"name": column.name},
            )


def _owned(stream: Stream) -> str:
    return f"rid IN (SELECT rid FROM {marked(stream)} WHERE owned)"


def _may_hold_numbers(column: Column) -> bool:
    """Whether a phone or an id may stand in its text; elsewhere the same digits would mean something else."""
    return column.kind is Kind.JSON or column.personal in (Personal.FREE_TEXT, Personal.NAME, Personal.ADDRESS)
