"""The register of sub-processors as it is stored, with the contacts who are told of its changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.desk_rows import ChangeRow, ContactRow, NoticeRow, ObjectionRow
from resources.errors import Refused
from resources.register import Action, Category, Change, Notice, Objection, Subprocessor


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who is told for a workspace; `address` is sealed under the data key `key_id`."""

    id: str
    workspace_id: str
    role: str
    address: bytes
    key_id: str
    added_at: datetime


class Subprocessors:
    """Every change that was ever announced, and the outbox of notices."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def announce(self, action: Action, subprocessor: Subprocessor, now: datetime, effective_at: datetime) -> Change:
        """Writes a change down, with a notice to every contact in the outbox, in one transaction."""
        row = ChangeRow(
            id=self._new_id("chg"), action=action, announced_at=now, effective_at=effective_at, **vars(subprocessor)
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            for contact in session.scalars(select(ContactRow)):
                session.add(_notice_row(row.id, contact, now))
        return self.get(row.id)

    def all(self) -> list[Change]:
        """Every change, the withdrawn ones too, in the order in which they were announced."""
        with self._database.reading() as session:
            rows = session.scalars(select(ChangeRow).order_by(ChangeRow.announced_at, ChangeRow.id)).all()
            return [_change(session, row) for row in rows]

    def get(self, change_id: str) -> Change:
        """One change.

        Raises:
            Refused: there is none with this id.
        """
        with self._database.reading() as session:
            row = session.get(ChangeRow, change_id)
            if row is None:
                raise _unknown(change_id)
            return _change(session, row)

    def withdraw(self, change_id: str, now: datetime) -> Change:
        """Takes back a change; one that has taken effect is undone by another change instead."""
        with self._database.writing() as session:
            row = session.get(ChangeRow, change_id, with_for_update=True)
            if row is None:
                raise _unknown(change_id)
            row.withdrawn_at = row.withdrawn_at or now
        return self.get(change_id)

    def objected(self, change_id: str, workspace_id: str, reason: str, now: datetime) -> Change:
        """Records a workspace's objection; said again, the newer reason stands."""
        with self._database.writing() as session:
            if session.get(ChangeRow, change_id) is None:
                raise _unknown(change_id)
            session.merge(
                ObjectionRow(
                    change_id=change_id,
                    workspace_id=workspace_id,
                    reason=reason,
                    made_at=now,
                    settled_at=None,
                    settlement="",
                )
            )
        return self.get(change_id)

    def settle(self, change_id: str, workspace_id: str, settlement: str, now: datetime) -> Change:
        """Writes down how an objection was settled.

        Raises:
            Refused: the workspace did not object.
        """
        with self._database.writing() as session:
            row = session.get(ObjectionRow, (change_id, workspace_id), with_for_update=True)
            if row is None:
                raise Refused("it did not object.", to=f"workspace {workspace_id}", do_next="Nothing is to settle.")
            row.settled_at, row.settlement = now, settlement
        return self.get(change_id)

    def add_contact(self, workspace_id: str, role: str, address: bytes, key_id: str, now: datetime) -> Contact:
        """A person to tell from now on; `address` is sealed already."""
        row = ContactRow(
            id=self._new_id("con"),
            workspace_id=workspace_id,
            role=role,
            address=address,
            key_id=key_id,
            added_at=now,
        )
        with self._database.writing() as session:
            session.add(row)
        return _contact(row)

    def contacts(self, workspace_id: str | None = None) -> list[Contact]:
        query = select(ContactRow).order_by(ContactRow.added_at, ContactRow.id)
        if workspace_id is not None:
            query = query.where(ContactRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            return [_contact(row) for row in session.scalars(query)]

    def remove_contact(self, contact_id: str) -> Contact:
        """Forgets a contact, and what was still to be sent to them.

        Raises:
            Refused: there is none with this id.
        """
        with self._database.writing() as session:
            row = session.get(ContactRow, contact_id)
            if row is None:
                raise Refused("there is none.", to=f"contact {contact_id}", do_next="See `ignyte contacts list`.")
            session.execute(delete(NoticeRow).where(NoticeRow.contact_id == contact_id, NoticeRow.sent_at.is_(None)))
            session.delete(row)
        return _contact(row)

    def outbox(self, now: datetime) -> list[Notice]:
        """Notices whose time to be sent has come."""
        query = select(NoticeRow).where(NoticeRow.sent_at.is_(None), NoticeRow.next_try_at <= now)
        with self._database.reading() as session:
            return [_notice(row) for row in session.scalars(query.order_by(NoticeRow.next_try_at))]

    def sent(self, notice: Notice, now: datetime) -> None:
        self._tried(notice, sent_at=now, error="")

    def not_sent(self, notice: Notice, error: str, next_try_at: datetime) -> None:
        """It could not be sent; `error` holds no address."""
        self._tried(notice, error=error, next_try_at=next_try_at)

    def _tried(self, notice: Notice, **values: object) -> None:
        with self._database.writing() as session:
            row = session.get(NoticeRow, (notice.change_id, notice.contact_id), with_for_update=True)
            if row is not None:
                row.attempts += 1
                for name, value in values.items():
                    setattr(row, name, value)


def later(attempts: int) -> timedelta:
    """How long to wait after so many failed tries: a minute, doubled each time, at most six hours."""
    return min(timedelta(minutes=2 ** min(attempts, 10)), timedelta(hours=6))


def forget(session: Session, workspace_id: str) -> None:
    """Removes a workspace's contacts and what was to be sent to them, in the transaction that deletes it."""
    session.execute(delete(NoticeRow).where(NoticeRow.workspace_id == workspace_id))
    session.execute(delete(ContactRow).where(ContactRow.workspace_id == workspace_id))


def _notice_row(change_id: str, contact: ContactRow, now: datetime) -> NoticeRow:
    return NoticeRow(
        change_id=change_id,
        contact_id=contact.id,
        workspace_id=contact.workspace_id,
        attempts=0,
        next_try_at=now,
        error="",
    )


def _change(session: Session, row: ChangeRow) -> Change:
    notices = session.scalars(select(NoticeRow).where(NoticeRow.change_id == row.id)).all()
    objections = session.scalars(select(ObjectionRow).where(ObjectionRow.change_id == row.id)).all()
    return Change(
        id=row.id,
        action=Action(row.action),
        subprocessor=Subprocessor(
            name=row.name,
            category=Category(row.category),
            purpose=row.purpose,
            data=row.data,
            location=row.location,
            safeguard=row.safeguard,
        ),
        announced_at=row.announced_at,
        effective_at=row.effective_at,
        withdrawn_at=row.withdrawn_at,
        notices=tuple(map(_notice, notices)),
        objections=tuple(map(_objection, objections)),
    )


def _objection(row: ObjectionRow) -> Objection:
    return Objection(
        change_id=row.change_id,
        workspace_id=row.workspace_id,
        reason=row.reason,
        made_at=row.made_at,
        settled_at=row.settled_at,
        settlement=row.settlement,
    )


def _notice(row: NoticeRow) -> Notice:
    return Notice(
        change_id=row.change_id,
        contact_id=row.contact_id,
        workspace_id=row.workspace_id,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        error=row.error,
    )


def _contact(row: ContactRow) -> Contact:
    return Contact(
        id=row.id,
        workspace_id=row.workspace_id,
        role=row.role,
        address=row.address,
        key_id=row.key_id,
        added_at=row.added_at,
    )


def _unknown(change_id: str) -> Refused:
    return Refused("there is none.", to=f"change {change_id}", do_next="See `ignyte subprocessors list`.")
