"""A sandbox of the flow tests' own, and what lies in a datasource's file."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from merchant import describe

from resources.control_plane.facts import Datasource
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import open_for_load
from sandbox.serve import Sandbox, running
from sandbox.world import World


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    today = dt.datetime.now(dt.UTC).date()
    with running(World(seed=23, days=30, orders_per_day=6, today=today)) as started:
        yield started


@pytest.fixture
def stores(home: Path, sandbox: Sandbox) -> Iterator[Stores]:
    sandbox.state.faults.clear()
    describe(sandbox, home)
    with open_stores(Settings(home=home)) as opened:
        yield opened


def _digests(stores: Stores, datasource: Datasource) -> dict[str, tuple[int, str]]:
    with open_for_load(stores, datasource) as source:
        schema = platform(datasource.platform).schema
        names = source.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' AND table_name NOT LIKE '\\_%' "
            "ESCAPE '\\' ORDER BY 1"
        ).fetchall()
        found = {}
        for (name,) in names:
            query = f'SELECT * EXCLUDE (_synced_at) FROM source."{schema}"."{name}" ORDER BY ALL'
            rows = source.connection.execute(query).fetchall()
            found[name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


@pytest.fixture
def digests() -> object:
    """Table → rows and a digest of all values but the moment of the sync."""
    return _digests
