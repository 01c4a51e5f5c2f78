"""Certificates as they were issued; they outlive what they certify, and hold nobody's data."""

from collections.abc import Callable

from sqlalchemy import select

from resources.control_plane.database import Database
from resources.control_plane.privacy_facts import Certificate
from resources.control_plane.privacy_rows import CertificateRow
from resources.errors import Refused


class Certificates:
    """The certificates of every workspace. Only the verifier adds any."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def new_id(self) -> str:
        """The id of a certificate to come: it is part of what is signed."""
        return self._new_id("cert")

    def add(self, certificate: Certificate) -> Certificate:
        """Keeps a certificate; a second one for the same act is the first."""
        with self._database.writing() as session:
            row = session.scalar(select(CertificateRow).where(CertificateRow.act_id == certificate.act_id))
            if row is None:
                row = CertificateRow(**vars(certificate))
                session.add(row)
        return _fact(row)

    def get(self, ref: str) -> Certificate:
        """The certificate with this id, or of the request or act with this id.

        Raises:
            Refused: there is none.
        """
        with self._database.reading() as session:
            row = session.get(CertificateRow, ref) or session.scalar(
                select(CertificateRow).where(CertificateRow.act_id == ref)
            )
        if row is None:
            raise Refused("there is none.", to=f"certificate {ref}", do_next="See `ignyte certificate list`.")
        return _fact(row)

    def all(self, workspace_id: str | None = None) -> list[Certificate]:
        """Those of one workspace, or all, oldest first."""
        query = select(CertificateRow).order_by(CertificateRow.issued_at, CertificateRow.id)
        if workspace_id is not None:
            query = query.where(CertificateRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]


def _fact(row: CertificateRow) -> Certificate:
    return Certificate(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=row.kind,
        act_id=row.act_id,
        issued_at=row.issued_at,
        document=row.document,
    )
