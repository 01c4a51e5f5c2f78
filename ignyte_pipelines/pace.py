"""Spares a run in this process what Dagster spends on each of its thousands of small reads and writes of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy import Engine, event

_MAKES: Final = "create_engine"


@contextmanager
def unhurried(folder: Path) -> Iterator[None]:
    """For the time of the block, SQLite files under `folder` are synced to disk now and then, not at each commit.

    They stay whole even if the process is killed; what a power cut may cost is the last lines of Dagster's log.
    Each file has one engine for that time.
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
        open_until_the_end.enter_context(_one_engine_each())
        yield


@contextmanager
def _one_engine_each() -> Iterator[None]:
    """Dagster makes an engine for each statement, and a new one knows no statement's SQL: it is worked out anew."""
    make = getattr(sqlite_event_log, _MAKES)
    made: dict[str, Engine] = {}

    def once(url: str, **options: Any) -> Engine:  # noqa: ANN401 -- what SQLAlchemy takes, passed on
        return made.get(url) or made.setdefault(url, make(url, **options))

    with ExitStack() as as_before:
        for storage in (sqlite_event_log, sqlite_run_storage):
            as_before.callback(setattr, storage, _MAKES, getattr(storage, _MAKES))
            # its engines keep no connection, so one that is used again is not held open
            setattr(storage, _MAKES, once)
        yield
