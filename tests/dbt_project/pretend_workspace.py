"""A workspace in memory: typed tables from the declarations, a few rows made by hand, and the real dbt over them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from resources.dbt import BuildResult
from resources.decode.kinds import STORED
from resources.platforms import platforms
from resources.warehouse.session import INPUTS

Rows = Sequence[Mapping[str, object]]
_DATASOURCES = (
    "datasource_id VARCHAR, platform VARCHAR, account VARCHAR, account_name VARCHAR, currency VARCHAR,"
    " time_zone VARCHAR, connection VARCHAR, sync VARCHAR, last_success TIMESTAMPTZ"
)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Rows by "platform.stream"; `connected` maps a platform to when it was last read."""

    rows: Mapping[str, Rows] = field(default_factory=dict)
    connected: Mapping[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    time_zone: str = "Europe/Berlin"
    ads_time_zone: str = "America/Los_Angeles"
    calculated_at: str = "2026-03-31T12:00:00Z"
    key: str | None = "a key of this workspace"
    fiscal_year_start: int = 1
    costs: Sequence[tuple[object, ...]] = ()
    fx_rates: Sequence[tuple[object, ...]] = ()
    metric_targets: Sequence[tuple[object, ...]] = ()

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("ATTACH ':memory:' AS metrics")
        connection.execute("SET VARIABLE surrogate_key = ?", [self.key])
        for platform in platforms():
            connection.execute(f"CREATE SCHEMA {platform.schema}")
            for stream in platform.streams:
                columns = ", ".join(f'"{column.name}" {STORED[column.kind]}' for column in stream.columns)
                table = f'{platform.schema}."{stream.name}"'
                connection.execute(f"CREATE TABLE {table} ({columns}, _datasource_id VARCHAR, _synced_at TIMESTAMPTZ)")
                for row in self.rows.get(f"{platform.key}.{stream.name}", ()):
                    whole = {"_datasource_id": f"ds_{platform.key}", "_synced_at": self.calculated_at, **row}
                    names = ", ".join(f'"{name}"' for name in whole)
                    marks = ", ".join("?" * len(whole))
                    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(whole.values()))
        self._prepare_workspace(connection)

    def _prepare_workspace(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("CREATE SCHEMA workspace")
        connection.execute(
            "CREATE TABLE workspace.settings AS SELECT 'ws_1' AS workspace_id, ? AS currency, ? AS time_zone,"
            " ?::INTEGER AS fiscal_year_start, 'shopify' AS primary_platform, ?::TIMESTAMPTZ AS calculated_at",
            [self.currency, self.time_zone, self.fiscal_year_start, self.calculated_at],
        )
        for name, columns in INPUTS.items():
            connection.execute(f"CREATE TABLE workspace.{name} ({columns})")
            for row in getattr(self, name):
                connection.execute(f"INSERT INTO workspace.{name} VALUES ({', '.join('?' * len(row))})", row)
        connection.execute(f"CREATE TABLE workspace.datasources ({_DATASOURCES})")
        for platform, last in self.connected.items():
            connection.execute(
                "INSERT INTO workspace.datasources VALUES (?, ?, ?, 'An account', ?, ?, 'connected', 'active', ?)",
                [f"ds_{platform}", platform, "1", self.currency, self.ads_time_zone, last],
            )


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished build: its result and all marts, each as a list of rows by column name."""

    result: BuildResult
    marts: Mapping[str, list[dict[str, Any]]]

    def day(self, day: str) -> dict[str, Any]:
        (row,) = [row for row in self.marts["brand_metrics_by_date"] if str(row["day"]) == day]
        return row


def read_marts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    marts = {}
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'metrics'").fetchall()
    for (mart,) in tables:
        found = connection.execute(f"SELECT * FROM metrics.main.{mart} ORDER BY ALL")
        names = [column[0] for column in found.description or ()]
        marts[mart] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return marts


Build = Callable[[Workspace], Built]
