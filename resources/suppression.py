"""Suppression: what was erased is known by keyed names alone, and is left out wherever it would come back."""

from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from resources.control_plane.facts import Datasource
from resources.control_plane.privacy_facts import ErasurePolicy
from resources.decode.paths import quoted
from resources.judging import Judge, Verdict, lend_names
from resources.keyed import keyed, opened, row_name, take_back
from resources.orphans import orphans_sql
from resources.platform import Platform
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.copying import Change
from resources.warehouse.opening import columns_in, memory

PERSON: Final = "person"  # kinds of tombstones
ROW: Final = "row"
FOUND_BY: Final = "suppression"  # the act of tombstones that follow from others
_NUMBER: Final = "_number"
_PIECE: Final = 20_000  # rows


def suppress(
    stores: Stores, workspace_id: str, tokens: Collection[str], rows: Sequence[tuple[str, str]], act_id: str
) -> int:
    """Sets the tombstones of persons and of rows, and returns how many stand for them. Twice is once.

    A row is given by its place and its key, such as ("stripe.charges", '["ch_1"]'): see `resources.keyed.key_text`.
    """
    return suppress_each(stores, workspace_id, {act_id: (tokens, rows)})[act_id]


def suppress_each(
    stores: Stores, workspace_id: str, acts: Mapping[str, tuple[Collection[str], Collection[tuple[str, str]]]]
) -> dict[str, int]:
    """The same for several acts at once: the tokens and rows of each, and how many tombstones stand for it."""
    persons: dict[str, str] = {}
    names: dict[str, str] = {}
    counts = {}
    with opened(stores, workspace_id, make=True) as key:
        for act_id, (tokens, rows) in acts.items():
            theirs = sorted({keyed(key, token) for token in tokens})
            rows_of_theirs = sorted({keyed(key, row_name(place, text)) for place, text in rows})
            # what two share was the first one's
            persons = dict.fromkeys(theirs, act_id) | persons
            names = dict.fromkeys(rows_of_theirs, act_id) | names
            counts[act_id] = len(theirs) + len(rows_of_theirs)
    for kind, its in ((PERSON, persons), (ROW, names)):
        if its:
            stores.plane.tombstones.add_each(workspace_id=workspace_id, kind=kind, acts=its, now=stores.clock())
    return counts


