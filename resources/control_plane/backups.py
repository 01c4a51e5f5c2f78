"""Backups as the control plane knows them: where each lies, since when, until when."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from resources.control_plane.database import Database
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.control_plane.privacy_rows import BackupRow
from resources.errors import Refused


class Backups:
    """The backups of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def begin(
        self, *, workspace_id: str, key_id: str, place: str, generation: int, now: datetime, expires_at: datetime
    ) -> Backup:
        """Announces a backup before its first object is written, so that none is ever forgotten."""
        row = BackupRow(
            id=self._new_id("bak"),
            workspace_id=workspace_id,
            key_id=key_id,
            state=BackupState.WRITING,
            place=place,
            files=0,
            bytes=0,
            sha256="",
            generation=generation,
            created_at=now,
            expires_at=expires_at,
        )
        with self._database.writing() as session:
            session.add(row)
        return _fact(row)

    def complete(self, backup_id: str, *, files: int, size: int, sha256: str) -> Backup:
        """Everything is written: `size` bytes in `files` objects, under a manifest with this digest."""
        return self._change(backup_id, {"state": BackupState.COMPLETE, "files": files, "bytes": size, "sha256": sha256})

    def verified(self, backup_id: str, now: datetime) -> Backup:
        return self._change(backup_id, {"verified_at": now})

    def expired(self, backup_id: str) -> Backup:
        """Its key is destroyed and its objects are removed."""
        return self._change(backup_id, {"state": BackupState.EXPIRED})

    def get(self, backup_id: str) -> Backup:
        """One backup.

        Raises:
            Refused: there is none with this id.
        """
        with self._database.reading() as session:
            row = session.get(BackupRow, backup_id)
        if row is None:
            raise _unknown(backup_id)
        return _fact(row)

    def all(self, workspace_id: str | None = None) -> list[Backup]:
        """Those of one workspace, or all, the expired ones too, oldest first."""
        query = select(BackupRow).order_by(BackupRow.created_at, BackupRow.id)
        if workspace_id is not None:
            query = query.where(BackupRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]

    def _change(self, backup_id: str, values: dict[str, object]) -> Backup:
        with self._database.writing() as session:
            row = session.get(BackupRow, backup_id, with_for_update=True)
            if row is None:
                raise _unknown(backup_id)
            for name, value in values.items():
                setattr(row, name, value)
        return _fact(row)


def _unknown(backup_id: str) -> Refused:
    return Refused("there is none.", to=f"backup {backup_id}", do_next="See `ignyte backup list`.")


def _fact(row: BackupRow) -> Backup:
    return Backup(
        id=row.id,
        workspace_id=row.workspace_id,
        key_id=row.key_id,
        state=BackupState(row.state),
        place=row.place,
        files=row.files,
        bytes=row.bytes,
        sha256=row.sha256,
        generation=row.generation,
        created_at=row.created_at,
        expires_at=row.expires_at,
        verified_at=row.verified_at,
    )
