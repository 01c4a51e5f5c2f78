"""One sandbox and one workspace for all official clients, and what our own path made of each platform."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from merchant import describe, join
from our_rows import Ours

from assets.loading import sync
from resources.control_plane.facts import Workspace
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from sandbox.serve import Sandbox, running
from sandbox.world import World

TODAY = dt.date(2026, 3, 14)
NOW = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running(World(seed=11, days=40, orders_per_day=8, today=TODAY)) as started:
        yield started


@pytest.fixture(scope="session")
def stores(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    home = tmp_path_factory.mktemp("fidelity")
    describe(sandbox, home)
    with open_stores(Settings(home=home), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="session")
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=NOW)


@pytest.fixture(scope="session")
def ours(stores: Stores, sandbox: Sandbox, workspace: Workspace) -> Callable[[str], Ours]:
    """Connects a platform with all its options, syncs it once, and gives what was landed."""

    @cache
    def run(key: str) -> Ours:
        declared = platform(key)
        connected = join(stores, sandbox, workspace, key, declared.scopes.optional)
        for datasource in connected:
            sync(stores, stores.plane.datasources.get(datasource.id))
        return Ours(stores=stores, sandbox=sandbox, declared=declared, datasources=tuple(connected))

    return run


@pytest.fixture(autouse=True)
def by_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most clients take their proxy and the CA they trust from the environment; no other place can be reached."""
    for name in ("NO_PROXY", "no_proxy", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{sandbox.proxy}")
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(sandbox.ca_file))
