"""Spares a run in this process Dagster's wait for the disk at each of its hundreds of small writes to SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, event


@contextmanager
def unhurried(folder: Path) -> Iterator[None]:
    """For the time of the block, SQLite files under `folder` are synced to disk now and then, not at each commit.

    They stay whole even if the process is killed; what a power cut may cost is the last lines of Dagster's log.
    """
    held: dict[Path, sqlite3.Connection] = {}
    with ExitStack() as open_until_the_end:

        def connected(connection: object, _: object) -> None:
            if not isinstance(connection, sqlite3.Connection):
                return
            (file,) = (Path(row[2]) for row in connection.execute("PRAGMA database_list") if row[1] == "main")
            if not file.is_relative_to(folder):
                return
            connection.execute("PRAGMA synchronous = NORMAL")
            if file not in held:
                # the last connection to close writes everything back, and Dagster closes after each write
                held[file] = open_until_the_end.enter_context(closing(sqlite3.connect(file, check_same_thread=False)))
            held[file].execute("SELECT count(*) FROM sqlite_master").fetchone()

        event.listen(Engine, "connect", connected)
        open_until_the_end.callback(event.remove, Engine, "connect", connected)
        yield
