"""Rows put back from a backup, each only where it is missing; files unseen until everything of them was replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, KeyRecord, Workspace
from resources.control_plane.input_rows import CostRow, RateRow, TargetRow, UploadRow
from resources.control_plane.inputs import Cost, Rate, Target, Upload
from resources.control_plane.models import DatasourceRow, FileRow, KeyRow, Model, WorkspaceRow
from resources.control_plane.privacy_facts import Backup, Rule
from resources.control_plane.privacy_rows import BackupRow, RuleRow
from resources.control_plane.tombstones import Tombstone, TombstoneRow
from resources.errors import Stop

_REASON: Final = "it was restored from a backup, which holds no grant."


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    """A file that people gave, with its rows: costs or rates."""

    upload: Upload
    costs: tuple[Cost, ...]
    rates: tuple[Rate, ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What people gave a workspace."""

    uploads: tuple[Uploaded, ...]
    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]


class Restoring:
    """Puts back what a lost or old control plane does not have. What it has stays as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def workspace(self, workspace: Workspace, given: Given) -> bool:
        """The workspace with what people gave it; False if it is there already."""
        with self._database.writing() as session:
            if session.get(WorkspaceRow, workspace.id) is not None:
                return False
            session.add(WorkspaceRow(**vars(workspace)))
            session.flush()
            session.add_all(_given_rows(workspace.id, given, session))
        return True

    def datasource(self, datasource: Datasource) -> bool:
        """A datasource, waiting to be authorized again; False if it is there already."""
        facts = vars(datasource) | {
            "settings": dict(datasource.settings),
            "scopes": sorted(datasource.scopes),
            "opted_in": sorted(datasource.opted_in),
            "fence": datasource.fence + 1,
            "last_error": None,
        }
        if datasource.connection is not Connection.DISCONNECTED:
            facts |= {"connection": Connection.REAUTHORIZE, "reason": _REASON}
        return self._missing(DatasourceRow(**facts), datasource.id)

    def key(self, record: KeyRecord) -> bool:
        """A wrapped key, or the fact that it is destroyed; False if it is there already."""
        return self._missing(KeyRow(**vars(record)), record.id)

    def backup(self, backup: Backup) -> bool:
        """A backup that lies at the target; False if it is there already."""
        return self._missing(BackupRow(**vars(backup)), backup.id)

    def tombstones(self, workspace_id: str, stones: Sequence[Tombstone]) -> int:
        """Tombstones; their generations are kept, unless another has taken one. Returns how many were missing."""
        mine = TombstoneRow.workspace_id == workspace_id
        added = 0
        with self._database.writing() as session:
            session.get(WorkspaceRow, workspace_id, with_for_update=True)
            standing = {(row.kind, row.subject) for row in session.scalars(select(TombstoneRow).where(mine))}
            taken = set(session.scalars(select(TombstoneRow.generation).where(mine)))
            for stone in stones:
                if (stone.kind, stone.subject) not in standing:
                    generation = stone.generation if stone.generation not in taken else max(taken) + 1
                    session.add(TombstoneRow(**vars(stone) | {"generation": generation}))
                    standing.add((stone.kind, stone.subject))
                    taken.add(generation)
                    added += 1
        return added

    def file(
        self, file: FileGeneration, *, file_id: str, generation: int, path: str, state: FileState, now: datetime
    ) -> FileGeneration:
        """A file as it was backed up, as a new generation under a new path; restored, or deleted at once."""
        renewed = {"id": file_id, "generation": generation, "path": path, "state": state, "published_at": None}
        row = FileRow(**vars(file) | renewed | {"created_at": now})
        with self._database.writing() as session:
            session.add(row)
        return FileGeneration(**vars(file) | renewed | {"created_at": now})

    def promote(self, file_id: str, now: datetime) -> list[str]:
        """Puts a restored file in the place of the one in use, in one transaction; returns what it replaced.

        Raises:
            Stop: it is not a restored one.
        """
        with self._database.writing() as session:
            row = session.get(FileRow, file_id, with_for_update=True)
            if row is None or row.state != FileState.RESTORED:
                raise Stop("it is not a restored one.", to=f"file {file_id}", do_next="Restore the backup again.")
            place = (FileRow.workspace_id == row.workspace_id, FileRow.datasource_id == row.datasource_id)
            states = (FileState.LOADING, FileState.CLEAN, FileState.PUBLISHED)
            replaced = session.scalars(select(FileRow).where(*place, FileRow.state.in_(states)).with_for_update()).all()
            for old in replaced:
                # not retired: its key may be the restored file's as well, and is looked at apart
                old.state = FileState.DELETED
            session.flush()
            row.state = FileState.CLEAN if row.datasource_id else FileState.PUBLISHED
            row.published_at = now
            return [old.id for old in replaced]

    def _missing(self, row: Model, row_id: str) -> bool:
        with self._database.writing() as session:
            if session.get(type(row), row_id) is not None:
                return False
            session.add(row)
        return True


def _given_rows(workspace_id: str, given: Given, session: Session) -> list[Model]:
    for each in given.uploads:
        session.add(UploadRow(**vars(each.upload)))
    session.flush()
    rows: list[Model] = []
    for each in given.uploads:
        of: dict[str, Any] = {"upload_id": each.upload.id, "workspace_id": workspace_id}
        rows += [CostRow(**of, **vars(cost)) for cost in each.costs]
        rows += [RateRow(**of, **vars(rate)) for rate in each.rates]
    rows += [TargetRow(workspace_id=workspace_id, **vars(target)) for target in given.targets]
    rows += [RuleRow(**vars(rule)) for rule in given.rules]
    return rows
