"""What is left after a disconnection equals a world in which the datasource never was, whatever crashed on the way."""

import copy
import datetime as dt
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from merchant import describe, join

from assets.loading import sync
from resources.audit.verifier import examine
from resources.control_plane.facts import Connection, Datasource, FileState, Workspace
from resources.errors import Problem, Refused, Stop, TryLater
from resources.revoking import carry_on, disconnect
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse import metrics
from resources.warehouse.metrics import build, open_metrics
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
NOW: Final = dt.datetime.now(dt.UTC)
Tables = dict[str, list[tuple[object, ...]]]
Opened = tuple[Stores, Workspace, Datasource]
CHILD = """
import os, signal, sys
from resources import revoking
from resources.stores import open_stores
setattr(revoking, sys.argv[2], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
with open_stores() as stores:
    revoking.disconnect(stores, sys.argv[1], reason="a test")
"""


def loaded(stores: Stores, sandbox: Sandbox, workspace: Workspace, key: str) -> Datasource:
    made = join(stores, sandbox, workspace, key)[0]
    sync(stores, made)
    return made


def calculated(stores: Stores, workspace: Workspace) -> Tables:
    """Every published table, but for the list of datasources, which rightly remembers one that is gone."""
    with open_metrics(stores, workspace) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {
            name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall()
            for name in names
            if name != "datasources"
        }


@pytest.fixture(scope="module")
def ads_only(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one ads account, synced."""
    home = tmp_path_factory.mktemp("ads_only")
    describe(sandbox, home)
    with open_stores(Settings(home=home), clock=lambda: NOW) as stores:
        loaded(stores, sandbox, stores.plane.workspaces.create("Juniper", now=NOW), "meta_ads")
    return home


@pytest.fixture(scope="module")
def both(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tables]:
    """A home with the shop and one ads account, synced and built; and its metrics while there was only the shop."""
    home = tmp_path_factory.mktemp("both")
    describe(sandbox, home)
    with open_stores(Settings(home=home), clock=lambda: NOW) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=NOW)
        loaded(stores, sandbox, workspace, "shopify")
        build(stores, workspace)
        without = calculated(stores, workspace)
        loaded(stores, sandbox, workspace, "meta_ads")
        build(stores, workspace)
        assert calculated(stores, workspace) != without
    return home, without


@pytest.fixture(autouse=True)
def alive_again(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A grant that one test gave back is alive in the next, which begins with a copy of the same home."""
    monkeypatch.setattr(sandbox.state, "_kept", copy.deepcopy(sandbox.state._kept))
    yield
    sandbox.state.faults.clear()


@contextmanager
def opened(prepared: Path, home: Path) -> Iterator[Opened]:
    """A copy of a prepared home, and in it the ads account that will go."""
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home), clock=lambda: NOW) as stores:
        (workspace,) = stores.plane.workspaces.all()
        (ads,) = (each for each in stores.plane.datasources.of(workspace.id) if each.platform == "meta_ads")
        yield stores, workspace, ads


@pytest.fixture
def alone(ads_only: Path, home: Path) -> Iterator[Opened]:
    with opened(ads_only, home) as found:
        yield found


@pytest.fixture
def beside(both: tuple[Path, Tables], home: Path) -> Iterator[Opened]:
    with opened(both[0], home) as found:
        yield found


def assert_gone(stores: Stores, workspace: Workspace, gone: Datasource) -> None:
    assert stores.plane.datasources.get(gone.id).connection is Connection.DISCONNECTED
    files = [file for file in stores.plane.files.of(workspace.id) if file.datasource_id == gone.id]
    assert {file.state for file in files} == {FileState.DELETED}
    assert not [path for path in stores.data_root.rglob("*") if gone.id in path.name]
    keys = [record for record in stores.plane.keys.of(workspace.id) if record.owner == gone.id]
    assert keys
    assert not [record for record in keys if record.wrapped is not None]
    assert stores.plane.credentials.get(gone.id, "grant") is None
    assert [each.subject for each in stores.plane.tombstones.of(workspace.id)] == [gone.id]


def test_the_metrics_are_those_of_a_world_without_it(both: tuple[Path, Tables], beside: Opened) -> None:
    stores, workspace, ads = beside
    assert disconnect(stores, ads.id).rebuilt
    assert_gone(stores, workspace, ads)
    assert calculated(stores, workspace) == both[1]


@pytest.mark.parametrize("step", ["give_back", "destroy_data", "remove", "commitment", "_rebuild"])
def test_a_crash_at_any_step_is_carried_on_at_the_next_start(alone: Opened, step: str) -> None:
    stores, workspace, gone = alone
    command = [sys.executable, "-c", CHILD, gone.id, step]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL  # noqa: S603 -- our own
    assert stores.audit.left_open("datasource.disconnect")
    assert carry_on(stores) == 1
    assert carry_on(stores) == 0
    assert_gone(stores, workspace, gone)
    stores.audit.settle()
    stores.audit.close()
    settings = stores.settings
    report = examine(settings.audit_dir, settings.home / "audit-checkpoints", stores.audit.public_pem)
    assert (report.holds, report.unfinished) == (True, []), report.problem
    acts = [entry for entry in stores.audit.entries() if entry.verb == "datasource.disconnect"]
    assert [(each.phase.value, each.result) for each in acts] == [("intent", ""), ("outcome", "done")]


def test_metrics_that_cannot_be_built_now_are_wanted(beside: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    stores, workspace, ads = beside

    def fails(*_: object) -> None:
        raise TryLater("a load is under way.", to="datasource")

    with monkeypatch.context() as patch:
        patch.setattr(metrics, "build", fails)
        with pytest.raises(TryLater):
            disconnect(stores, ads.id)
    assert_gone(stores, workspace, ads)
    assert stores.plane.due.build_wanted(workspace.id) is not None
    assert disconnect(stores, ads.id).rebuilt


def test_a_damaged_credential_does_not_keep_the_rest(alone: Opened) -> None:
    stores, workspace, gone = alone
    sealed = stores.plane.credentials.get(gone.id, "grant")
    assert sealed
    stores.plane.credentials.rewrap(sealed, sealed.blob[:-1] + b"x", sealed.key_id)
    assert stores.credentials is not None
    with pytest.raises(Stop):
        stores.credentials.load(gone)
    assert disconnect(stores, gone.id).given_back == "There was none any more."
    assert_gone(stores, workspace, gone)


def test_another_process_s_sync_stops_at_its_next_request(stores: Stores, sandbox: Sandbox) -> None:
    workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
    made = join(stores, sandbox, workspace, "shopify")[0]
    # slow enough for the sync to be caught between two pages
    sandbox.state.faults.add(Fault(platform="shopify", kind=Kind.THROTTLE, times=0, after=3))
    ended: list[BaseException] = []

    def run() -> None:
        try:
            sync(stores, made)
        except Problem as problem:
            ended.append(problem)

    worker = threading.Thread(target=run)
    # it remembers so many and no more: once full, its length would tell nothing
    sandbox.state.seen.clear()
    worker.start()
    while len(sandbox.state.seen) < 4:
        time.sleep(0.01)
    disconnect(stores, made.id)
    after = len(sandbox.state.seen)
    worker.join(timeout=60)
    assert not worker.is_alive()
    assert isinstance(ended[0], Refused)
    assert len(sandbox.state.seen) - after <= 1
    assert not [path for path in stores.data_root.rglob("*") if made.id in path.name]
