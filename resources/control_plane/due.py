"""The due queue: which datasource wants a sync, and which workspace a build."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.datasource_rows import readable
from resources.control_plane.facts import DueSync, Outcome, RunKind, WorkspaceState
from resources.control_plane.models import DatasourceRow, DueRow, RunRow, WorkspaceRow
from resources.control_plane.tombstones import TombstoneRow
from resources.errors import Stop


class Due:
    """Each datasource's own rhythm."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_rhythm(self, datasource_id: str, every: timedelta, now: datetime) -> None:
        """Puts a datasource into the queue, due at once; one that is there already keeps its place."""
        seconds = int(every.total_seconds())
        with self._database.writing() as session:
            row = session.get(DueRow, datasource_id, with_for_update=True)
            if row is None:
                session.add(DueRow(datasource_id=datasource_id, next_sync_at=now, every_seconds=seconds))
            else:
                row.every_seconds = seconds

    def scheduled(self, datasource_id: str, now: datetime) -> None:
        """A sync was started: the next is due one interval from now."""
        with self._database.writing() as session:
            row = _queued(session, datasource_id)
            row.next_sync_at = now + timedelta(seconds=row.every_seconds)

    def at_once(self, datasource_id: str, now: datetime) -> None:
        """Makes the next sync due now."""
        with self._database.writing() as session:
            _queued(session, datasource_id).next_sync_at = now

    def due_syncs(self, now: datetime) -> list[DueSync]:
        """The readable datasources whose time has come, the longest waiting first."""
        query = (
            select(DatasourceRow, DueRow.next_sync_at)
            .join(DueRow, DueRow.datasource_id == DatasourceRow.id)
            .join(WorkspaceRow, WorkspaceRow.id == DatasourceRow.workspace_id)
            .where(DueRow.next_sync_at <= now, *readable())
            .order_by(DueRow.next_sync_at, DatasourceRow.id)
        )
        with self._database.reading() as session:
            return [_fact(row, at) for row, at in session.execute(query)]

    def build_wanted(self, workspace_id: str) -> datetime | None:
        """The end of the newest sync, or disconnection, that no build has seen, once no sync is under way; else None.

        It names the build that is wanted: asked again before that build starts, the answer is the same.
        """
        with self._database.reading() as session:
            if _syncing(session, workspace_id):
                return None
            synced = max(filter(None, (_latest(session, workspace_id), _gone(session, workspace_id))), default=None)
            built = session.scalar(
                select(func.max(RunRow.started_at)).where(
                    RunRow.workspace_id == workspace_id, RunRow.kind == RunKind.BUILD
                )
            )
        return synced if synced and (built is None or synced > built) else None


def _syncing(session: Session, workspace_id: str) -> bool:
    # a sync that was stopped by a pause may never have said so, and must not hold builds up
    query = (
        select(RunRow.id)
        .join(DatasourceRow, DatasourceRow.id == RunRow.datasource_id)
        .join(WorkspaceRow, WorkspaceRow.id == RunRow.workspace_id)
        .where(RunRow.workspace_id == workspace_id, RunRow.kind == RunKind.SYNC, RunRow.outcome.is_(None), *readable())
    )
    return session.execute(query.limit(1)).first() is not None


def _latest(session: Session, workspace_id: str) -> datetime | None:
    return session.scalar(
        select(func.max(RunRow.finished_at))
        .join(WorkspaceRow, WorkspaceRow.id == RunRow.workspace_id)
        .where(
            RunRow.workspace_id == workspace_id,
            RunRow.kind == RunKind.SYNC,
            RunRow.outcome == Outcome.SUCCEEDED,
            WorkspaceRow.state == WorkspaceState.ACTIVE,
            WorkspaceRow.restricted == "",
        )
    )


def _gone(session: Session, workspace_id: str) -> datetime | None:
    """When something of an active workspace was last destroyed."""
    return session.scalar(
        select(func.max(TombstoneRow.created_at))
        .join(WorkspaceRow, WorkspaceRow.id == TombstoneRow.workspace_id)
        .where(
            TombstoneRow.workspace_id == workspace_id,
            WorkspaceRow.state == WorkspaceState.ACTIVE,
            WorkspaceRow.restricted == "",
        )
    )


def _queued(session: Session, datasource_id: str) -> DueRow:
    row = session.get(DueRow, datasource_id, with_for_update=True)
    if row is None:
        raise Stop("it is in no queue.", to=f"datasource {datasource_id}", do_next="Connect it first.")
    return row


def _fact(row: DatasourceRow, at: datetime) -> DueSync:
    return DueSync(
        datasource_id=row.id,
        workspace_id=row.workspace_id,
        platform=row.platform,
        fence=row.fence,
        next_sync_at=at,
    )
