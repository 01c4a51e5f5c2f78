"""A home with a workspace that may not be used, so nothing is built, and one account with two people's charges."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from backup_rows import ANN, BOB, land, made_datasource, made_workspace

from resources.control_plane.facts import Datasource, Workspace
from resources.settings import Settings
from resources.stores import Stores, open_stores


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return made_workspace(stores)


@pytest.fixture
def datasource(stores: Stores, workspace: Workspace) -> Datasource:
    made = made_datasource(stores, workspace)
    land(stores, made, {"ch_1": ANN, "ch_2": BOB})
    # building is what the drill in the flow tests does
    stores.plane.workspaces.restrict(workspace.id, "a test")
    return made
