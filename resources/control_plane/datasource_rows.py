"""What a datasource's row may go through, and the fact it becomes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, object_session

from resources.control_plane.facts import Connection, Datasource, Sync, WorkspaceState
from resources.control_plane.models import DatasourceRow, WorkspaceRow
from resources.errors import Refused


def readable() -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a datasource, joined to its workspace, is read."""
    return (
        DatasourceRow.connection == Connection.CONNECTED,
        DatasourceRow.sync == Sync.ACTIVE,
        WorkspaceRow.state == WorkspaceState.ACTIVE,
        WorkspaceRow.restricted == "",
    )


def live(workspace_id: str, platform: str, account: str) -> Select[tuple[DatasourceRow]]:
    """The row of an account that was not disconnected, if there is one; locked."""
    return (
        select(DatasourceRow)
        .where(
            DatasourceRow.workspace_id == workspace_id,
            DatasourceRow.platform == platform,
            DatasourceRow.account == account,
            DatasourceRow.connection != Connection.DISCONNECTED,
        )
        .with_for_update()
    )


def new_row(datasource_id: str, workspace_id: str, platform: str, account: str, now: datetime) -> DatasourceRow:
    return DatasourceRow(
        id=datasource_id,
        workspace_id=workspace_id,
        platform=platform,
        account=account,
        fence=0,
        connected_at=now,
    )


def let_in(
    row: DatasourceRow,
    *,
    settings: Mapping[str, str],
    scopes: frozenset[str],
    grade: str,
    opted_in: frozenset[str],
) -> None:
    """A grant was given: both statuses are normal, and readers under an older grant stop."""
    row.settings = dict(settings)
    row.scopes = sorted(scopes)
    row.grade = grade
    row.opted_in = sorted(opted_in)
    row.connection = Connection.CONNECTED
    row.sync = Sync.ACTIVE
    row.reason = ""
    row.fence += 1


def require_active(session: Session, workspace_id: str) -> None:
    row = session.get(WorkspaceRow, workspace_id)
    if row is None:
        raise Refused("there is none.", to=f"workspace {workspace_id}", do_next="See `ignyte workspace list`.")
    if row.state != WorkspaceState.ACTIVE:
        raise Refused(f"it is {row.state}.", to=f"workspace {workspace_id}", do_next="Only an active one connects.")
    if row.restricted:
        raise Refused("its use is restricted.", to=f"workspace {workspace_id}", do_next="Lift the restriction first.")


def require_grant(row: DatasourceRow) -> None:
    if row.connection == Connection.DISCONNECTED:
        raise Refused("it is disconnected.", to=f"datasource {row.id}", do_next="Connect the account again.")


def require_no_hold(row: DatasourceRow) -> None:
    session = object_session(row)
    workspace = session.get(WorkspaceRow, row.workspace_id) if session else None
    if workspace and workspace.hold and workspace.state != WorkspaceState.DELETED:
        raise Refused(
            f"its workspace is held: {workspace.hold}",
            to=f"datasource {row.id}",
            do_next="Pause it; nothing of it is deleted until the hold is lifted.",
        )


def empty(row: DatasourceRow) -> None:
    if row.connection != Connection.DISCONNECTED:
        raise Refused("it is connected.", to=f"datasource {row.id}", do_next="Disconnect it first.")
    row.account = row.account_name = row.reason = ""
    row.settings = {}
    row.currency = row.time_zone = row.last_error = None


def unknown(datasource_id: str) -> Refused:
    return Refused("there is none.", to=f"datasource {datasource_id}", do_next="See `ignyte datasource list`.")


def fact(row: DatasourceRow) -> Datasource:
    return Datasource(
        id=row.id,
        workspace_id=row.workspace_id,
        platform=row.platform,
        account=row.account,
        account_name=row.account_name,
        currency=row.currency,
        time_zone=row.time_zone,
        settings=dict(row.settings),
        scopes=frozenset(row.scopes),
        grade=row.grade,
        opted_in=frozenset(row.opted_in),
        connection=Connection(row.connection),
        sync=Sync(row.sync),
        reason=row.reason,
        fence=row.fence,
        connected_at=row.connected_at,
        last_attempt=row.last_attempt,
        last_success=row.last_success,
        last_error=row.last_error,
    )
