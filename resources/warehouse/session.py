"""What a build sees: each platform a schema of views over its datasources' files, and the workspace's settings."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import duckdb

from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, LeaseMode, Workspace
from resources.decode.kinds import STORED
from resources.decode.paths import literal, quoted
from resources.errors import TryLater
from resources.judging import lend_names
from resources.keyed import opened, take_back
from resources.platform import Platform, Stream
from resources.platforms import platform as platform_of
from resources.platforms import platforms
from resources.restricting import left_out, set_aside
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.opening import attach, columns_in
from resources.warehouse.sources import lease_name

# (catalog, stream) → the table of the rowids that no view shows
Hidden = Mapping[tuple[str, str], str]
_SURROGATES: Final = "surrogates"

# the tables of what people gave the workspace, with their columns
INPUTS: Final = {
    "costs": "sku VARCHAR, product_id VARCHAR, cost DECIMAL(18,6), currency VARCHAR, effective_from DATE, "
    "file_name VARCHAR, uploaded_at TIMESTAMPTZ",
    "fx_rates": "day DATE, from_currency VARCHAR, to_currency VARCHAR, rate DECIMAL(18,9), source VARCHAR",
    "metric_targets": "metric VARCHAR, month DATE, target DECIMAL(18,6)",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One datasource's file in the session, attached under the name `catalog`."""

    datasource: Datasource
    file: FileGeneration
    catalog: str


@contextmanager
def parts_of(stores: Stores, workspace: Workspace) -> Iterator[list[Part]]:
    """The files that a build reads, held against writers until the end.

    Raises:
        TryLater: the load of one of them is not whole, so nothing is built and the published metrics stay.
    """
    with ExitStack() as holding:
        parts = []
        for number, datasource in enumerate(stores.plane.datasources.of(workspace.id)):
            if datasource.connection is Connection.DISCONNECTED:
                continue
            holding.enter_context(held(stores.plane, lease_name(datasource.id), LeaseMode.SHARED, stores.clock))
            file = stores.plane.files.current_source(datasource.id)
            if file is None:
                continue
            if file.state is not FileState.CLEAN:
                raise TryLater(
                    "its last load is not whole, so nothing is built from it.",
                    to=f"datasource {datasource.id}",
                    do_next="The next sync completes it; the metrics published before stay.",
                )
            parts.append(Part(datasource=datasource, file=file, catalog=f"part_{number}"))
        yield parts


def open_session(
    connection: duckdb.DuckDBPyConnection, stores: Stores, workspace: Workspace, parts: Sequence[Part]
) -> None:
    """Attaches the parts and makes the views and tables that dbt's sources name."""
    for part in parts:
        with stores.keys.plain(part.file.key_id) as key:
            attach(connection, stores.data_root / part.file.path, part.catalog, key, read_only=True)
    hidden = _hidden(connection, stores, workspace, parts)
    for platform in platforms():
        make_views(connection, platform, [part for part in parts if part.datasource.platform == platform.key], hidden)
    _tell(connection, stores, workspace)
    _tell_inputs(connection, stores, workspace)
    _set_surrogate_key(connection, stores, workspace)


def _hidden(
    connection: duckdb.DuckDBPyConnection, stores: Stores, workspace: Workspace, parts: Sequence[Part]
) -> Hidden:
    """The rows of persons whose data may not be used; costs nothing where there are none."""
    names = set_aside(stores, workspace.id)
    if not names:
        return {}
    with opened(stores, workspace.id) as key:
        lend_names(connection, key, names)
    found = {}
    for part in parts:
        declared = platform_of(part.datasource.platform)
        held_columns = {
            stream.name: columns_in(connection, part.catalog, declared.schema, stream.name)
            for stream in declared.streams
        }
        tables = left_out(connection, declared, part.catalog, held_columns)
        found.update({(part.catalog, stream): table for stream, table in tables.items()})
    take_back(connection)
    return found


