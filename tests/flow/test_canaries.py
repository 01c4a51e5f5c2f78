"""A person's data and a platform's token lie in the encrypted files, and nowhere else."""

import base64
import gzip
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from merchant import join

from ignyte_pipelines.instance import instance, run_everything
from resources.stores import Stores
from resources.warehouse.metrics import open_metrics
from resources.warehouse.sources import open_for_reading
from sandbox.serve import Sandbox
from sandbox.world.people import CANARY_GUEST_EMAIL

pytestmark = pytest.mark.slow
CONNECTED = ("shopify", "meta_ads", "stripe")


def spellings(text: str) -> set[bytes]:
    """The ways in which a value may hide in a file."""
    raw = text.encode()
    return {
        raw,
        text.encode("utf-16-le"),
        json.dumps(text).strip('"').encode(),
        json.dumps(text).replace("@", "\\u0040").strip('"').encode(),
        quote(text, safe="").encode(),
        base64.b64encode(raw)[:-4],
    }


def contents(file: Path) -> Iterator[bytes]:
    """A file's bytes, as they lie and unpacked."""
    raw = file.read_bytes()
    yield raw
    if raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    for start in (raw.find(b"\x78\x9c"), raw.find(b"\x78\x01")):
        if start >= 0:
            unpacker = zlib.decompressobj()
            try:
                yield unpacker.decompress(raw[start:])
            except zlib.error:
                continue
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if raw[:15] == b"SQLite format 3":
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        yield "\n".join(connection.iterdump()).encode(errors="replace")
        connection.close()


def holding(folder: Path, text: str) -> list[Path]:
    wanted = spellings(text)
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if any(form in found for found in contents(file) for form in wanted)]


def test_a_canary_lies_in_its_encrypted_table_and_nowhere_else(stores: Stores, sandbox: Sandbox, home: Path) -> None:
    workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
    joined = {key: join(stores, sandbox, workspace, key)[0] for key in CONNECTED}
    with instance(stores.settings) as dagster:
        ended = run_everything(dagster, stores, workspace, tell=lambda _: None)
    assert ended.ok

    with open_for_reading(stores, joined["shopify"]) as source:
        query = "SELECT count(*) FROM source.raw_shopify.orders WHERE lower(email) = lower(?)"
        assert source.connection.execute(query, [CANARY_GUEST_EMAIL]).fetchone() == (1,)
    with open_metrics(stores, workspace) as metrics:
        tables = metrics.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert len(tables) >= 5
        for (name,) in tables:
            addresses = (
                f"SELECT count(*) FROM \"{name}\" AS t WHERE regexp_matches(t::VARCHAR, '[\\w.+-]+@[\\w-]+[.]\\w')"
            )
            assert metrics.execute(addresses).fetchone() == (0,), name

    # the search itself is shown to find what is there
    planted = home / "planted.gz"
    planted.write_bytes(gzip.compress(b"x" + CANARY_GUEST_EMAIL.encode()))
    assert holding(home, CANARY_GUEST_EMAIL) == [planted]
    planted.unlink()
    assert stores.credentials is not None
    secrets = [stores.credentials.load(each).grant.access.reveal() for each in joined.values()]
    people = [person.email for person in sandbox.state.full.people[:25]]
    for text in (*secrets, *people):
        assert holding(home, text) == []
        assert holding(stores.scratch, text) == []
