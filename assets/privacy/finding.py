"""A person found through all sources of a workspace: which rows are theirs, and where others' rows name them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import duckdb
import pyarrow as pa

from assets.privacy.identities import Card, Identities
from assets.privacy.marking import held_streams, mark, marked, table_of, theirs
from resources.columns import Column, Personal
from resources.control_plane.facts import Workspace
from resources.decode.paths import quoted
from resources.identity import Subject, holds_people, identifying, token_sql
from resources.platform import Stream
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.opening import attach, memory
from resources.warehouse.session import Part, parts_of

__all__ = ["Found", "Place", "Search", "find", "mark", "searching"]

_WANTED: Final = "memory.main.wanted"
THEIRS: Final = "memory.main.theirs"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One table with something of a person: rows that are theirs, and values in rows that are somebody else's.

    `subject` is the person's place among those who were looked for, from 0.
    """

    datasource_id: str
    platform: str
    stream: str
    rows: int
    values: int
    subject: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found: each subject's tokens in turn, and the places of all of them."""

    tokens: tuple[frozenset[str], ...]
    places: tuple[Place, ...]

    def of(self, subject: int) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.subject == subject)

    @property
    def datasources(self) -> tuple[str, ...]:
        """Those in which there is anything."""
        return tuple(dict.fromkeys(place.datasource_id for place in self.places))


@dataclass(frozen=True, kw_only=True)
class Search:
    """Several people looked for at once, with every source of the workspace open to be read."""

    connection: duckdb.DuckDBPyConnection
    parts: Sequence[Part]
    tokens: tuple[frozenset[str], ...]

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset().union(*self.tokens)

    def marked(self) -> Iterator[tuple[Part, tuple[Stream, ...]]]:
        """Goes through the sources; while one has its turn, its marked rows lie in the tables that `mark` makes."""
        for part in self.parts:
            declared = platform(part.datasource.platform)
            _want(self.connection, self.everybody)
            likely = partial(_likely_rows, self.connection, part)
            mark(self.connection, part.catalog, declared, self.everybody, likely)
            yield part, held_streams(self.connection, part.catalog, declared)

    def places(self) -> Iterator[Place]:
        for part, streams in self.marked():
            yield from places_in(self.connection, part.datasource.id, part.datasource.platform, streams, self.tokens)

    def rows(self, part: Part, stream: Stream) -> pa.Table:
        """The rows of a marked stream that are theirs, as they lie in the file."""
        place = table_of(part.catalog, part.datasource.platform, stream)
        chosen = f"SELECT rid FROM {marked(stream)} WHERE owned"
        return self.connection.execute(f"FROM {place} WHERE rowid IN ({chosen})").to_arrow_table()

    def values(self, part: Part, stream: Stream) -> pa.Table:
        """Of rows that are somebody else's: their keys, and the column and the value that names the person."""
        place = table_of(part.catalog, part.datasource.platform, stream)
        keys = ", ".join(f"t.{quoted(name)}" for name in stream.key)
        texts = [column.name for column in stream.columns]
        named = " ".join(f"WHEN '{name}' THEN CAST(t.{quoted(name)} AS VARCHAR)" for name in texts)
        places = f"SELECT DISTINCT rid, unnest(columns) AS name FROM {marked(stream)} WHERE NOT owned"
        return self.connection.execute(
            f"SELECT {keys}, m.name AS _column, CASE m.name {named} END AS _value "
            f"FROM {place} AS t JOIN ({places}) AS m ON t.rowid = m.rid"
        ).to_arrow_table()


@contextmanager
def searching(stores: Stores, workspace: Workspace, subjects: Sequence[Subject]) -> Iterator[Search]:
    """Opens every source of the workspace and finds out who the subjects are.

    Raises:
        Refused: a subject is named by a phone only, and several customers share it.
        TryLater: the load of a source is not whole.
    """
    with closing(memory(stores.scratch)) as connection, parts_of(stores, workspace) as parts:
        for part in parts:
            with stores.keys.plain(part.file.key_id) as key:
                attach(connection, stores.data_root / part.file.path, part.catalog, key, read_only=True)
        identities = Identities(partial(_cards, connection, parts))
        yield Search(connection=connection, parts=parts, tokens=identities.people(subjects))


def find(stores: Stores, workspace: Workspace, subjects: Sequence[Subject]) -> Found:
    """Who the subjects are and where anything of them lies; nothing is changed.

    Raises:
        Refused: a subject is named by a phone only, and several customers share it.
        TryLater: the load of a source is not whole.
    """
    with searching(stores, workspace, subjects) as search:
        return Found(tokens=search.tokens, places=tuple(search.places()))


