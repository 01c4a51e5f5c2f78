"""The control plane's tests run on both databases."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource, Workspace


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def plane(url: str) -> Iterator[ControlPlane]:
    with ControlPlane(url) as made:
        made.migrate()
        yield made


@pytest.fixture
def workspace(plane: ControlPlane, now: datetime) -> Workspace:
    return plane.workspaces.create("Northwind", now=now)


@pytest.fixture
def datasource(plane: ControlPlane, workspace: Workspace, now: datetime) -> Datasource:
    return plane.datasources.connect(
        workspace_id=workspace.id,
        platform="shopify",
        account="northwind.myshopify.com",
        account_name="Northwind",
        currency="EUR",
        time_zone="Europe/Berlin",
        settings={"plan": "basic"},
        scopes=frozenset({"read_orders", "read_products"}),
        grade="proved",
        opted_in=frozenset({"read_all_orders"}),
        now=now,
    )
