"""One sandbox for the suite, and for each test a home of its own with one platform connected."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from merchant import describe, join
from places import Place

from resources.platform import Platform
from resources.platforms import KEYS, platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from sandbox.serve import Sandbox, running
from sandbox.world import World

TODAY = dt.date(2026, 3, 14)


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    with running(World(seed=11, days=40, orders_per_day=8, today=TODAY)) as started:
        yield started


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Iterator[Sandbox]:
    one_sandbox.state.faults.clear()
    one_sandbox.state.writes_seen.clear()
    # it remembers so many and no more: once full, its length would tell nothing
    one_sandbox.state.seen.clear()
    one_sandbox.state.show(None)
    yield one_sandbox
    one_sandbox.state.faults.clear()
    one_sandbox.state.show(None)


@pytest.fixture(params=KEYS)
def declared(request: pytest.FixtureRequest) -> Platform:
    return platform(request.param)


@pytest.fixture
def stores(home: Path, sandbox: Sandbox) -> Iterator[Stores]:
    describe(sandbox, home)
    # far enough after the sandbox's last day for every window to reach it
    with open_stores(Settings(home=home), clock=lambda: dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)) as opened:
        yield opened


@pytest.fixture
def connect(stores: Stores, sandbox: Sandbox, declared: Platform) -> Callable[[], Place]:
    def run() -> Place:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        first, *_ = join(stores, sandbox, workspace, declared.key, declared.scopes.optional)
        return Place(stores=stores, workspace=workspace, datasource=first, declared=declared)

    return run


@pytest.fixture
def place(connect: Callable[[], Place]) -> Place:
    return connect()
