"""A shop with charges of named people: landed, read back, erased."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from resources.columns import Kind
from resources.control_plane.facts import Datasource, Workspace
from resources.platforms import platform
from resources.stores import Stores
from resources.suppression import change, suppress
from resources.warehouse.landing import Landing
from resources.warehouse.rewriting import Rewritten, rewrite
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load, open_for_reading

WHEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
ANN, BOB = "ann@example.com", "bob@example.com"
_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.EPOCH: pa.timestamp("us", tz="UTC"),
}


def made_workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


def made_datasource(stores: Stores, workspace: Workspace, account: str = "acct_1") -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="stripe",
        account=account,
        account_name="Juniper",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset({"read_only"}),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )


def land(stores: Stores, datasource: Datasource, charges: Mapping[str, str]) -> None:
    """Lands charges, given as id → e-mail."""
    declared = platform("stripe")
    stream = next(stream for stream in declared.streams if stream.name == "charges")
    schema = pa.schema([(column.name, _TYPES[column.kind]) for column in stream.columns])
    rows = [{"id": name, "email": email, "created_at": WHEN, "amount_minor": 100} for name, email in charges.items()]
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
        with Landing(source.connection, stores.scratch, declared, stores.clock(), lambda: True) as landing:
            landing.land({"charges": pa.Table.from_pylist(rows, schema=schema)}, {"charges": WHEN})
    mark_clean(stores, datasource)


def landed(stores: Stores) -> Datasource:
    """A workspace that may not be used, with the charges of two people in its one account."""
    workspace = made_workspace(stores)
    made = made_datasource(stores, workspace)
    land(stores, made, {"ch_1": ANN, "ch_2": BOB})
    # building is what the drill in the flow tests does
    stores.plane.workspaces.restrict(workspace.id, "a test")
    return made


def emails(stores: Stores, datasource: Datasource) -> dict[str, str]:
    """id → e-mail of every charge in the file in use."""
    with open_for_reading(stores, datasource) as source:
        return dict(source.connection.execute("SELECT id, email FROM source.raw_stripe.charges ORDER BY id").fetchall())


def erase(stores: Stores, datasource: Datasource, email: str) -> Rewritten:
    """What an erasure does to a file: names set, rows gone, the old key destroyed."""
    suppress(stores, datasource.workspace_id, {f"e:{email}"}, [], "act_test")
    return rewrite(stores, datasource, change(stores, datasource))


def current_path(stores: Stores, datasource: Datasource) -> Path:
    file = stores.plane.files.current_source(datasource.id)
    assert file
    return stores.data_root / file.path
