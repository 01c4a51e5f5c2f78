"""Wrapped data keys, and their destruction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from resources.control_plane.database import Database
from resources.control_plane.facts import KeyRecord
from resources.control_plane.models import KeyRow
from resources.errors import Stop


class Keys:
    """The data keys of every file that is or was."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def add(
        self, *, workspace_id: str, owner: str, generation: int, wrapped: bytes, kms_key: str, now: datetime
    ) -> KeyRecord:
        """Keeps a wrapped key. `owner` is a datasource's id or "metrics"."""
        row = KeyRow(
            id=self._new_id("key"),
            workspace_id=workspace_id,
            owner=owner,
            generation=generation,
            wrapped=wrapped,
            kms_key=kms_key,
            created_at=now,
        )
        with self._database.writing() as session:
            session.add(row)
        return _fact(row)

    def get(self, key_id: str) -> KeyRecord:
        """One record, destroyed or not.

        Raises:
            Stop: there is none with this id.
        """
        with self._database.reading() as session:
            row = session.get(KeyRow, key_id)
        if row is None:
            raise _unknown(key_id)
        return _fact(row)

    def of(self, workspace_id: str) -> list[KeyRecord]:
        """The workspace's records, the destroyed ones too, oldest first."""
        query = (
            select(KeyRow)
            .where(KeyRow.workspace_id == workspace_id)
            .order_by(KeyRow.created_at, KeyRow.generation, KeyRow.id)
        )
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]

    def rewrap(self, old: KeyRecord, wrapped: bytes, kms_key: str) -> bool:
        """Replaces the wrapped key by another wrapping of it; False if it was destroyed or rewrapped meanwhile."""
        with self._database.writing() as session:
            row = session.get(KeyRow, old.id, with_for_update=True)
            if row is None or row.wrapped is None or row.wrapped != old.wrapped:
                return False
            row.wrapped, row.kms_key = wrapped, kms_key
        return True

    def destroy(self, key_id: str, now: datetime) -> KeyRecord:
        """Overwrites the wrapped key with nothing: what it opened is closed for good. Twice is once."""
        with self._database.writing() as session:
            row = session.get(KeyRow, key_id, with_for_update=True)
            if row is None:
                raise _unknown(key_id)
            if row.destroyed_at is None:
                row.wrapped = None
                row.destroyed_at = now
        self._database.scrub()
        return _fact(row)


def _unknown(key_id: str) -> Stop:
    return Stop("there is none.", to=f"data key {key_id}", do_next="Its file can't be opened; restore or sync again.")


def _fact(row: KeyRow) -> KeyRecord:
    return KeyRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        owner=row.owner,
        generation=row.generation,
        wrapped=row.wrapped,
        kms_key=row.kms_key,
        created_at=row.created_at,
        destroyed_at=row.destroyed_at,
    )
