"""The history of syncs and builds."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.facts import Outcome, Run, RunKind
from resources.control_plane.models import RunRow
from resources.errors import Stop


class Runs:
    """Every run, its end and its size."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def start(
        self,
        *,
        workspace_id: str,
        kind: RunKind,
        datasource_id: str | None = None,
        dagster_run_id: str | None = None,
        now: datetime,
    ) -> Run:
        """Opens a run. An older one of the same kind and place that never ended is thereby abandoned."""
        row = RunRow(
            id=self._new_id("run"),
            workspace_id=workspace_id,
            datasource_id=datasource_id,
            kind=kind,
            dagster_run_id=dagster_run_id,
            started_at=now,
            rows=0,
            bytes=0,
        )
        same_place = (RunRow.workspace_id == workspace_id, RunRow.kind == kind, RunRow.datasource_id == datasource_id)
        with self._database.writing() as session:
            _abandon(session, now, *same_place)
            session.add(row)
        return _fact(row)

    def finish(
        self,
        run_id: str,
        outcome: Outcome,
        *,
        now: datetime,
        rows: int = 0,
        bytes: int = 0,  # noqa: A002 -- the fact's own name
        error: str | None = None,
    ) -> Run:
        """Closes a run; `error` is already redacted.

        Raises:
            Stop: there is none with this id.
        """
        with self._database.writing() as session:
            row = session.get(RunRow, run_id, with_for_update=True)
            if row is None:
                raise Stop("there is none.", to=f"run {run_id}", do_next="Sync or build again.")
            row.outcome, row.finished_at = outcome, now
            row.rows, row.bytes, row.error = rows, bytes, error
        return _fact(row)

    def abandon(self, dagster_run_id: str, now: datetime) -> None:
        """Closes what a Dagster run left open when its process died."""
        with self._database.writing() as session:
            _abandon(session, now, RunRow.dagster_run_id == dagster_run_id)

    def forget(self, workspace_id: str) -> int:
        """Removes the history of a workspace, whose sentences may name accounts; returns how many runs it had."""
        mine = RunRow.workspace_id == workspace_id
        with self._database.writing() as session:
            count = session.scalar(select(func.count()).where(mine)) or 0
            session.execute(delete(RunRow).where(mine))
        return count

    def of(self, workspace_id: str, *, limit: int = 50) -> list[Run]:
        """The workspace's latest runs, newest first."""
        newest = select(RunRow).where(RunRow.workspace_id == workspace_id).order_by(RunRow.started_at.desc(), RunRow.id)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(newest.limit(limit))]

    def running(self, workspace_id: str) -> list[Run]:
        """The workspace's runs that have not ended, oldest first."""
        unfinished = select(RunRow).where(RunRow.workspace_id == workspace_id, RunRow.outcome.is_(None))
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(unfinished.order_by(RunRow.started_at, RunRow.id))]


def _abandon(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> None:
    session.execute(
        update(RunRow)
        .where(RunRow.outcome.is_(None), *conditions)
        .values(outcome=Outcome.ABANDONED, finished_at=now)
        .execution_options(synchronize_session=False)
    )


def _fact(row: RunRow) -> Run:
    return Run(
        id=row.id,
        workspace_id=row.workspace_id,
        datasource_id=row.datasource_id,
        kind=RunKind(row.kind),
        dagster_run_id=row.dagster_run_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        rows=row.rows,
        bytes=row.bytes,
        error=row.error,
    )
