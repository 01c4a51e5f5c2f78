"""Which rows of a platform's tables are suppressed: one rule in SQL for what is decoded and for what lies in a file."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from resources.columns import Column, Personal
from resources.decode.paths import literal, quoted
from resources.identity import holds_people, identifying, token_sql
from resources.keyed import keyed_sql, lend, row_name_sql
from resources.mentions import mentions_sql
from resources.platform import Platform, Stream
from resources.vault.datakey import DataKey

PERSONS: Final = "suppressed_persons"  # keyed names of identifiers
ROWS: Final = "suppressed_rows"  # keyed names of rows
_MENTIONS: Final = "suppressed_mentions"


def lend_names(
    connection: duckdb.DuckDBPyConnection, key: DataKey, persons: Sequence[str], rows: Sequence[str] = ()
) -> None:
    """Puts keyed names, and the key that makes them, into the connection; `take_back` removes the key again."""
    lend(connection, key)
    for table, names in ((PERSONS, persons), (ROWS, rows)):
        query = f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest($names::VARCHAR[]) AS name"
        connection.execute(query, {"names": list(names)})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The table `name` has, by their `rid`, the rows that can't stay as they are.

    `gone` says that the row goes whole; otherwise `blank_<column>` says of each of `blanked` that its value goes.
    """

    name: str
    blanked: tuple[str, ...]

    def gone(self) -> str:
        return f"SELECT rid FROM {quoted(self.name)} WHERE gone"

    def blank(self, column: str) -> str:
        return f"SELECT rid FROM {quoted(self.name)} WHERE NOT gone AND {quoted('blank_' + column)}"