class Suppression:
    """What is suppressed in one workspace, as of when it was read; a context manager. False where there is nothing."""

    def __init__(self, stores: Stores, workspace_id: str, persons: Sequence[str], rows: Sequence[str], at: int) -> None:
        self._stores = stores
        self._workspace_id = workspace_id
        self._persons, self._rows = persons, rows
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._anonymise = bool(self) and stores.plane.workspaces.get(workspace_id).erasure is ErasurePolicy.ANONYMISE
        self.generation = at

    @classmethod
    def of(cls, stores: Stores, workspace_id: str) -> Self:
        """Reads the tombstones. Where there are none, nothing else is opened or done."""
        found = stores.plane.tombstones.of(workspace_id)
        persons, rows = ([each.subject for each in found if each.kind == kind] for kind in (PERSON, ROW))
        return cls(stores, workspace_id, persons, rows, max((each.generation for each in found), default=0))

    def __bool__(self) -> bool:
        return bool(self._persons or self._rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the key and the names."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def drop(self, declared: Platform, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """The tables by stream, without suppressed rows and their children, and with suppressed addresses blank.

        What is dropped is suppressed from then on itself, so that its children go whenever they come.
        """
        left = dict(tables)
        if not self:
            return left
        connection = self._opened()
        judge = Judge(connection, declared, anonymise=self._anonymise)
        for stream in judge.streams:
            table = left.get(stream.name)
            if table is None or not table.num_rows:
                continue
            numbered = _in_pieces(table.append_column(_NUMBER, pa.array(range(table.num_rows), pa.int64())))
            connection.register("arrived", numbered)
            verdict = judge.judge(stream, "arrived", _NUMBER, table.column_names)
            connection.unregister("arrived")
            if verdict:
                left[stream.name] = _carried_out(connection, verdict, numbered).drop_columns([_NUMBER])
        self._remember(judge)
        return left

    def prepare(self, connection: duckdb.DuckDBPyConnection, declared: Platform, catalog: str) -> dict[str, Verdict]:
        """Judges all tables of a file attached as `catalog`; the verdicts are tables in the connection's memory."""
        self._give(connection)
        judge = Judge(connection, declared, anonymise=self._anonymise)
        verdicts = {}
        for stream in judge.streams:
            if held := columns_in(connection, catalog, declared.schema, stream.name):
                place = f"{quoted(catalog)}.{quoted(declared.schema)}.{quoted(stream.name)}"
                if verdict := judge.judge(stream, place, "rowid", held):
                    verdicts[stream.name] = verdict
        take_back(connection)
        self._remember(judge)
        return verdicts

    def orphans(self, connection: duckdb.DuckDBPyConnection, declared: Platform, catalog: str) -> int:
        """How many rows of a file name something suppressed that is not in the file: children that came before."""
        if not self:
            return 0
        names = [stream.name for stream in declared.streams]
        held = {name: found for name in names if (found := columns_in(connection, catalog, declared.schema, name))}
        self._give(connection)
        counts = [connection.execute(query).fetchone() or (0,) for query in orphans_sql(declared, catalog, held)]
        take_back(connection)
        return sum(count for (count,) in counts)

    def _remember(self, judge: Judge) -> None:
        self._persons, self._rows = [*self._persons, *judge.persons], [*self._rows, *judge.rows]
        _set(self._stores, self._workspace_id, judge.persons, judge.rows, FOUND_BY)

    def _give(self, connection: duckdb.DuckDBPyConnection) -> None:
        with opened(self._stores, self._workspace_id) as key:
            lend_names(connection, key, self._persons, self._rows)

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = memory(self._stores.scratch)
            self._give(self._connection)
        return self._connection


def change(stores: Stores, datasource: Datasource) -> Change:
    """A rewrite that leaves out whatever is suppressed when it begins."""
    declared = platform(datasource.platform)
    verdicts: dict[str, Verdict] = {}

    def prepare(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        with Suppression.of(stores, datasource.workspace_id) as suppression:
            verdicts.clear()
            verdicts.update(suppression.prepare(connection, declared, catalog) if suppression else {})

    def keep(schema: str, table: str) -> str:
        verdict = verdicts.get(table) if schema == declared.schema else None
        return f"rowid NOT IN ({verdict.gone()})" if verdict else "true"

    def values(schema: str, table: str) -> Mapping[str, str]:
        verdict = verdicts.get(table) if schema == declared.schema else None
        blanked = verdict.blanked if verdict else ()
        return {
            column: f"CASE WHEN rowid IN ({verdict.blank(column)}) THEN NULL ELSE {quoted(column)} END"
            for column in blanked
            if verdict
        }

    return Change(prepare=prepare, keep=keep, values=values)


def _set(stores: Stores, workspace_id: str, persons: Sequence[str], rows: Sequence[str], act_id: str) -> None:
    for kind, names in ((PERSON, persons), (ROW, rows)):
        if names:
            stores.plane.tombstones.add_all(
                workspace_id=workspace_id, kind=kind, subjects=names, act_id=act_id, now=stores.clock()
            )


def _in_pieces(table: pa.Table) -> pa.Table:
    """DuckDB gives each core its own pieces of a table, but only what comes in pieces."""
    return pa.Table.from_batches(table.to_batches(max_chunksize=_PIECE), table.schema)


def _carried_out(connection: duckdb.DuckDBPyConnection, verdict: Verdict, table: pa.Table) -> pa.Table:
    def told(query: str) -> Any:  # noqa: ANN401 -- pyarrow's arrays have parameters that say nothing here
        return connection.execute(query).to_arrow_table()["rid"]

    for column in verdict.blanked:
        if len(hit := told(verdict.blank(column))):
            place, whole = table.column_names.index(column), table[column]
            blank = pc.if_else(pc.is_in(table[_NUMBER], hit), pa.scalar(None, whole.type), whole)
            table = table.set_column(place, table.field(column), blank)
    gone = told(verdict.gone())
    return table.filter(pc.invert(pc.is_in(table[_NUMBER], gone))) if len(gone) else table
