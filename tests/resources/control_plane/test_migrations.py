"""The tables: one way to them, the same on both databases, and private."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from resources.control_plane import ControlPlane, database
from resources.control_plane.database import newest_version
from resources.control_plane.models import Model
from resources.errors import Stop, TryLater


def test_migrations_make_exactly_what_the_models_say(plane: ControlPlane) -> None:
    with plane._database.reading() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Model.metadata) == []


def test_partial_indexes_have_their_condition(plane: ControlPlane) -> None:
    with plane._database.reading() as session:
        indexes = inspect(session.connection()).get_indexes("datasources")
    live = next(index for index in indexes if index["name"] == "uq_datasources_live")
    assert live["unique"]
    assert "disconnected" in str(live["dialect_options"][f"{plane._database.dialect}_where"])


def test_the_newest_version_is_the_last_of_the_history(plane: ControlPlane) -> None:
    folder = Path(database.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == newest_version() == plane._database._version()


def test_tables_of_another_version_are_brought_to_ours_or_not_used(plane: ControlPlane) -> None:
    with plane._database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))
    with pytest.raises(Stop, match="not of this version"):
        plane.migrate()
    with plane._database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    # the tables are there already, so what comes after the first can't be made once more: it was tried
    with pytest.raises(Stop):
        plane.migrate()


def test_where_nothing_is_to_migrate_nothing_is_loaded_for_it(home: Path) -> None:
    url = f"sqlite:///{home}/control.db"
    with ControlPlane(url) as plane:
        plane.migrate()
    code = (
        "import sys; from resources.control_plane import ControlPlane; ControlPlane(sys.argv[1]).migrate(); "
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)  # noqa: S603 -- our own words


def test_processes_that_start_at_once_migrate_once(home: Path) -> None:
    url = f"sqlite:///{home}/fresh.db"
    planes = [ControlPlane(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ControlPlane.migrate, planes))
    assert planes[0].workspaces.all() == []
    for plane in planes:
        plane.close()


def test_sqlite_files_are_private_from_the_start(home: Path, now: datetime) -> None:
    folder = home / "deep"
    with ControlPlane(f"sqlite:///{folder}/control.db") as plane:
        plane.migrate()
        plane.workspaces.create("Northwind", now=now)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {"control.db": 0o600, "control.db-wal": 0o600, "control.db-shm": 0o600}


def test_a_moment_keeps_its_instant_and_comes_back_in_utc(plane: ControlPlane, now: datetime) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=-7)))
    made = plane.workspaces.create("Northwind", now=elsewhere)
    back = plane.workspaces.get(made.id).created_at
    assert (back, back.utcoffset()) == (now, timedelta(0))


def test_a_moment_without_a_zone_is_refused(plane: ControlPlane, now: datetime) -> None:
    with pytest.raises(Exception, match="time zone"):
        plane.workspaces.create("Northwind", now=now.replace(tzinfo=None))


def test_a_damaged_file_and_missing_tables_stop_with_what_to_do(home: Path) -> None:
    (home / "bad.db").write_bytes(b"not a database at all" * 100)
    for name in ("bad.db", "empty.db"):
        with ControlPlane(f"sqlite:///{home}/{name}") as plane, pytest.raises(Stop, match="ignyte doctor"):
            plane.workspaces.all()


def test_a_server_that_is_away_is_tried_later(home: Path) -> None:
    secret = "canary-password"
    url = f"postgresql+psycopg://postgres:{secret}@/nothing?host={home}"
    with ControlPlane(url) as plane, pytest.raises(TryLater) as caught:
        plane.workspaces.all()
    assert secret not in f"{caught.value!r} {caught.value.__cause__!r} {plane!r}"


def test_a_locked_sqlite_is_tried_later(sqlite_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.control_plane.database._PRAGMAS", ("PRAGMA busy_timeout = 1",))
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    with ControlPlane(sqlite_url) as busy:
        busy.migrate()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TryLater):
            busy.workspaces.create("Northwind", now=now)
    other.close()


def test_the_tables_live_in_a_schema_of_their_own_on_postgres(postgres_url: str) -> None:
    with ControlPlane(postgres_url) as plane:
        plane.migrate()
        with plane._database.reading() as session:
            names = inspect(session.connection()).get_table_names(schema="public")
    assert names == []


def test_a_second_plane_in_one_process_leaves_the_first_its_locks(home: Path, now: datetime) -> None:
    url = f"sqlite:///{home}/control.db"
    with ControlPlane(url) as first:
        first.migrate()
        made = first.workspaces.create("Northwind", now=now)
        with ControlPlane(url) as second:
            second.migrate()
            # a stranger who comes and goes would take the log with it if it believed itself alone
            code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM runs'); c.close()"
            subprocess.run([sys.executable, "-c", code, home / "control.db"], check=True)  # noqa: S603 -- our own words
            assert (home / "control.db-wal").exists()
            later = first.workspaces.create("Southwind", now=now)
            assert [each.id for each in second.workspaces.all()] == sorted([made.id, later.id])
