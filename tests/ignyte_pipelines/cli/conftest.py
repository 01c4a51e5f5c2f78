"""The command line as a person types it, on a fresh home or on one that reads from the pretend platforms."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from terminal import SYNCED, Synced, Type, typed

from sandbox.serve import Sandbox, running
from sandbox.world import World


@pytest.fixture
def ignyte(home: Path) -> Type:
    """Types a command on a fresh home."""
    del home
    return typed


@pytest.fixture(scope="session")
def pretend() -> Iterator[Sandbox]:
    """A small brand at the pretend platforms, in a thread of the tests' process."""
    with running(World(seed=11, days=20, orders_per_day=6, today=datetime.now(UTC).date())) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox_home(home: Path, pretend: Sandbox) -> Path:
    """A home that reads from the pretend platforms."""
    (home / "sandbox.json").write_bytes(orjson.dumps(pretend.described()))
    return home


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory, pretend: Sandbox) -> Synced:
    """Never written to after it was made: who does writes to a copy."""
    home = tmp_path_factory.mktemp("synced") / "home"
    home.mkdir(mode=0o700)
    (home / "sandbox.json").write_bytes(orjson.dumps(pretend.described()))
    typed("workspace", "create", "brand", "--time-zone", "America/New_York", home=home)
    for platform in SYNCED:
        assert typed("datasource", "connect", "brand", platform, home=home).code == 0
    answer = typed("sync", "brand", "--json", home=home)
    assert answer.code == 0, answer.err
    return Synced(home=home, answer=answer)
