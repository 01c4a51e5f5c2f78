"""The real dbt, parsed once for all tests of the project."""

from typing import Any

import pytest
from pretend_workspace import Build, Built, Workspace, read_marts

from resources.dbt import DbtRunner


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
