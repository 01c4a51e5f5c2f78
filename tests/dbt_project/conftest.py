"""The real dbt, parsed once for all tests of the project; and one synthetic brand through the whole path."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from finished import TODAY, ZONE, Finished, costs_of
from merchant import describe, join
from pretend_workspace import Build, Built, Workspace, read_marts

from assets.loading import sync
from resources.control_plane.inputs import UploadKind
from resources.dbt import DbtRunner
from resources.platforms import KEYS, platform
from resources.settings import Settings
from resources.stores import open_stores
from resources.warehouse.metrics import build as build_and_publish
from sandbox.serve import running
from sandbox.world import World

_NOW = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> DbtRunner:
    return DbtRunner(target_dir=tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def build(runner: DbtRunner) -> Build:
    def _build(workspace: Workspace) -> Built:
        marts: dict[str, list[dict[str, Any]]] = {}
        result = runner.build(workspace.prepare, finish=lambda connection: marts.update(read_marts(connection)))
        return Built(result=result.or_stop(), marts=marts)

    return _build


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """Twelve platforms over real HTTPS, landed, calculated and published."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    world = World(seed=29, days=75, orders_per_day=8, today=TODAY)
    with running(world) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("IGNYTE_HOME", str(home))
        describe(sandbox, home)
        with open_stores(Settings(home=home), clock=lambda: _NOW) as stores:
            workspace = stores.plane.workspaces.create("Juniper", time_zone=ZONE, fiscal_year_start=4, now=_NOW)
            for key in KEYS:
                for datasource in join(stores, sandbox, workspace, key, platform(key).scopes.optional):
                    sync(stores, stores.plane.datasources.get(datasource.id))
            stores.plane.inputs.add(
                workspace.id,
                UploadKind.COSTS,
                costs_of(world),
                file_name="costs.csv",
                sha256="0" * 64,
                rows_left_out=0,
                uploaded_by="tests",
                now=_NOW,
            )
            goal = (dt.date(2026, 3, 1), Decimal(310), "tests", _NOW)
            stores.plane.inputs.set_target(workspace.id, "orders", *goal)
            published = build_and_publish(stores, workspace)
            yield Finished(world=world, stores=stores, workspace=workspace, warnings=published.result.warnings)
