"""A home with a workspace that may not be used, so nothing is built, and one account with two people's charges."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from backup_rows import landed

from resources.control_plane.facts import Datasource, Workspace
from resources.settings import Settings
from resources.stores import Stores, open_stores


@pytest.fixture(scope="session")
def landed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loaded once, since each test begins with the same."""
    home = tmp_path_factory.mktemp("landed") / "home"
    with open_stores(Settings(home=home)) as stores:
        landed(stores)
    return home


@pytest.fixture
def stores(home: Path, landed_home: Path) -> Iterator[Stores]:
    shutil.copytree(landed_home, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    (found,) = stores.plane.workspaces.all()
    return found


@pytest.fixture
def datasource(stores: Stores, workspace: Workspace) -> Datasource:
    (found,) = stores.plane.datasources.of(workspace.id)
    return found
