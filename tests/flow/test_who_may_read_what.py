"""Real child processes: who can open credentials, and where a plain key could be seen while a file is open."""

import ast
import base64
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pytest

from ignyte_pipelines.instance import instance
from ignyte_pipelines.serving import serving
from resources.control_plane.facts import Datasource
from resources.platform import Grant
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load

pytestmark = pytest.mark.slow
# what a process opens is heard by its own audit hook, before any of our code runs
LISTEN: Final = """
import sys
opened = []
def hear(event, said):
    if event in ("open", "os.listdir"):
        opened.append(str(said[0]))
sys.addaudithook(hear)
"""
QUERY: Final = (
    LISTEN
    + """
from resources.errors import Refused
from resources.settings import Settings
from resources.stores import open_stores
from resources.vault.masters import master
with open_stores() as stores:
    assert stores.credentials is None
    for record in stores.plane.keys.of(stores.plane.workspaces.all()[0].id):
        stores.keys.plain(record.id).close()
    try:
        master(Settings(), "credentials")
    except Refused as refusal:
        print(refusal)
    sealed = stores.plane.credentials.get(stores.plane.datasources.all()[0].id, "grant")
    try:
        stores.keys.kms.unwrap(sealed.blob[4:104], {})
    except Exception as error:
        print(type(error).__name__)
print([place for place in opened if "keys/credentials" in place])
print([place.rpartition("/")[2] for place in opened if place.endswith(".key")])
"""
)
HOLD: Final = """
import sys
from resources.stores import open_stores
from resources.warehouse.sources import open_for_load
with open_stores() as stores:
    with open_for_load(stores, stores.plane.datasources.all()[0]) as source:
        import os, subprocess
        source.connection.execute("SELECT count(*) FROM source.t").fetchall()
        below = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        print(below.pid, stores.scratch, flush=True)
        input()
        below.communicate(b"\\n")
"""


@pytest.fixture
def datasource(home: Path) -> Datasource:
    """A home with one encrypted file and one credential."""
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        made = stores.plane.datasources.connect(
            workspace_id=workspace.id,
            platform="stripe",
            account="acct_1",
            account_name="Juniper",
            currency="USD",
            time_zone="UTC",
            settings={},
            scopes=frozenset(),
            grade="proved",
            opted_in=frozenset(),
            now=stores.clock(),
        )
        assert stores.credentials is not None
        stores.credentials.store(made, Grant(access=Secret("canary-access-token")), stores.clock())
        with open_for_load(stores, made) as source:
            mark_loading(stores, source)
            rows = pa.table({"a": [1, 2, 3]})
            source.connection.register("rows", rows)
            source.connection.execute("CREATE TABLE source.t AS FROM rows")
        mark_clean(stores, made)
    return made


def child(program: str, home: Path, **more: str) -> list[str]:
    env = {"PATH": os.environ["PATH"], "IGNYTE_HOME": str(home), **more}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_process_that_queries_cannot_open_credentials_and_never_looks_for_their_key(
    home: Path, datasource: Datasource
) -> None:
    assert datasource
    refusal, kind, looked, keys = child(QUERY, home, IGNYTE_VAULT_ACCESS="data")
    assert "data only" in refusal
    assert kind == "Stop"
    assert looked == "[]"
    assert set(ast.literal_eval(keys)) == {"audit.key", "data.key"}
    # the positive control: a process that syncs does open that file, and the hook hears it
    heard = child(LISTEN + "from resources.stores import open_stores\nwith open_stores(): pass\nprint(opened)", home)
    assert "keys/credentials/credentials.key" in heard[0]


def test_it_works_where_the_credentials_key_is_not_even_there(home: Path, datasource: Datasource) -> None:
    assert datasource
    shutil.move(home / "keys" / "credentials", home.parent / "elsewhere")
    child(QUERY, home, IGNYTE_VAULT_ACCESS="data")
    assert not (home / "keys" / "credentials").exists()


@contextmanager
def holding(home: Path) -> Iterator[tuple[list[int], Path]]:
    """A child that has an encrypted file open, and a child of its own: their numbers, and the scratch folder."""
    env = {"PATH": os.environ["PATH"], "IGNYTE_HOME": str(home)}
    with subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-c", HOLD], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        below, scratch = process.stdout.readline().split()
        try:
            yield [process.pid, int(below)], Path(scratch)
        finally:
            process.communicate("\n")


def plain_keys(stores: Stores, home: Path) -> list[bytes]:
    """Every key of the home in every form in which it could be written down."""
    raw = [file.read_bytes() for file in (home / "keys").rglob("*.key")]
    for workspace in stores.plane.workspaces.all():
        for record in stores.plane.keys.of(workspace.id):
            with stores.keys.plain(record.id) as key:
                raw.append(bytes(key.view()))
    forms = [form for key in raw for form in (key, key.hex().encode(), base64.b64encode(key).rstrip(b"="))]
    return [*forms, b"canary-access-token"]


def seen(places: list[Path], keys: list[bytes]) -> list[str]:
    return [str(place) for place in places if any(key in content_of(place) for key in keys)]


def content_of(place: Path) -> bytes:
    """What others read there: nothing, where a process closed itself to its user's other processes."""
    return place.read_bytes() if os.access(place, os.R_OK) else b""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows what a process was given")
def test_no_plain_key_is_where_others_could_see_it_while_a_file_is_open(home: Path, datasource: Datasource) -> None:
    assert datasource
    with open_stores(Settings(home=home)) as stores:
        keys = plain_keys(stores, home)
    assert len(keys) >= 13
    with holding(home) as (numbers, scratch):
        shown = [Path(f"/proc/{number}/{what}") for number in numbers for what in ("environ", "cmdline")]
        files = [file for folder in (scratch, home / "data", home / "audit") for file in folder.rglob("*")]
        files += [file for file in home.glob("*") if file.is_file()]
        assert seen(shown + [file for file in files if file.is_file()], keys) == []
    # the positive control: the search finds a key where there is one
    assert seen([home / "keys" / "data" / "data.key"], keys) != []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows what a process was given")
def test_the_pages_are_served_without_the_credentials_and_runs_are_started_with_them(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(port, Settings(home=home)) as (web, daemon):
        said = [Path(f"/proc/{each.pid}/environ").read_bytes().split(b"\0") for each in (web, daemon)]
    marked = [b"IGNYTE_VAULT_ACCESS=data" in each for each in said]
    assert marked == [True, False]
    with instance(Settings(home=home)) as dagster:
        # a run that is asked for on a page is queued there and started by the daemon, in its surroundings
        assert type(dagster.run_coordinator).__name__ == "QueuedRunCoordinator"
