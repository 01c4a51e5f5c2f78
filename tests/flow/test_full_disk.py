"""A disk that is full: a clear word, the last good state, and a next sync that heals."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from merchant import describe, join

from assets.loading import sync
from resources.control_plane.facts import Datasource
from resources.settings import Settings
from resources.stores import Stores, open_stores
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
CHILD = Path(__file__).with_name("full_disk_child.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one shop, synced."""
    home = tmp_path_factory.mktemp("prepared")
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        sync(stores, join(stores, sandbox, workspace, "shopify")[0])
    return home


@pytest.mark.parametrize("most", [100_000, 600_000], ids=["no note fits", "no load fits"])
def test_a_full_disk_is_said_and_healed(
    prepared: Path, home: Path, digests: Callable[[Stores, Datasource], dict[str, tuple[int, str]]], most: int
) -> None:
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home)) as stores:
        (datasource,) = stores.plane.datasources.all()
        whole = digests(stores, datasource)
        done = subprocess.run(  # noqa: S603 -- our own interpreter and file
            [sys.executable, str(CHILD), str(home), str(most)], check=False, capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "full" in done.stdout
        assert "@" not in done.stdout
        sync(stores, stores.plane.datasources.get(datasource.id))
        assert digests(stores, datasource) == whole
