"""What is left after forgetting: the newest events of those that stay, and files without a trace of what was there."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import dagster as dg
from dagster._core.event_api import EventLogRecord
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import AssetKeyTable as KeyRows
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable as EventRows
from dagster_shared.serdes import deserialize_value, serialize_value
from sqlalchemy import Connection, RowMapping, select, update

if TYPE_CHECKING:
    from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
    from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
    from dagster._core.storage.schedules.sql_schedule_storage import SqlScheduleStorage

_PATIENCE: Final = 30.0
_ON_POSTGRES: Final = (
    *("runs", "run_tags", "bulk_actions", "backfill_tags", "kvs", "event_logs", "asset_keys", "asset_event_tags"),
    *("asset_check_executions", "dynamic_partitions", "job_ticks", "instigators", "jobs"),
)


def of_runs(dagster: dg.DagsterInstance) -> "SqlRunStorage":
    """Where runs are: SQL on SQLite and Postgres alike, which Dagster's types don't say."""
    return cast("SqlRunStorage", dagster.run_storage)


def of_events(dagster: dg.DagsterInstance) -> "SqlEventLogStorage":
    return cast("SqlEventLogStorage", dagster.event_log_storage)


def of_ticks(dagster: dg.DagsterInstance) -> "SqlScheduleStorage":
    return cast("SqlScheduleStorage", dagster.schedule_storage)


def forget_latest(rows: Connection, names: Sequence[str], runs: Sequence[str]) -> None:
    """Where Dagster keeps an asset's newest event beside the asset, puts the newest of those that are left."""
    gone = set(runs)
    for row in rows.execute(select(KeyRows)).mappings().all():
        kept = f"{row['last_materialization']} {row['cached_status_data']}"
        if row["last_run_id"] in gone or any(name in kept for name in names):
            values = _latest(rows, row["asset_key"])
            rows.execute(update(KeyRows).where(KeyRows.c.id == row["id"]).values(**values))


def _latest(rows: Connection, asset_key: str) -> dict[str, Any]:
    newest = _newest(rows, asset_key, "ASSET_MATERIALIZATION")
    seen = newest or _newest(rows, asset_key, "ASSET_MATERIALIZATION_PLANNED")
    return {
        "last_materialization": _record(newest) if newest else None,
        "last_run_id": seen["run_id"] if seen else None,
        "last_materialization_timestamp": seen["timestamp"] if seen else None,
        # Dagster's own notes of which partitions are there; it makes them anew
        "cached_status_data": None,
    }


def _newest(rows: Connection, asset_key: str, kind: str) -> RowMapping | None:
    ours = (EventRows.c.asset_key == asset_key) & (EventRows.c.dagster_event_type == kind)
    found = rows.execute(select(EventRows).where(ours).order_by(EventRows.c.id.desc()).limit(1))
    return found.mappings().first()


def _record(row: RowMapping) -> str:
    event = deserialize_value(row["event"], EventLogEntry)
    return serialize_value(EventLogRecord(storage_id=row["id"], event_log_entry=event))


def scrubbed(dagster: dg.DagsterInstance, more: Sequence[Path]) -> bool:
    """Drives what was deleted out of the databases' files and `more`; False while a process holds an old page."""
    with of_runs(dagster).connect() as rows:
        if rows.dialect.name == "postgresql":
            rows.exec_driver_sql(f"VACUUM {', '.join(_ON_POSTGRES)}")
            return True
    files = [str(file) for file in more]
    for connect in (of_runs(dagster).connect, of_ticks(dagster).connect, of_events(dagster).index_connection):
        with connect() as rows:
            files.append(str(rows.exec_driver_sql("PRAGMA database_list").all()[0][2]))
    return all([_written_anew(file) for file in files])  # noqa: C419 -- each of them, whatever the first says


def _written_anew(file: str) -> bool:
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as database:
        try:
            database.execute("VACUUM").close()
        except sqlite3.OperationalError:
            return False
        return bool(database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
