"""A running sandbox and a client of it."""

from collections.abc import Iterator
from datetime import date

import pytest
from stranger import Client

from sandbox.serve import Sandbox, running
from sandbox.world import World


@pytest.fixture(scope="session")
def world() -> World:
    return World.of_scale("small", seed=7, today=date(2026, 11, 24))


@pytest.fixture
def box(world: World) -> Iterator[Sandbox]:
    with running(world) as box:
        yield box


@pytest.fixture
def client(box: Sandbox) -> Iterator[Client]:
    made = Client(box)
    yield made
    made.session.close()
