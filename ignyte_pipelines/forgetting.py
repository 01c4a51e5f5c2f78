"""How Dagster forgets a workspace or a datasource: its runs, events, checks, partition, ticks, and the bytes below."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import dagster as dg
from dagster._core.instance import RUNLESS_RUN_ID
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable as CheckRows
from dagster._core.storage.event_log.schema import AssetEventTagsTable as EventTagRows
from dagster._core.storage.event_log.schema import ConcurrencySlotsTable as SlotRows
from dagster._core.storage.event_log.schema import DynamicPartitionsTable as PartitionRows
from dagster._core.storage.event_log.schema import PendingStepsTable as PendingRows
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable as EventRows
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.schema import BackfillTagsTable as BackfillTagRows
from dagster._core.storage.runs.schema import BulkActionsTable as BackfillRows
from dagster._core.storage.runs.schema import KeyValueStoreTable as KeptRows
from dagster._core.storage.runs.schema import RunsTable as RunRows
from dagster._core.storage.runs.schema import RunTagsTable as TagRows
from dagster._core.storage.schedules.schema import AssetDaemonAssetEvaluationsTable as EvaluationRows
from dagster._core.storage.schedules.schema import InstigatorsTable as InstigatorRows
from dagster._core.storage.schedules.schema import JobTable as InstigatorOriginRows
from dagster._core.storage.schedules.schema import JobTickTable as TickRows
from sqlalchemy import Column, ColumnElement, Connection, delete, func, or_, select, update

from ignyte_pipelines.forgotten import forget_latest, of_events, of_runs, of_ticks, scrubbed
from ignyte_pipelines.jobs import PURGE
from resources.control_plane import ControlPlane
from resources.errors import TryLater

FORGOTTEN: Final = "forgotten"
_ENDED: Final = ("SUCCESS", "FAILURE", "CANCELED")
_LOOKS: Final = 40
_PAUSE: Final = 0.25
_AT_ONCE: Final = 500


def forgetter(dagster: dg.DagsterInstance, plane: ControlPlane) -> Callable[[str], int]:
    """What a purge is given: it forgets a datasource, or a workspace with all the datasources it ever had."""

    def forget(name: str) -> int:
        sources = {each.id: each.workspace_id for each in plane.datasources.all()}
        below = [source for source, workspace in sources.items() if workspace == name]
        return forget_runs(dagster, name, *below, within=sources.get(name, name))

    return forget


def forget_runs(
    dagster: dg.DagsterInstance,
    name: str,
    *more: str,
    within: str = "",
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Wipes all that Dagster keeps under these opaque ids, but for the runs that wipe; returns how many runs went.

    A run that says one of them in its partition or a tag goes as a whole; of the others (those of the partition
    `within`, if it is said) go the events that do. Said twice, the second time finds nothing. What was stopped at a
    fence is given ten seconds to end.

    Raises:
        TryLater: the rows are gone, but another process holds on to a page that still shows them.
    """
    names = (name, *more)
    _let_end(dagster, names, wait)
    runs = _runs(dagster, names)
    files = _forget_files(dagster, names, runs, within)
    _forget_events(dagster, names, runs)
    _forget_rows(dagster, names, runs)
    _forget_ticks(dagster, names)
    if not scrubbed(dagster, files):
        raise TryLater(
            "another process still reads its storage.",
            to="Dagster",
            do_next="It is taken up at the next start.",
        )
    return len(runs)


def _let_end(dagster: dg.DagsterInstance, names: Sequence[str], wait: Callable[[float], None]) -> None:
    """Waits for runs that are under way: what they say after they were wiped would stay."""
    for _ in range(_LOOKS):
        with of_runs(dagster).connect() as rows:
            busy = _ours(names) & RunRows.c.status.in_(["STARTED", "STARTING", "CANCELING"])
            if rows.execute(select(RunRows.c.run_id).where(busy).limit(1)).first() is None:
                return
        wait(_PAUSE)


def _runs(dagster: dg.DagsterInstance, names: Sequence[str]) -> list[str]:
    with of_runs(dagster).connect() as rows:
        return list(rows.scalars(select(RunRows.c.run_id).where(_ours(names))))


def _ours(names: Sequence[str]) -> ColumnElement[bool]:
    """The runs that say one of the names in their partition, tags or configuration; those that purge are kept."""
    return _says(names, RunRows.c.run_body, RunRows.c.partition) & (RunRows.c.pipeline_name != PURGE)


def _says(names: Sequence[str], *columns: Column[Any]) -> ColumnElement[bool]:
    return or_(*(column.contains(name, autoescape=True) for column in columns for name in names))


