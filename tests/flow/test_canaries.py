"""A person's data and a platform's token lie in the encrypted files, and nowhere else."""

import gzip
from pathlib import Path

import pytest
from merchant import join
from searching import Needles

from ignyte_pipelines.instance import instance, run_everything
from resources.stores import Stores
from resources.warehouse.metrics import open_metrics
from resources.warehouse.sources import open_for_reading
from sandbox.serve import Sandbox
from sandbox.world.people import CANARY_GUEST_EMAIL

pytestmark = pytest.mark.slow
CONNECTED = ("shopify", "meta_ads", "stripe")
SHORTEST = 8  # characters; the search finds nothing shorter


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
    assert Needles({"guest": [CANARY_GUEST_EMAIL]}).in_folder(home) == {planted.name: {"guest"}}
    planted.unlink()
    assert stores.credentials is not None
    secrets = [stores.credentials.load(each).grant.access.reveal() for each in joined.values()]
    people = [person.email for person in sandbox.state.full.people[:25]]
    assert min(map(len, (*secrets, *people))) >= SHORTEST
    needles = Needles({"guest": [CANARY_GUEST_EMAIL], "token": secrets, "person": people})
    assert needles.in_folder(home) == {}
    assert needles.in_folder(stores.scratch) == {}
