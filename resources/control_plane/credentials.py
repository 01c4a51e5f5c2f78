"""Stored credentials: ciphertext only."""

from datetime import datetime

from sqlalchemy import delete

from resources.control_plane.database import Database
from resources.control_plane.facts import SealedCredential
from resources.control_plane.models import CredentialRow
from resources.errors import Refused


class Credentials:
    """One sealed credential a datasource and purpose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, *, datasource_id: str, purpose: str, blob: bytes, key_id: str, version: int, now: datetime) -> None:
        """Stores a version in place of the one before it, in one transaction.

        Raises:
            Refused: another process stored this version or a later one meanwhile.
        """
        with self._database.writing() as session:
            row = session.get(CredentialRow, (datasource_id, purpose), with_for_update=True)
            if row is None:
                row = CredentialRow(datasource_id=datasource_id, purpose=purpose, version=0)
                session.add(row)
            if version <= row.version:
                raise Refused(
                    "another process has replaced it meanwhile.",
                    to=f"credential of {datasource_id}",
                    do_next="Load the newer one.",
                )
            row.version, row.blob, row.key_id, row.stored_at = version, blob, key_id, now

    def get(self, datasource_id: str, purpose: str) -> SealedCredential | None:
        with self._database.reading() as session:
            row = session.get(CredentialRow, (datasource_id, purpose))
        return _fact(row) if row else None

    def rewrap(self, old: SealedCredential, blob: bytes, key_id: str) -> bool:
        """Replaces the blob of the same version; False if it is not `old` any more."""
        with self._database.writing() as session:
            row = session.get(CredentialRow, (old.datasource_id, old.purpose), with_for_update=True)
            if row is None or (row.version, row.blob) != (old.version, old.blob):
                return False
            row.blob, row.key_id = blob, key_id
        return True

    def destroy(self, datasource_id: str) -> None:
        """Removes every credential of a datasource, and its bytes from the database's files."""
        with self._database.writing() as session:
            session.execute(delete(CredentialRow).where(CredentialRow.datasource_id == datasource_id))
        self._database.scrub()


def _fact(row: CredentialRow) -> SealedCredential:
    return SealedCredential(
        datasource_id=row.datasource_id,
        purpose=row.purpose,
        version=row.version,
        blob=row.blob,
        key_id=row.key_id,
        stored_at=row.stored_at,
    )
