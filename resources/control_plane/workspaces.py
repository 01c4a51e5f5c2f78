"""Workspaces: one brand each, under an opaque id."""

import re
import zoneinfo
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.inputs import forget
from resources.control_plane.models import DatasourceRow, WorkspaceRow
from resources.control_plane.privacy_facts import ErasurePolicy
from resources.control_plane.privacy_rows import RuleRow
from resources.control_plane.saved import forget as forget_saved
from resources.control_plane.subprocessors import forget as forget_contacts
from resources.errors import Refused, Stop

_ID: Final = re.compile(r"ws_[0-9a-f]{16}")
GRACE_DAYS: Final = 30
_LONGEST_NAME: Final = 200
_MONTHS: Final = range(1, 13)


class Workspaces:
    """The workspaces of this installation."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def create(
        self,
        name: str,
        *,
        region: str = "eu-central-1",
        currency: str = "USD",
        time_zone: str = "UTC",
        fiscal_year_start: int = 1,
        primary_platform: str = "shopify",
        now: datetime,
    ) -> Workspace:
        """Makes an active workspace.

        Raises:
            Refused: the name, currency, time zone or month is not usable.
        """
        name = name.strip()
        _check(name, currency, time_zone, fiscal_year_start)
        row = WorkspaceRow(
            id=self._new_id("ws"),
            name=name,
            region=region,
            currency=currency,
            time_zone=time_zone,
            fiscal_year_start=fiscal_year_start,
            primary_platform=primary_platform,
            state=WorkspaceState.ACTIVE,
            created_at=now,
            state_since=now,
            grace_days=GRACE_DAYS,
            hold="",
            restricted="",
            erasure=ErasurePolicy.DELETE,
        )
        with self._database.writing() as session:
            session.add(row)
        return _fact(row)

    def get(self, ref: str) -> Workspace:
        """The workspace with this id, or the only one with this name that is not deleted.

        Raises:
            Refused: there is none, or several share the name.
        """
        with self._database.reading() as session:
            found = _found(session, ref)
        if len(found) == 1:
            return _fact(found[0])
        if found:
            ids = ", ".join(row.id for row in found)
            raise Refused("several workspaces have this name.", to=f"workspace {ref!r}", do_next=f"Use one of {ids}.")
        raise Refused("there is none.", to=f"workspace {ref!r}", do_next="See `ignyte workspace list`.")

    def all(self) -> list[Workspace]:
        """Every workspace, the deleted ones too, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(WorkspaceRow).order_by(WorkspaceRow.created_at, WorkspaceRow.id)).all()
        return [_fact(row) for row in rows]

    def mark(self, workspace_id: str, state: WorkspaceState, now: datetime) -> Workspace:
        """Changes the state and stops whatever is being read; a deleted workspace stays deleted."""
        with self._database.writing() as session:
            row = session.get(WorkspaceRow, workspace_id, with_for_update=True)
            if row is None:
                raise Stop("there is none.", to=f"workspace {workspace_id}", do_next="See `ignyte workspace list`.")
            if row.state != state:
                _change(session, row, state, now)
        return _fact(row)

    def hold(self, workspace_id: str, reason: str) -> Workspace:
        """Forbids every deletion, for this reason; an empty one lifts the hold."""
        return self._set(workspace_id, hold=reason.strip())

    def restrict(self, workspace_id: str, reason: str) -> Workspace:
        """Forbids every use but keeping, for this reason, and stops what is being read; an empty one lifts it."""
        return self._set(workspace_id, restricted=reason.strip())

    def agree(
        self, workspace_id: str, *, grace_days: int | None = None, erasure: ErasurePolicy | None = None
    ) -> Workspace:
        """Sets what the contract says: days of grace, and what an erasure does to rows.

        Raises:
            Refused: the days are negative.
        """
        if grace_days is not None and grace_days < 0:
            raise Refused("days of grace can't be negative.", to=f"workspace {workspace_id}", do_next="Correct them.")
        given = {"grace_days": grace_days, "erasure": erasure}
        return self._set(workspace_id, **{name: value for name, value in given.items() if value is not None})

    def _set(self, workspace_id: str, **values: object) -> Workspace:
        with self._database.writing() as session:
            row = session.get(WorkspaceRow, workspace_id, with_for_update=True)
            if row is None:
                raise Stop("there is none.", to=f"workspace {workspace_id}", do_next="See `ignyte workspace list`.")
            for name, value in values.items():
                setattr(row, name, value)
            if "restricted" in values:
                _raise_fences(session, workspace_id)
        return _fact(row)


def _change(session: Session, row: WorkspaceRow, state: WorkspaceState, now: datetime) -> None:
    if row.state == WorkspaceState.DELETED:
        raise Refused("it is deleted.", to=f"workspace {row.id}", do_next="Create a new one.")
    if state == WorkspaceState.DELETED and row.hold:
        raise Refused(f"it is held: {row.hold}", to=f"workspace {row.id}", do_next="Lift the hold first.")
    row.state = state
    row.state_since = now
    if state == WorkspaceState.DELETED:
        forget(session, row.id)
        forget_saved(session, row.id)
        forget_contacts(session, row.id)
        session.execute(delete(RuleRow).where(RuleRow.workspace_id == row.id))
        # the id alone is left: certificates and tombstones need it
        row.name = row.id
    # a cancellation taken back within one run must not let that run go on
    _raise_fences(session, row.id)


def _raise_fences(session: Session, workspace_id: str) -> None:
    mine = update(DatasourceRow).where(DatasourceRow.workspace_id == workspace_id)
    session.execute(mine.values(fence=DatasourceRow.fence + 1))


def _found(session: Session, ref: str) -> list[WorkspaceRow]:
    if row := session.get(WorkspaceRow, ref):
        return [row]
    named = select(WorkspaceRow).where(WorkspaceRow.name == ref, WorkspaceRow.state != WorkspaceState.DELETED)
    return list(session.scalars(named.order_by(WorkspaceRow.id)))


def _check(name: str, currency: str, time_zone: str, month: int) -> None:
    checks = (
        (
            0 < len(name) <= _LONGEST_NAME and name.isprintable(),
            f"a name has 1 to {_LONGEST_NAME} printable characters",
        ),
        (not _ID.fullmatch(name), "a name must not look like an id"),
        (re.fullmatch(r"[A-Z]{3}", currency), "a currency is an ISO 4217 code such as USD"),
        (time_zone in zoneinfo.available_timezones(), "a time zone is an IANA name such as Europe/Berlin"),
        (month in _MONTHS, "the fiscal year starts in a month from 1 to 12"),
    )
    for holds, rule in checks:
        if not holds:
            raise Refused(f"{rule}.", to="new workspace", do_next="Correct it and try again.")


def _fact(row: WorkspaceRow) -> Workspace:
    return Workspace(
        id=row.id,
        name=row.name,
        region=row.region,
        currency=row.currency,
        time_zone=row.time_zone,
        fiscal_year_start=row.fiscal_year_start,
        primary_platform=row.primary_platform,
        state=WorkspaceState(row.state),
        created_at=row.created_at,
        state_since=row.state_since,
        grace_days=row.grace_days,
        hold=row.hold,
        restricted=row.restricted,
        erasure=ErasurePolicy(row.erasure),
    )
