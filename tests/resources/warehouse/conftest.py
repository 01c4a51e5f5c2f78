"""Stores with one workspace and one Stripe account that was never asked anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.control_plane.facts import Datasource, Workspace
from resources.settings import Settings
from resources.stores import Stores, open_stores


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


@pytest.fixture
def datasource(stores: Stores, workspace: Workspace) -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="stripe",
        account="acct_1",
        account_name="Juniper",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset({"read_only"}),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )
