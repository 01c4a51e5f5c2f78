"""The seam by which dbt works on a connection that we prepare: no path, key or secret is in its profile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from resources.errors import Problem, Refused

Prepare = Callable[[DuckDBPyConnection], None]

# DuckDB's variables belong to one cursor, and dbt makes a cursor for each of its own threads
_CARRIED: Final = ("surrogate_key",)


class Session:
    """One handing over: the preparation waiting for dbt, then the connection that dbt opened."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self.connection: DuckDBPyConnection | None = None
        self.problem: Problem | None = None
        self._carried: dict[str, object] = {}

    def take(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection
        try:
            self._prepare(connection)
        except Problem as problem:
            self.problem = problem
            raise
        for name in _CARRIED:
            (self._carried[name],) = connection.execute("SELECT getvariable(?)", [name]).fetchone() or (None,)

    def carry(self, cursor: DuckDBPyConnection) -> None:
        for name, value in self._carried.items():
            cursor.execute(f"SET VARIABLE {name} = ?", [value])

    def close(self) -> None:
        self._carried.clear()
        if self.connection is not None:
            self.connection.close()


# dbt-duckdb keeps one connection for the whole process, so two workspaces must take turns
_turn = threading.Lock()
_waiting: list[Session] = []


def _forget() -> None:
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


@contextmanager
def handing_over(prepare: Prepare) -> Iterator[Session]:
    """For the time of the block, the connection that dbt opens is prepared by `prepare`; closed at the end.

    A second block in the same process waits for the first.
    """
    with _turn:
        _forget()
        session = Session(prepare)
        _waiting.append(session)
        try:
            yield session
        finally:
            _waiting.clear()
            session.close()
            _forget()


class Plugin(BasePlugin):
    """Named in profiles.yml; dbt-duckdb calls it for each connection and each cursor it makes."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        if not _waiting:
            raise Refused(
                "dbt was started without a workspace.",
                to="dbt",
                do_next="Build with `ignyte sync WORKSPACE`; dbt's own commands have no data here.",
            )
        _waiting[0].take(conn)

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        if _waiting:
            _waiting[0].carry(cursor)
