"""Killed with signal 9 at each step of a load and of a build: the next run loses nothing and doubles nothing."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crash_child import BUILD_STEPS, STEPS
from merchant import describe, join

from assets.loading import sync
from resources.control_plane.facts import Datasource, FileState
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import build, open_metrics
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
CHILD = Path(__file__).with_name("crash_child.py")
ROOT = Path(__file__).parents[2]
Digests = Callable[[Stores, Datasource], dict[str, tuple[int, str]]]


@pytest.fixture(scope="module")
def prepared(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one shop, synced and built: so that there is something to lose."""
    home = tmp_path_factory.mktemp("prepared")
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        (datasource,) = join(stores, sandbox, workspace, "shopify")
        sync(stores, datasource)
        build(stores, workspace)
    return home


@pytest.fixture(scope="module")
def die() -> Iterator[Callable[[Path, str], int]]:
    """Lets a process on the given home come to the given step; returns how it ended."""
    with subprocess.Popen(  # noqa: S603 -- our own interpreter and file
        [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:

        def run(home: Path, step: str) -> int:
            assert parent.stdin is not None
            assert parent.stdout is not None
            parent.stdin.write(f"{home}\t{step}\n")
            parent.stdin.flush()
            return int(parent.stdout.readline())

        yield run


def figures(stores: Stores) -> object:
    (workspace,) = stores.plane.workspaces.all()
    with open_metrics(stores, workspace) as metrics:
        return metrics.execute("SELECT sum(orders), sum(net_sales) FROM brand_metrics_by_date").fetchone()


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_run_is_healed_by_the_next(
    prepared: Path, die: Callable[[Path, str], int], home: Path, digests: Digests, step: str
) -> None:
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home)) as stores:
        (workspace,) = stores.plane.workspaces.all()
        (datasource,) = stores.plane.datasources.of(workspace.id)
        whole, published = digests(stores, datasource), figures(stores)

        assert die(home, step) == -signal.SIGKILL
        assert figures(stores) == published  # what was published stays

        if step not in BUILD_STEPS:
            sync(stores, stores.plane.datasources.get(datasource.id))
        assert digests(stores, datasource) == whole
        current = stores.plane.files.current_source(datasource.id)
        assert current is not None
        assert current.state is FileState.CLEAN
        if step in (BUILD_STEPS[0], "in the middle of the load"):
            build(stores, workspace)
            assert figures(stores) == published
