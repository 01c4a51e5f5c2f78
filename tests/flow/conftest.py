"""A sandbox of the flow tests' own, and what lies in a datasource's file."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from merchant import describe
from worlds import EVERYTHING, another, load, opened

from resources.control_plane.facts import Datasource
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import build
from resources.warehouse.sources import open_for_load
from sandbox.serve import Sandbox, running
from sandbox.world import World


def _brand() -> World:
    return World(seed=23, days=30, orders_per_day=6, today=dt.datetime.now(dt.UTC).date())


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with running(_brand()) as started:
        yield started


@pytest.fixture(scope="session")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the brand's shops, payments, subscriptions and e-mail loaded, to be copied and left as it is.

    It has a sandbox of its own, in which no other test gives a grant back, so a copy can be synced again.
    """
    with running(_brand()) as started:
        home = tmp_path_factory.mktemp("whole") / "home"
        load(home, started, EVERYTHING)
        yield home


@pytest.fixture(scope="session")
def calculated_home(whole_home: Path) -> Path:
    """The same, calculated."""
    home = another(whole_home, "calculated")
    with opened(home) as (stores, workspace):
        build(stores, workspace)
    return home


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
