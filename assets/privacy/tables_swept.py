"""The search through the tables of one attached DuckDB catalog: declared columns by value, all others as text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb
import pyarrow as pa

from assets.privacy.needles import Needle, Needles
from assets.privacy.unpacking import as_bytes, contents
from resources.columns import Column, Personal
from resources.decode.paths import literal, quoted
from resources.identity import Identifier, identifying, token_sql
from resources.platform import Platform, Stream

_BATCH: Final = 200_000
_SURE: Final = 12  # a number with fewer digits could be anything, and counts only where a customer's id is declared
_SILENT: Final = re.compile(r"^(BOOLEAN|DATE|TIME|TIMESTAMP.*|INTERVAL|DECIMAL.*|DOUBLE|FLOAT|U?(TINY|SMALL)INT)$")
_PACKED: Final = ("eJ", "eN", "eA", "eF", "H4s", "UEs", "PK", "Qlp")


@dataclass(kw_only=True)
class Tables:
    """What was read and found: `rows` per table, `found` places per label, `shared` numbers that are others' too."""

    rows: dict[str, int] = field(default_factory=dict)
    cells: int = 0
    found: Counter[str] = field(default_factory=Counter)
    shared: Counter[str] = field(default_factory=Counter)


class TableSearch:
    """Looks for the same needles in one catalog after another."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        self._texts = Needles((each for each in needles if not _is_short_number(each)), texts=True)
        self._packed = Needles(needles)
        self._tokens = [
            (Identifier(kind=each.kind, value=each.text, issuer=each.issuer).token, each.label)
            for each in needles
            if each.kind is not None
        ]

    def search(self, connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform | None = None) -> Tables:
        """Reads every table of the catalog; `declared` is the platform whose streams they hold, if they hold any."""
        self._prepare(connection)
        seen = Tables()
        streams = {stream.name: stream for stream in declared.streams} if declared else {}
        for schema, table, columns in _tables(connection, catalog):
            stream = streams.get(table) if declared and schema == declared.schema else None
            self._search_one(connection, (catalog, schema, table), columns, (declared, stream), seen)
        return seen

    def _prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("CREATE OR REPLACE TEMP TABLE wanted (token VARCHAR, label VARCHAR)")
        if self._tokens:
            tokens = pa.table(
                {"token": [token for token, _ in self._tokens], "label": [label for _, label in self._tokens]}
            )
            connection.register("wanted_tokens", tokens)
            connection.execute("INSERT INTO wanted SELECT DISTINCT token, label FROM wanted_tokens")
            connection.unregister("wanted_tokens")

    def _search_one(
        self,
        connection: duckdb.DuckDBPyConnection,
        place: tuple[str, str, str],
        columns: dict[str, str],
        known: tuple[Platform | None, Stream | None],
        seen: Tables,
    ) -> None:
        relation = ".".join(map(quoted, place))
        rows = connection.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
        seen.rows[".".join(place[1:])] = int(rows[0])
        seen.cells += int(rows[0]) * len(columns)
        declared, stream = known
        ours = [column for column in identifying(stream) if column.name in columns] if stream else []
        for number, column in enumerate(ours):
            if declared is not None:
                self._search_declared(connection, relation, declared.key, column, ours[:number], seen)
        # a declared number may be shared with others, which only the rule above can tell
        texts = [
            name
            for name, kind in columns.items()
            if not _SILENT.match(kind) and not any(c.name == name and c.personal is Personal.PHONE for c in ours)
        ]
        for batch in _texts(connection, relation, [name for name in texts if columns[name] != "BLOB"]):
            seen.found.update(self._texts.within(batch))
        for packed in _packed(connection, relation, texts, columns):
            for content in contents(packed):
                seen.found.update(self._packed.within(content))

    def _search_declared(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        platform: str,
        column: Column,
        stronger: list[Column],
        seen: Tables,
    ) -> None:
        """Rows whose value, folded, is a person's; a number in a row that somebody else owns is theirs as well."""
        token = token_sql(column, platform, quoted(column.name))
        owners = [token_sql(each, platform, quoted(each.name)) for each in stronger]
        owner = f"coalesce({', '.join(owners)})" if owners and column.personal is Personal.PHONE else "NULL"
        query = (
            f"SELECT w.label, count(*) FILTER (t.owner IS NULL OR o.token IS NOT NULL), "
            f"count(*) FILTER (t.owner IS NOT NULL AND o.token IS NULL) "
            f"FROM (SELECT {token} AS token, {owner} AS owner FROM {relation}) AS t "
            "JOIN wanted AS w ON w.token = t.token LEFT JOIN wanted AS o ON o.token = t.owner AND o.label = w.label "
            "GROUP BY w.label"
        )
        for label, hers, others in connection.execute(query).fetchall():
            seen.found.update({label: hers} if hers else {})
            seen.shared.update({label: others} if others else {})


def _tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    rows = connection.execute(
        "SELECT c.schema_name, c.table_name, c.column_name, c.data_type FROM duckdb_columns() AS c "
        "JOIN duckdb_tables() AS t USING (database_name, schema_name, table_name) WHERE database_name = ? ORDER BY ALL",
        [catalog],
    )
    for schema, table, column, kind in rows.fetchall():
        found.setdefault((schema, table), {})[column] = kind
    for (schema, table), columns in found.items():
        yield schema, table, columns


def _texts(connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str]) -> Iterator[bytes]:
    """All values of the columns as text, one a line, many rows at a time."""
    values = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in columns)
    if not values:
        return
    reader = connection.execute(f"SELECT concat_ws(chr(10), '', {values}, '') FROM {relation}").to_arrow_reader(_BATCH)
    for batch in reader:
        buffer = batch.column(0).buffers()[2]
        if buffer is not None:
            yield buffer.to_pybytes()


def _packed(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str], kinds: dict[str, str]
) -> Iterator[bytes]:
    """The values that hold something compressed or encoded, and all blobs."""
    for name in columns:
        if kinds[name] == "BLOB":
            query = f"SELECT {quoted(name)} FROM {relation} WHERE {quoted(name)} IS NOT NULL"
        elif kinds[name] == "VARCHAR":
            starts = " OR ".join(f"starts_with({quoted(name)}, {literal(each)})" for each in _PACKED)
            query = f"SELECT {quoted(name)} FROM {relation} WHERE strlen({quoted(name)}) > 16 AND ({starts})"
        else:
            continue
        found = connection.execute(query)
        while rows := found.fetchmany(1000):
            yield from (as_bytes(value) for (value,) in rows)


def _is_short_number(needle: Needle) -> bool:
    return needle.kind is Personal.CUSTOMER_ID and needle.text.isdigit() and len(needle.text) < _SURE
