"""Tombstones: what was destroyed and must never come back, not by a sync and not by a restore."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from resources.control_plane.database import Database
from resources.control_plane.models import Model, WorkspaceRow

_AT_ONCE: Final = 5000  # values in one statement


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
        self.heard: Callable[[list[Tombstone]], None] = lambda _: None  # told what was set, once it is

    def add(self, *, workspace_id: str, kind: str, subject: str, act_id: str, now: datetime) -> Tombstone:
        """Sets a tombstone; a second one for the same subject is the first."""
        (made,) = self.add_all(workspace_id=workspace_id, kind=kind, subjects=[subject], act_id=act_id, now=now)
        return made

    def add_all(
        self, *, workspace_id: str, kind: str, subjects: Sequence[str], act_id: str, now: datetime
    ) -> list[Tombstone]:
        """Sets many of one kind at once, in the order of the subjects; those that stand already stay as they are."""
        return self.add_each(workspace_id=workspace_id, kind=kind, acts=dict.fromkeys(subjects, act_id), now=now)

    def add_each(self, *, workspace_id: str, kind: str, acts: Mapping[str, str], now: datetime) -> list[Tombstone]:
        """The same for several acts at once: `acts` says by which act each subject went."""
        subjects = list(acts)
        place = (TombstoneRow.workspace_id == workspace_id, TombstoneRow.kind == kind)
        latest = select(func.max(TombstoneRow.generation)).where(TombstoneRow.workspace_id == workspace_id)
        with self._database.writing() as session:
            # on Postgres two writers would otherwise count up to the same number
            session.get(WorkspaceRow, workspace_id, with_for_update=True)
            standing: dict[str, TombstoneRow] = {}
            for start in range(0, len(subjects), _AT_ONCE):
                asked = TombstoneRow.subject.in_(subjects[start : start + _AT_ONCE])
                standing |= {row.subject: row for row in session.scalars(select(TombstoneRow).where(*place, asked))}
            generation = session.scalar(latest) or 0
            made = []
            for number, subject in enumerate((each for each in subjects if each not in standing), 1):
                row = TombstoneRow(
                    id=self._new_id("tomb"),
                    workspace_id=workspace_id,
                    kind=kind,
                    subject=subject,
                    generation=generation + number,
                    act_id=acts[subject],
                    created_at=now,
                )
                session.add(row)
                standing[subject] = row
                made.append(row)
        if made:
            self.heard([_fact(row) for row in made])
        return [_fact(standing[subject]) for subject in subjects]

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