def places_in(
    connection: duckdb.DuckDBPyConnection,
    datasource_id: str,
    platform_key: str,
    streams: Iterable[Stream],
    tokens: Sequence[Collection[str]],
) -> Iterator[Place]:
    """The marked rows of a source, counted for each of the people whose tokens these are."""
    connection.execute(f"CREATE OR REPLACE TABLE {THEIRS} (token VARCHAR, subject INTEGER)")
    for number, mine in enumerate(tokens):
        connection.execute(f"INSERT INTO {THEIRS} SELECT unnest($t::VARCHAR[]), $n", {"t": sorted(mine), "n": number})
    for stream in streams:
        counted = connection.execute(
            f"SELECT subject, count(DISTINCT rid) FILTER ({theirs(stream)}), "
            "count(DISTINCT (rid, name)) FILTER (NOT owned) FROM "
            f"(SELECT *, unnest(CASE WHEN owned THEN [NULL] ELSE columns END) AS name FROM {marked(stream)}) "
            f"JOIN {THEIRS} USING (token) GROUP BY subject ORDER BY subject"
        )
        for subject, rows, values in counted.fetchall():
            if not rows + values:
                continue
            yield Place(
                datasource_id=datasource_id,
                platform=platform_key,
                stream=stream.name,
                rows=rows,
                values=values,
                subject=subject,
            )


def _cards(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], wanted: Collection[str]) -> Iterator[Card]:
    _want(connection, wanted)
    # a phone is costly to fold, and rarely asked for
    phones = any(token.startswith("p:") for token in wanted)
    for part in parts:
        for stream in held_streams(connection, part.catalog, platform(part.datasource.platform)):
            columns = [each for each in identifying(stream) if phones or each.personal is not Personal.PHONE]
            if columns:
                yield from _cards_in(connection, part, stream, _rows_with(connection, part, stream, columns))


def _want(connection: duckdb.DuckDBPyConnection, tokens: Collection[str]) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {_WANTED} AS SELECT unnest($t::VARCHAR[]) AS token", {"t": [*tokens]})


def _likely_rows(connection: duckdb.DuckDBPyConnection, part: Part, stream: Stream) -> str:
    columns = identifying(stream)
    return _rows_with(connection, part, stream, columns) if columns else "true"


def _rows_with(connection: duckdb.DuckDBPyConnection, part: Part, stream: Stream, columns: Iterable[Column]) -> str:
    """The SQL condition of the rows in which one of these columns has a token that is wanted, or one like it."""
    return f"rowid IN ({' UNION '.join(_index(connection, part, stream, column) for column in columns)})"


def _index(connection: duckdb.DuckDBPyConnection, part: Part, stream: Stream, column: Column) -> str:
    """A table of the hashes of a column's tokens, made when first asked for: folding all of them each time is slow."""
    name = quoted(f"tokens {part.catalog} {stream.name} {column.name}")
    token = token_sql(column, part.datasource.platform, quoted(column.name))
    place = table_of(part.catalog, part.datasource.platform, stream)
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS memory.main.{name} AS SELECT rowid AS rid, hash({token}) AS hashed FROM {place} "
        f"WHERE {quoted(column.name)} IS NOT NULL"
    )
    return f"SELECT rid FROM memory.main.{name} WHERE hashed IN (SELECT hash(token) FROM {_WANTED})"


def _cards_in(connection: duckdb.DuckDBPyConnection, part: Part, stream: Stream, likely_rows: str) -> Iterator[Card]:
    columns = {f"t{number}": column for number, column in enumerate(identifying(stream))}
    issuer = part.datasource.platform
    tokens = ", ".join(f"{token_sql(each, issuer, quoted(each.name))} AS {name}" for name, each in columns.items())
    rows = f"{table_of(part.catalog, issuer, stream)} WHERE {likely_rows}"
    hit = " OR ".join(f"{name} IN (FROM {_WANTED})" for name in columns)
    for row in connection.execute(f"SELECT DISTINCT * FROM (SELECT {tokens} FROM {rows}) WHERE {hit}").fetchall():
        kinds: dict[Personal | None, set[str]] = {}
        for token, column in zip(row, columns.values(), strict=True):
            kinds.setdefault(column.personal, set()).update({token} - {None})
        yield Card(
            people=holds_people(stream),
            ids=frozenset(kinds.get(Personal.CUSTOMER_ID, ())),
            mails=frozenset(kinds.get(Personal.EMAIL, ())),
            phones=frozenset(kinds.get(Personal.PHONE, ())),
        )
