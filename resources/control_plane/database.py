"""The way to the database: one engine, transactions for reading and for writing, and the migrations."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from resources.errors import Stop, TryLater

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x1647  # any number, as long as everybody takes the same
_SCHEMA: Final = "ignyte"
_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 15000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


class Database:
    """An engine and its transactions. Failures of the database come out as `TryLater` or `Stop`."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            _make_private(parsed.database)
            self._engine = create_engine(parsed, hide_parameters=True)
            _tame_sqlite(self._engine)
        else:
            self._engine = _postgres(parsed)
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with _translated(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits at the end; on SQLite it holds the write lock from its start."""
        with _translated(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self) -> None:
        """Brings the tables to the newest shape; several processes may try at once."""
        if self._version() == newest_version():
            return
        from alembic import command  # noqa: PLC0415 -- takes a while, and nearly always there is nothing to do
        from alembic.config import Config  # noqa: PLC0415 -- as above
        from alembic.util import CommandError  # noqa: PLC0415 -- as above

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with _translated(), self._writer.begin() as connection:
            if self.dialect == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise _unusable() from error

    def _version(self) -> str | None:
        with _translated(), self._engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return found

    def scrub(self) -> bool:
        """Drives overwritten bytes out of the database's files.

        Returns:
            False while another process's transaction still holds an old page; ask again later.
        """
        with _translated(), self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as plain:
            if self.dialect == "sqlite":
                return bool(plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0] == 0)
            plain.exec_driver_sql("VACUUM data_keys, credentials")
            return True

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Stop("a row contradicts what is stored.", to="control plane", do_next="Nothing was changed.") from error
    except DatabaseError as error:
        if _passing(error):
            raise TryLater(
                "did not answer or is busy.", to="control plane", do_next="Check that it runs, then try again."
            ) from error
        raise _unusable() from error


def _unusable() -> Stop:
    what = "can't be used: it is damaged, full, or its tables are not of this version."
    return Stop(what, to="control plane", do_next="Run `ignyte doctor`.")


def newest_version() -> str:
    """The version of the tables after all migrations, which are numbered in the order of their history."""
    return max(file.name for file in (_MIGRATIONS / "versions").glob("*.py")).partition("_")[0]


def _passing(error: DatabaseError) -> bool:
    # SQLite calls a missing table operational too, which no waiting cures
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF
    return isinstance(error, OperationalError) and code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _postgres(url: URL) -> Engine:
    # Dagster may keep its storage in the same database, and has a table of runs and a version table as well
    options = f"{url.query.get('options', '')} -csearch_path={_SCHEMA}".strip()
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": options})


def _make_private(path: str | None) -> None:
    if not path or path == ":memory:":
        raise Stop("it needs a file.", to="control plane", do_next="Set IGNYTE_DATABASE_URL=sqlite:///<file>.")
    file = Path(path)
    # SQLite gives its WAL the mode of the main file, so the mode must be right before it connects
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a file that is there is never opened by hand: closing it would drop the locks that SQLite holds on it in this
    # process, and the next process to leave would take the log away from under us
    if not file.exists():
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    file.chmod(0o600)


def _tame_sqlite(engine: Engine) -> None:
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own connection
        # without this the driver begins by itself, too late and never around DDL
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
