"""Named leases, shared or exclusive, that run out by themselves."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.facts import Lease, LeaseMode
from resources.control_plane.models import LeaseNameRow, LeaseRow


class Leases:
    """Who may touch a named thing right now. A lease is no longer held at its `expires_at`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, mode: LeaseMode, owner: str, now: datetime, ttl: timedelta) -> Lease | None:
        """A lease, or None while other holders stand in the way; waiting is the caller's."""
        with self._database.writing() as session:
            last = _lock(session, name)
            session.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.expires_at <= now))
            held = set(session.scalars(select(LeaseRow.mode).where(LeaseRow.name == name)))
            if LeaseMode.EXCLUSIVE in held or (held and mode == LeaseMode.EXCLUSIVE):
                return None
            last.last_token += 1
            row = LeaseRow(name=name, token=last.last_token, mode=mode, owner=owner, expires_at=now + ttl)
            session.add(row)
        return _fact(row)

    def renew(self, lease: Lease, now: datetime, ttl: timedelta) -> Lease | None:
        """The lease with a later end, or None if it has run out: then stop at once."""
        with self._database.writing() as session:
            # whoever acquires counts the holders under this lock; a renewal beside it would be missed
            _lock(session, lease.name)
            row = session.scalar(select(LeaseRow).where(*_held(lease, now)))
            if row is None:
                return None
            row.expires_at = now + ttl
        return _fact(row)

    def release(self, lease: Lease) -> None:
        """Gives a lease back; one that has run out is no matter."""
        mine = (LeaseRow.name == lease.name, LeaseRow.token == lease.token)
        with self._database.writing() as session:
            session.execute(delete(LeaseRow).where(*mine))

    def holders(self, name: str) -> list[Lease]:
        """Who has it at the moment, run-out leases included."""
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(select(LeaseRow).where(LeaseRow.name == name))]

    def holds(self, lease: Lease, now: datetime) -> bool:
        """Whether the lease still stands. Asked before each commit."""
        with self._database.reading() as session:
            return session.execute(select(LeaseRow.token).where(*_held(lease, now))).first() is not None


def _held(lease: Lease, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (LeaseRow.name == lease.name, LeaseRow.token == lease.token, LeaseRow.expires_at > now)


def _lock(session: Session, name: str) -> LeaseNameRow:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(LeaseNameRow).values(name=name, last_token=0).on_conflict_do_nothing())
    return session.scalars(select(LeaseNameRow).where(LeaseNameRow.name == name).with_for_update()).one()


def _fact(row: LeaseRow) -> Lease:
    return Lease(name=row.name, mode=LeaseMode(row.mode), owner=row.owner, token=row.token, expires_at=row.expires_at)
