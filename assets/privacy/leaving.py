"""What a rewrite does so that certain people leave a file: their rows go or lose all that is theirs."""

from collections.abc import Callable, Collection, Mapping, Sequence

import duckdb
import pyarrow as pa

from assets.privacy.finding import Place, places_in
from assets.privacy.marking import held_streams, mark, marked, put
from resources.control_plane.facts import Datasource
from resources.control_plane.privacy_facts import ErasurePolicy
from resources.decode.paths import literal, quoted
from resources.identity import holds_people
from resources.platform import Stream
from resources.platforms import platform
from resources.warehouse.copying import Change


def leaving(
    datasource: Datasource,
    people: Sequence[Collection[str]],
    policy: ErasurePolicy,
    count: Callable[[list[Place]], None] = lambda _: None,
    known: Callable[[], Mapping[str, pa.Table] | None] = lambda: None,
) -> Change:
    """A change by which people, each known by tokens, leave the datasource's file; `count` is told what was there.

    `known` gives the marks if they were made in this very file before; else they are made once its turn has come.

    Deleting takes their rows, and what belongs to those. Anonymising leaves the rows of events with every personal
    value gone; rows that are a person, or whose key is personal, go all the same. In either case what names them in
    rows of somebody else goes.
    """
    declared = platform(datasource.platform)
    blanks: dict[str, dict[str, str]] = {}
    gone: dict[str, str] = {}

    def prepare(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        streams = held_streams(connection, catalog, declared)
        if (marks := known()) is not None:
            put(connection, streams, marks)
        else:
            mark(connection, catalog, declared, frozenset().union(*people))
        count(list(places_in(connection, datasource.id, declared.key, streams, people)))
        for stream in streams:
            goes = _goes(stream, policy)
            gone[stream.name] = f"rowid NOT IN (SELECT rid FROM {marked(stream)} WHERE {goes})"
            blanks[stream.name] = _blanks(connection, stream, goes, policy)

    def keep(schema: str, table: str) -> str:
        return gone.get(table, "true") if schema == declared.schema else "true"

    def values(schema: str, table: str) -> Mapping[str, str]:
        return blanks.get(table, {}) if schema == declared.schema else {}

    return Change(prepare=prepare, keep=keep, values=values)


def stays_blank(stream: Stream, policy: ErasurePolicy) -> bool:
    """Whether the rows of a person in it stay, without what says whose they are."""
    keys = [column for column in stream.columns if column.name in stream.key]
    personal = holds_people(stream) or any(column.personal for column in keys)
    return policy is ErasurePolicy.ANONYMISE and not personal


def _goes(stream: Stream, policy: ErasurePolicy) -> str:
    if not stays_blank(stream, policy):
        return "owned"
    # a key that names somebody in passing can't be left blank either
    return " OR ".join(f"list_contains(columns, {literal(name)})" for name in stream.key)


def _blanks(connection: duckdb.DuckDBPyConnection, stream: Stream, goes: str, policy: ErasurePolicy) -> dict[str, str]:
    named = connection.execute(f"SELECT DISTINCT unnest(columns) FROM {marked(stream)} WHERE NOT ({goes})").fetchall()
    columns = {name for (name,) in named}
    theirs = {column.name for column in stream.columns if column.personal and column.erase}
    owned = connection.execute(f"SELECT count(*) FROM {marked(stream)} WHERE owned").fetchone()
    if not (stays_blank(stream, policy) and owned and owned[0]):
        theirs = set()
    return {
        name: f"CASE WHEN rowid IN (SELECT rid FROM {marked(stream)} WHERE list_contains(columns, {literal(name)})"
        f"{' OR owned' if name in theirs else ''}) THEN NULL ELSE {quoted(name)} END"
        for name in sorted(columns | theirs)
    }
