"""Tombstones: what was destroyed and must never come back, not by a sync and not by a restore."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from resources.control_plane.database import Database
from resources.control_plane.models import Model, WorkspaceRow


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """One thing that is gone. `subject` is an opaque id, or a keyed hash where it is a person; `act_id` the audit's.

    `generation` rises by one with each of a workspace: a restore replays those above the one it was made at.
    """

    id: str
    workspace_id: str
    kind: str
    subject: str
    generation: int
    act_id: str
    created_at: datetime


class TombstoneRow(Model):
    __tablename__ = "tombstones"
    __table_args__ = (
        UniqueConstraint("workspace_id", "generation"),
        UniqueConstraint("workspace_id", "kind", "subject"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    generation: Mapped[int]
    act_id: Mapped[str]
    created_at: Mapped[datetime]


class Tombstones:
    """The tombstones of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def add(self, *, workspace_id: str, kind: str, subject: str, act_id: str, now: datetime) -> Tombstone:
        """Sets a tombstone; a second one for the same subject is the first."""
        mine = (TombstoneRow.workspace_id == workspace_id, TombstoneRow.kind == kind, TombstoneRow.subject == subject)
        latest = select(func.max(TombstoneRow.generation)).where(TombstoneRow.workspace_id == workspace_id)
        with self._database.writing() as session:
            # on Postgres two writers would otherwise count up to the same number
            session.get(WorkspaceRow, workspace_id, with_for_update=True)
            row = session.scalar(select(TombstoneRow).where(*mine))
            if row is None:
                row = TombstoneRow(
                    id=self._new_id("tomb"),
                    workspace_id=workspace_id,
                    kind=kind,
                    subject=subject,
                    generation=(session.scalar(latest) or 0) + 1,
                    act_id=act_id,
                    created_at=now,
                )
                session.add(row)
        return _fact(row)

    def of(self, workspace_id: str, *, above: int = 0) -> list[Tombstone]:
        """The workspace's tombstones with a higher generation than `above`, in the order in which they were set."""
        query = select(TombstoneRow).where(TombstoneRow.workspace_id == workspace_id, TombstoneRow.generation > above)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query.order_by(TombstoneRow.generation))]


def _fact(row: TombstoneRow) -> Tombstone:
    return Tombstone(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=row.kind,
        subject=row.subject,
        generation=row.generation,
        act_id=row.act_id,
        created_at=row.created_at,
    )
