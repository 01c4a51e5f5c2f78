"""A sandbox of the security tests' own."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from merchant import describe

from resources.settings import Settings
from resources.stores import Stores, open_stores
from sandbox.serve import Sandbox, running
from sandbox.world import World


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running(World(seed=31, days=20, orders_per_day=4, today=dt.datetime.now(dt.UTC).date())) as started:
        yield started


@pytest.fixture
def stores(home: Path, sandbox: Sandbox) -> Iterator[Stores]:
    sandbox.state.faults.clear()
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as opened:
        yield opened
