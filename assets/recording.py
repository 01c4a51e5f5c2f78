"""A sync or a build with its record: when it ran, under which Dagster run, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assets.loading import Progress, Report, sync
from assets.outside import Building, Built, Failed, Landed, Outside, Reading
from resources.control_plane.facts import Datasource, Outcome, RunKind, Workspace
from resources.door.redaction import redact
from resources.errors import Problem, Refused
from resources.warehouse.metrics import Published, build


@dataclass(kw_only=True)
class _Ending:
    """How a run ended; unless it says otherwise, it failed without words."""

    outcome: Outcome = Outcome.FAILED
    error: str | None = "It ended unexpectedly."
    rows: int = 0
    bytes: int = 0

    def went_well(self, rows: int, size: int) -> None:
        self.outcome, self.error, self.rows, self.bytes = Outcome.SUCCEEDED, None, rows, size


@contextmanager
def _recorded(
    outside: Outside, workspace_id: str, kind: RunKind, datasource_id: str | None, dagster_run_id: str
) -> Iterator[_Ending]:
    runs, clock = outside.stores.plane.runs, outside.stores.clock
    run = runs.start(
        workspace_id=workspace_id,
        kind=kind,
        datasource_id=datasource_id,
        dagster_run_id=dagster_run_id,
        now=clock(),
    )
    ending = _Ending()
    try:
        yield ending
    except Problem as problem:
        ending.outcome = Outcome.REFUSED if isinstance(problem, Refused) else Outcome.FAILED
        ending.error = redact(str(problem))
        raise
    finally:
        runs.finish(run.id, ending.outcome, now=clock(), rows=ending.rows, bytes=ending.bytes, error=ending.error)


def recorded_sync(outside: Outside, datasource: Datasource, *, full: bool, dagster_run_id: str) -> Report:
    """Syncs a datasource, moves its place in the queue, and tells the listener.

    Raises:
        Problem: see its kinds; it is written down already.
    """
    stores = outside.stores
    stores.plane.due.scheduled(datasource.id, stores.clock())

    def on_progress(progress: Progress) -> None:
        outside.tell(Reading(datasource=datasource, progress=progress))

    with _recorded(outside, datasource.workspace_id, RunKind.SYNC, datasource.id, dagster_run_id) as ending:
        try:
            report = sync(stores, datasource, full=full, on_progress=on_progress)
        except Problem as problem:
            outside.tell(Failed(datasource=datasource, why=redact(str(problem))))
            raise
        ending.went_well(sum(report.rows.values()), report.bytes)
    outside.tell(Landed(datasource=datasource, report=report))
    return report


def recorded_build(outside: Outside, workspace: Workspace, *, dagster_run_id: str) -> Published:
    """Builds and publishes a workspace's metrics, and tells the listener.

    Raises:
        Problem: see its kinds; what was published before stays.
    """
    with _recorded(outside, workspace.id, RunKind.BUILD, None, dagster_run_id) as ending:
        published = build(outside.stores, workspace, lambda node: outside.tell(Building(node=node)))
        ending.went_well(sum(published.rows.values()), published.file.size or 0)
    outside.tell(Built(published=published))
    return published