def _forget_events(dagster: dg.DagsterInstance, names: Sequence[str], runs: Sequence[str]) -> None:
    kept = _purges(dagster)
    with of_events(dagster).index_transaction() as rows:
        for some in _parts(runs):
            for table in (SlotRows, PendingRows, CheckRows):
                rows.execute(delete(table).where(table.c.run_id.in_(some)))
            _drop_events(rows, EventRows.c.run_id.in_(some))
        _drop_events(rows, _saying(names) & (EventRows.c.run_id.is_(None) | EventRows.c.run_id.not_in(kept)))
        rows.execute(delete(CheckRows).where(_says(names, CheckRows.c.evaluation_event, CheckRows.c.partition)))
        rows.execute(delete(EventTagRows).where(_says(names, EventTagRows.c.value)))
        rows.execute(delete(PartitionRows).where(PartitionRows.c.partition.in_(names)))
        forget_latest(rows, names, runs)


def _saying(names: Sequence[str]) -> ColumnElement[bool]:
    return _says(names, EventRows.c.event, EventRows.c.partition)


def _drop_events(rows: Connection, which: ColumnElement[bool]) -> None:
    tagged = select(EventRows.c.id).where(which)
    rows.execute(delete(EventTagRows).where(EventTagRows.c.event_id.in_(tagged)))
    rows.execute(delete(EventRows).where(which))


def _forget_files(dagster: dg.DagsterInstance, names: Sequence[str], runs: Sequence[str], within: str) -> list[Path]:
    """On SQLite each run's events have a file: unlinks those of these runs, and of runs whose row is gone.

    Returns the files of other runs out of which events were taken.
    """
    log = dagster.event_log_storage
    if not isinstance(log, SqliteEventLogStorage):
        return []
    # looked for before the rows are: a run has its row before it has a file
    folder = Path(log.path_for_shard(INDEX_SHARD_NAME)).parent
    files = {file.name.removesuffix(".db"): file for file in folder.glob("*.db")}
    files.pop(INDEX_SHARD_NAME)
    with of_runs(dagster).connect() as rows:
        standing = {*rows.scalars(select(RunRows.c.run_id)), RUNLESS_RUN_ID}
        others = {*rows.scalars(select(RunRows.c.run_id).where(_ours([within]))), RUNLESS_RUN_ID}
    for name, file in files.items():
        if name in runs or name not in standing:
            for end in ("", "-wal", "-shm"):
                file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
    return [files[name] for name in others & files.keys() - set(runs) if _taken_out(log, name, names)]


def _taken_out(log: SqliteEventLogStorage, run_id: str, names: Sequence[str]) -> bool:
    with log.run_connection(run_id) as rows:
        return bool(rows.execute(delete(EventRows).where(_saying(names))).rowcount)


def _forget_rows(dagster: dg.DagsterInstance, names: Sequence[str], runs: Sequence[str]) -> None:
    with of_runs(dagster).connect() as rows:
        for some in _parts(runs):
            for table in (TagRows, RunRows):
                rows.execute(delete(table).where(table.c.run_id.in_(some)))
        for kept, column in ((KeptRows, KeptRows.c.value), (BackfillTagRows, BackfillTagRows.c.value)):
            rows.execute(delete(kept).where(_says(names, column)))
        rows.execute(delete(BackfillRows).where(_says(names, BackfillRows.c.body)))


def _forget_ticks(dagster: dg.DagsterInstance, names: Sequence[str]) -> None:
    """A tick, and where a sensor stands, may name others too: they stay, without the names."""
    places = (
        (TickRows, TickRows.c.tick_body),
        (InstigatorRows, InstigatorRows.c.instigator_body),
        (InstigatorOriginRows, InstigatorOriginRows.c.job_body),
        (EvaluationRows, EvaluationRows.c.asset_evaluation_body),
    )
    with of_ticks(dagster).connect() as rows:
        for table, column in places:
            for name in names:
                without = {column.name: func.replace(column, name, FORGOTTEN)}
                rows.execute(update(table).values(without).where(_says([name], column)))


def _purges(dagster: dg.DagsterInstance) -> list[str]:
    with of_runs(dagster).connect() as rows:
        return list(rows.scalars(select(RunRows.c.run_id).where(RunRows.c.pipeline_name == PURGE)))


def _parts(runs: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at a time as any database takes in one statement."""
    for start in range(0, len(runs), _AT_ONCE):
        yield runs[start : start + _AT_ONCE]
