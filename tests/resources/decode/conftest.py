"""A decoder for any feed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from resources.decode import Decoded, Decoder
from resources.platform import Feed
from resources.reading import Page
from resources.warehouse.opening import memory


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = memory(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def decode(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., Decoded]:
    def run(declared: Feed, *bodies: bytes, **facts: str) -> Decoded:
        decoder = Decoder(connection, tmp_path, "vendor", declared)
        return decoder.decode([Page(body=body, facts=facts) for body in bodies], declared.streams)

    return run
