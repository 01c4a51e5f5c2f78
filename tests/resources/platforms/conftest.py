"""One sandbox for the platforms' own tests, and a reader of any platform from it."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from reading_feeds import Reader

from resources.platforms import platform
from sandbox.serve import Sandbox, running
from sandbox.world import World

TODAY = dt.date(2026, 3, 14)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=11, days=40, orders_per_day=8, today=TODAY)


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Sandbox]:
    with running(world) as started:
        yield started


@pytest.fixture(scope="module")
def connect(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Reader]:
    def run(key: str, scopes: str = "") -> Reader:
        reader = Reader(declared=platform(key), sandbox=sandbox, scratch=tmp_path_factory.mktemp(key))
        reader.connect(scopes)
        return reader

    return run
