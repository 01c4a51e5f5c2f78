"""Reports and Saved Views: what people arranged in a workspace; gone when the workspace goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.desk_rows import SavedRow
from resources.errors import Refused


class SavedKind(StrEnum):
    REPORT = "report"
    VIEW = "saved view"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One of them; `body` is JSON in the shape of its kind, checked by whoever saves it."""

    kind: SavedKind
    name: str
    body: str
    saved_by: str
    saved_at: datetime


class SavedThings:
    """What every workspace has saved."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def put_all(self, workspace_id: str, things: Sequence[Saved], *, instead: bool = False) -> None:
        """Saves all or none, each in place of one with its name; `instead` removes the others first."""
        with self._database.writing() as session:
            if instead:
                forget(session, workspace_id)
            for each in things:
                row = session.scalar(_one(workspace_id, each.kind, each.name))
                if row is None:
                    row = SavedRow(id=self._new_id("saved"), workspace_id=workspace_id)
                    session.add(row)
                for name, value in vars(each).items():
                    setattr(row, name, value)
                session.flush()

    def of(self, workspace_id: str) -> list[Saved]:
        """All of a workspace, by kind and name."""
        query = select(SavedRow).where(SavedRow.workspace_id == workspace_id).order_by(SavedRow.kind, SavedRow.name)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]

    def remove(self, workspace_id: str, kind: SavedKind, name: str) -> None:
        """Removes one.

        Raises:
            Refused: there is none.
        """
        with self._database.writing() as session:
            row = session.scalar(_one(workspace_id, kind, name))
            if row is None:
                raise Refused("there is none.", to=f"{kind} {name!r}", do_next="See `ignyte config list`.")
            session.delete(row)


def forget(session: Session, workspace_id: str) -> None:
    """Removes all of a workspace, in the transaction that deletes it."""
    session.execute(delete(SavedRow).where(SavedRow.workspace_id == workspace_id))


def _one(workspace_id: str, kind: SavedKind, name: str) -> Select[tuple[SavedRow]]:
    return select(SavedRow).where(SavedRow.workspace_id == workspace_id, SavedRow.kind == kind, SavedRow.name == name)


def _fact(row: SavedRow) -> Saved:
    return Saved(kind=SavedKind(row.kind), name=row.name, body=row.body, saved_by=row.saved_by, saved_at=row.saved_at)
