"""Puts decoded tables into a datasource's file by dlt: merged on their keys, with the cursors beside the data."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import dlt
import duckdb
import pyarrow as pa
from dlt.common.versioned_state import decompress_state
from dlt.extract import DltResource, DltSource

from resources.decode.paths import quoted
from resources.errors import Refused
from resources.platform import Platform, Stream
from resources.warehouse.destination import encrypted
from resources.warehouse.opening import CATALOG

_SYNCED = "_synced_at"


class Landing:
    """One load into the catalog `source` of `connection`; a context manager.

    dlt's own files lie in a folder of the load's own inside `scratch`. They go with it: what a failed load left behind
    must not be taken up by the next.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        platform: Platform,
        now: datetime,
        may_commit: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._platform = platform
        self._now = now
        self._may_commit = may_commit
        self._folder = Path(tempfile.mkdtemp(dir=scratch))
        self._pipeline = dlt.pipeline(
            pipeline_name=f"load_{platform.key}",
            pipelines_dir=str(self._folder),
            destination=encrypted(connection),
            dataset_name=platform.schema,
        )
        self._pipeline.sync_destination()

    def land(self, tables: Mapping[str, pa.Table], cursors: Mapping[str, datetime] | None = None) -> int:
        """Lands one batch of tables; with `cursors`, these feeds are whole up to then. Returns the rows landed.

        Raises:
            Refused: the datasource may not be read any more; nothing was committed.
        """
        streams = {stream.name: stream for stream in self._platform.streams}
        resources = [self._resource(streams[name], table) for name, table in tables.items() if table.num_rows]
        if cursors:
            resources.append(self._cursor_resource(cursors))
        self._pipeline.extract(DltSource(self._schema(), self._platform.key, resources))
        self._pipeline.normalize()
        if not self._may_commit():
            raise Refused(
                "reading was stopped before the load was committed.",
                to=f"datasource on {self._platform.key}",
                do_next="Resume or reauthorize it; the next sync loads what is missing.",
            )
        self._pipeline.load(raise_on_failed_jobs=True)
        self._connection.execute(
            f"DROP SCHEMA IF EXISTS {CATALOG}.{quoted(self._platform.schema + '_staging')} CASCADE"
        )
        for feed in self._platform.feeds:
            for stream in feed.streams if feed.name in (cursors or {}) else ():
                self._drop_replaced(stream)
        return sum(table.num_rows for table in tables.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipeline.deactivate()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _schema(self) -> dlt.Schema:
        return self._pipeline.schemas.get(self._platform.key) or dlt.Schema(self._platform.key)

    def _resource(self, stream: Stream, table: pa.Table) -> DltResource:
        synced = pa.repeat(pa.scalar(self._now, pa.timestamp("us", tz="UTC")), table.num_rows)
        # a first load has nothing to merge with, and appending is faster
        merges = _holds(self._connection, self._platform, stream.name)
        disposition: Any = {"disposition": "merge", "strategy": "upsert"} if merges else "append"
        resource: DltResource = dlt.resource(
            [table.append_column(_SYNCED, synced)],
            name=stream.name,
            primary_key=list(stream.key),
            write_disposition=disposition,
        )
        return resource

    def _drop_replaced(self, stream: Stream) -> None:
        """Removes the rows whose place was taken: older than this sync, and sharing the values it replaces by."""
        if stream.replaces is None or not _holds(self._connection, self._platform, stream.name):
            return
        table = f"{CATALOG}.{quoted(self._platform.schema)}.{quoted(stream.name)}"
        shared = ", ".join(map(quoted, stream.replaces))
        fresh = f" AND ({shared}) IN (SELECT ({shared}) FROM {table} WHERE {_SYNCED} = $now)" if shared else ""
        self._connection.execute(f"DELETE FROM {table} WHERE {_SYNCED} < $now{fresh}", {"now": self._now})

    def _cursor_resource(self, cursors: Mapping[str, datetime]) -> DltResource:
        def remember() -> Iterator[Any]:
            kept = dlt.current.source_state().setdefault("cursors", {})
            kept.update({feed: until.isoformat() for feed, until in cursors.items()})
            yield from ()

        resource: DltResource = dlt.resource(remember, name="cursors")
        return resource


def cursors_in(connection: duckdb.DuckDBPyConnection, platform: Platform) -> Mapping[str, datetime]:
    """Until when each feed was last read whole. They lie in the file, so they never outlive its data."""
    place = f"{CATALOG}.{quoted(platform.schema)}"
    if not _holds(connection, platform, "_dlt_pipeline_state"):
        return {}
    # the state of a load counts once the load is complete
    found = connection.execute(
        f"SELECT state FROM {place}._dlt_pipeline_state SEMI JOIN {place}._dlt_loads ON load_id = _dlt_load_id "
        "AND status = 0 ORDER BY version DESC LIMIT 1"
    ).fetchone()
    state: Any = decompress_state(found[0]) if found else {}
    kept = state.get("sources", {}).get(platform.key, {}).get("cursors", {})
    return {feed: datetime.fromisoformat(until) for feed, until in kept.items()}


def _holds(connection: duckdb.DuckDBPyConnection, platform: Platform, table: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE (database_name, schema_name, table_name) = (?, ?, ?)",
        [CATALOG, platform.schema, table],
    )
    return found.fetchone() is not None