class Judge:
    """Judges a platform's streams one after the other, by the names in the connection's memory.

    With `anonymise` a person's rows stay without what says whose they are, but for those in a table of people.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, platform: Platform, *, anonymise: bool) -> None:
        self._connection = connection
        self._platform = platform
        self._anonymise = anonymise
        self.persons: list[str] = []  # the names that were found on the way, beside those that were known
        self.rows: list[str] = []
        self._about_people = {stream.name: stream for stream in about_people(platform)}
        # an id that is found to be somebody's in a table of people says whose the other tables' rows are
        self.streams = sorted(platform.parents_first, key=lambda each: bool(each.belongs_to) or not holds_people(each))

    def judge(self, stream: Stream, relation: str, rid: str, held: Collection[str]) -> Verdict | None:
        """Judges the rows of `relation`, which has the columns `held`, in the order of `streams`; None if all stay.

        Remembered are the rows that go, and a person's own ids that stand beside what is suppressed already.
        """
        columns = [column for column in stream.columns if column.name in held]
        blank = self._blank(stream, columns, self._mentions(relation, rid, columns), rid)
        tests = {"owned": self._owned(stream, held), "fallen": self._fallen(stream, held)} | blank
        if all(test == "false" for test in tests.values()):
            return None
        ids = [self._token(each) for each in columns if self._says_who(stream, each)]
        row = row_name_sql(self._platform, stream, *map(quoted, stream.key))
        named = "".join(f" OR {quoted('blank_' + name)}" for name in stream.key if f"blank_{name}" in blank)
        gone = f"({self._gone(stream)}{named}) AS gone, fallen"
        name = f"judged_{stream.name}"
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT rid, {gone}, "
            f"{''.join(f'{quoted(test)}, ' for test in blank)}{row} AS row_name, [{', '.join(ids)}]::VARCHAR[] AS ids "
            f"FROM (SELECT *, {rid} AS rid, "
            f"{', '.join(f'coalesce({test}, false) AS {quoted(said)}' for said, test in tests.items())} "
            f"FROM {relation}) WHERE {' OR '.join(map(quoted, tests))}"
        )
        self._remember(name)
        return Verdict(name=name, blanked=tuple(test.removeprefix("blank_") for test in blank))

    def _mentions(self, relation: str, rid: str, columns: Sequence[Column]) -> set[str]:
        """Lays out which texts name somebody who is suppressed; returns the columns they are in."""
        found = mentions_sql(relation, rid, columns) if self._any(PERSONS) else ""
        if not found:
            return set()
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_MENTIONS} AS SELECT DISTINCT rid, said FROM ({found}) "
            f"WHERE {self._among(PERSONS, ['token'])}"
        )
        return {said for (said,) in self._connection.execute(f"SELECT DISTINCT said FROM {_MENTIONS}").fetchall()}

    def _owned(self, stream: Stream, held: Collection[str]) -> str:
        """Whether the row is a suppressed person's: by the strongest of its identifiers, or if it is the person by any.

        A phone is shared in a household, and says by itself who somebody is only where there is nothing else.
        """
        found = [column for column in identifying(stream) if column.name in held]
        if not found or not self._any(PERSONS):
            return "false"
        if holds_people(stream):
            return self._among(PERSONS, [self._token(each) for each in found if each.personal is not Personal.PHONE])
        return self._among(PERSONS, [f"coalesce({', '.join(map(self._token, found))})"])

    def _fallen(self, stream: Stream, held: Collection[str]) -> str:
        """Whether the row is suppressed itself, or a row it belongs to is."""
        named = self._about_people
        if stream.name not in named or not self._any(ROWS):
            return "false"
        rows = [row_name_sql(self._platform, stream, *map(quoted, stream.key))]
        for column, parent in stream.belongs_to:
            if parent in named and column in held:
                name = row_name_sql(self._platform, named[parent], quoted(column))
                rows.append(f"CASE WHEN {quoted(column)} IS NOT NULL THEN {name} END")
        return self._among(ROWS, rows)

    def _blank(self, stream: Stream, columns: Sequence[Column], named: Collection[str], rid: str) -> dict[str, str]:
        """The columns whose value goes in some rows that stay, each with the test of it."""
        if not self._any(PERSONS):
            return {}
        tests = {name: [f"{rid} IN (SELECT rid FROM {_MENTIONS} WHERE said = {literal(name)})"] for name in named}
        for column in columns:
            if column.personal is Personal.EMAIL and not holds_people(stream):
                tests.setdefault(column.name, []).append(self._among(PERSONS, [self._token(column)]))
            if column.personal and column.erase and self._stays_blank(stream):
                tests.setdefault(column.name, []).append(self._owned(stream, [each.name for each in columns]))
        return {f"blank_{name}": " OR ".join(f"({test})" for test in any_of) for name, any_of in tests.items()}

    def _gone(self, stream: Stream) -> str:
        return "fallen" if self._stays_blank(stream) else "owned OR fallen"

    def _stays_blank(self, stream: Stream) -> bool:
        """Whether a person's rows in it stay, without what says whose they are."""
        keys = [column for column in stream.columns if column.name in stream.key]
        return self._anonymise and not any(column.personal for column in keys)

    def _remember(self, judged: str) -> None:
        goes = "fallen" if self._anonymise else "gone"
        self.rows += self._add(ROWS, f"SELECT DISTINCT {keyed_sql('row_name')} FROM {quoted(judged)} WHERE {goes}")
        ids = f"SELECT unnest(ids) AS token FROM {quoted(judged)} WHERE gone"
        self.persons += self._add(PERSONS, f"SELECT DISTINCT {keyed_sql('token')} FROM ({ids}) WHERE token IS NOT NULL")

    def _add(self, table: str, names: str) -> list[str]:
        fresh = self._connection.execute(f"INSERT INTO {table} ({names} EXCEPT FROM {table}) RETURNING name").fetchall()
        return [name for (name,) in fresh]

    def _says_who(self, stream: Stream, column: Column) -> bool:
        return holds_people(stream) and column.personal is Personal.CUSTOMER_ID and is_own_id(self._platform, column)

    def _token(self, column: Column) -> str:
        return token_sql(column, self._platform.key, quoted(column.name))

    def _among(self, table: str, names: Iterable[str]) -> str:
        return " OR ".join(f"({keyed_sql(name)} IN (FROM {table}))" for name in names) or "false"

    def _any(self, table: str) -> bool:
        return self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


def about_people(platform: Platform) -> tuple[Stream, ...]:
    """The streams with rows that are somebody's, or belong to such a row; parents first."""
    found: dict[str, Stream] = {}
    for stream in platform.parents_first:
        if identifying(stream) or any(parent in found for _, parent in stream.belongs_to):
            found[stream.name] = stream
    return tuple(found.values())


def is_own_id(platform: Platform, column: Column) -> bool:
    """Whether a customer's id is one that the platform gave; of another's ids its own file is the place."""
    return column.issuer in ("", platform.key)
