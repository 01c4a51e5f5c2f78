"""The database's password is in no file, stream, table or process of ours, whatever goes well or wrong."""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from leak_evidence import ROOT, below
from searching import Needles
from sqlalchemy import create_engine, make_url, text

from ignyte_pipelines.certificate import certificate
from ignyte_pipelines.serving import serving
from resources.scratch import scratch_root
from resources.settings import Settings

pytestmark = pytest.mark.slow
PASSWORD = "canary-of-the-database-7f3a"
NEEDLES = Needles({"password": [PASSWORD]})


@pytest.fixture
def url(new_postgres_database: Callable[[], str], home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A real database, whose server asks for no password but is given one."""
    del home
    whole = make_url(new_postgres_database()).set(password=PASSWORD).render_as_string(hide_password=False)
    monkeypatch.setenv("IGNYTE_DATABASE_URL", whole)
    return whole


def ignyte(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ignyte_pipelines.cli import app; app()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 -- our own


def tables(url: str) -> Iterator[bytes]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'")
        ).all()
        for schema, name in names:
            if schema not in {"pg_catalog", "information_schema"}:
                rows = connection.execute(text(f'SELECT t::text FROM "{schema}"."{name}" AS t')).scalars()
                yield "\n".join(rows).encode()
    engine.dispose()


def test_no_command_and_no_store_shows_it(url: str, home: Path) -> None:
    done = [ignyte("workspace", "create", "Juniper"), ignyte("doctor", "--json")]
    assert [each.returncode for each in done] == [0, 0], done[0].stderr + done[1].stdout
    os.environ["IGNYTE_DATABASE_URL"] = url.replace("?host=", "?port=1&host=")
    gone = ignyte("status")
    os.environ["IGNYTE_DATABASE_URL"] = url.replace("postgresql+psycopg", "mysql")
    wrong = ignyte("status")
    assert gone.returncode
    assert wrong.returncode
    for each in (*done, gone, wrong):
        assert not NEEDLES.within((each.stdout + each.stderr).encode())
    assert NEEDLES.in_folder(home) == {}
    held = list(tables(url))
    assert b"Juniper" in b"".join(held)
    assert not [table for table in held if NEEDLES.within(table)]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows what a process was given")
def test_no_process_of_ours_shows_it_and_only_the_pages_listen(url: str, home: Path) -> None:
    assert url
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(port, Settings()) as processes:
        answered(port, home)
        ours = {pid for process in processes for pid in below(process.pid)}
        assert len(ours) >= 4  # each with the code server behind it
        shown = {place for pid in ours for place in ("environ", "cmdline") if seen(pid, place)}
        assert shown == set()
        assert listening(ours) == {port}
        # the positive control: it is handed over, in a file that only its owner reads
        (file,) = (file for file in scratch_root().glob("ignyte-run-*/pgpass") if PASSWORD in file.read_text())
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0
        sockets = [each for each in file.parent.iterdir() if each.is_socket()]
        assert len(sockets) >= 2
    assert not file.exists()


def seen(pid: int, place: str) -> set[str]:
    try:
        return NEEDLES.within(Path(f"/proc/{pid}/{place}").read_bytes())
    except OSError:
        return set()


def listening(pids: set[int]) -> set[int]:
    """The TCP ports on which these processes listen."""
    held = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                held.add(str(link.readlink()))
            except OSError:
                continue
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    ports = {int(line[1].rpartition(":")[2], 16): line[9] for line in lines if line[3] == "0A"}
    return {port for port, inode in ports.items() if f"socket:[{inode}]" in held}


def answered(port: int, home: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate(home, datetime.now(UTC)).authority))
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(f"https://127.0.0.1:{port}/server_info", context=trust) as reply:
                assert b"dagster_version" in reply.read()
                return
        except urllib.error.URLError:
            assert time.monotonic() < until, "it did not come up"
            time.sleep(0.5)
