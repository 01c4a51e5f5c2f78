"""A home with published metrics, made by hand in a moment, and a session on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from published import CANARY, publish

from ignyte_pipelines.analysis.sessions import Session
from resources.control_plane.facts import Workspace
from resources.settings import Settings
from resources.stores import Stores, open_stores


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("analysts") / "home"
    return Settings(home=home, query_seconds=20, query_memory_limit="256MB", query_threads=2)


@pytest.fixture(scope="module")
def stores(settings: Settings) -> Iterator[Stores]:
    with open_stores(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def workspace(stores: Stores) -> Workspace:
    made = stores.plane.workspaces.create("brand", now=stores.clock())
    publish(stores, made)
    return made


@pytest.fixture(scope="module")
def session(stores: Stores, workspace: Workspace) -> Iterator[Session]:
    with Session(stores.settings, stores.plane, stores.audit, workspace, via="test") as opened:
        yield opened


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that no question may read from or write to, with something worth stealing in it."""
    folder = tmp_path_factory.mktemp("outside")
    for name in ("secret.csv", "secret.json", "secret.txt"):
        (folder / name).write_text(f'"{CANARY}"\n')
    return folder