def make_views(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    parts: Sequence[Part],
    hidden: Hidden = MappingProxyType({}),
) -> None:
    """One view a stream, the same columns whether none, one or several datasources of the platform are connected."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(platform.schema)}")
    for stream in platform.streams:
        selects = [select for part in parts if (select := _select(connection, platform, stream, part, hidden))]
        body = " UNION ALL ".join(selects) or f"{_typed(stream, frozenset(), literal(''))} WHERE false"
        connection.execute(f"CREATE OR REPLACE VIEW {quoted(platform.schema)}.{quoted(stream.name)} AS {body}")


def _select(
    connection: duckdb.DuckDBPyConnection, platform: Platform, stream: Stream, part: Part, hidden: Hidden
) -> str | None:
    held_columns = frozenset(columns_in(connection, part.catalog, platform.schema, stream.name))
    if not held_columns:
        return None
    place = ".".join(map(quoted, (part.catalog, platform.schema, stream.name)))
    kept_back = hidden.get((part.catalog, stream.name))
    where = f" WHERE rowid NOT IN (FROM {kept_back})" if kept_back else ""
    return f"{_typed(stream, held_columns, literal(part.datasource.id))} FROM {place}{where}"


def _typed(stream: Stream, held_columns: frozenset[str], datasource: str) -> str:
    """A SELECT of all declared columns in their types; those that the file does not hold yet are null."""
    columns = [(column.name, STORED[column.kind]) for column in stream.columns] + [("_synced_at", "TIMESTAMPTZ")]
    values = [f"CAST({quoted(name) if name in held_columns else 'NULL'} AS {kind}) AS {name}" for name, kind in columns]
    return f"SELECT {', '.join(values)}, {datasource} AS _datasource_id"


def _tell(connection: duckdb.DuckDBPyConnection, stores: Stores, workspace: Workspace) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS workspace")
    connection.execute(
        "CREATE OR REPLACE TABLE workspace.settings AS SELECT $id AS workspace_id, $currency AS currency, "
        "$zone AS time_zone, $month::INTEGER AS fiscal_year_start, $primary AS primary_platform, "
        "$now::TIMESTAMPTZ AS calculated_at",
        {
            "id": workspace.id,
            "currency": workspace.currency,
            "zone": workspace.time_zone,
            "month": workspace.fiscal_year_start,
            "primary": workspace.primary_platform,
            "now": stores.clock(),
        },
    )
    connection.execute(
        "CREATE OR REPLACE TABLE workspace.datasources (datasource_id VARCHAR, platform VARCHAR, account VARCHAR, "
        "account_name VARCHAR, currency VARCHAR, time_zone VARCHAR, connection VARCHAR, sync VARCHAR, "
        "last_success TIMESTAMPTZ)"
    )
    for each in stores.plane.datasources.of(workspace.id):
        facts = [each.id, each.platform, each.account, each.account_name, each.currency, each.time_zone]
        states = [each.connection.value, each.sync.value, each.last_success]
        connection.execute("INSERT INTO workspace.datasources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", facts + states)


def _tell_inputs(connection: duckdb.DuckDBPyConnection, stores: Stores, workspace: Workspace) -> None:
    """What people uploaded or set for the workspace: product costs, rates of exchange, targets."""
    inputs = stores.plane.inputs
    rows: dict[str, list[tuple[object, ...]]] = {"costs": [], "fx_rates": [], "metric_targets": []}
    for cost, file in ((each.cost, each.upload) for each in inputs.costs(workspace.id)):
        what = (cost.sku, cost.product_id, cost.cost, cost.currency, cost.effective_from)
        rows["costs"].append((*what, file.file_name, file.uploaded_at))
    for rate, file in ((each.rate, each.upload) for each in inputs.rates(workspace.id)):
        rows["fx_rates"].append((rate.day, rate.from_currency, rate.to_currency, rate.rate, file.file_name))
    for goal in inputs.targets(workspace.id):
        rows["metric_targets"].append((goal.metric, goal.month, goal.target))
    for name, columns in INPUTS.items():
        connection.execute(f"CREATE OR REPLACE TABLE workspace.{name} ({columns})")
        for row in rows[name]:
            connection.execute(f"INSERT INTO workspace.{name} VALUES ({', '.join('?' * len(row))})", row)


def _set_surrogate_key(connection: duckdb.DuckDBPyConnection, stores: Stores, workspace: Workspace) -> None:
    """The secret that turns a customer's id into a surrogate; it is the workspace's own and goes with it."""
    mine = [record for record in stores.plane.keys.of(workspace.id) if record.owner == _SURROGATES]
    if mine:
        key = stores.keys.plain(mine[-1].id)
    else:
        _, key = stores.keys.new(workspace.id, _SURROGATES, 1, stores.clock())
    with key:
        connection.execute("SET VARIABLE surrogate_key = $k", {"k": key.for_duckdb()})


def remove(file: Path) -> None:
    """Unlinks a file and its write-ahead log."""
    file.unlink(missing_ok=True)
    file.with_name(file.name + ".wal").unlink(missing_ok=True)
