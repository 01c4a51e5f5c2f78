"""Datasources: what they are, their two statuses, and the fence that stops reading."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Select, delete, select, update

from resources.control_plane.database import Database
from resources.control_plane.datasource_rows import (
    empty,
    fact,
    let_in,
    live,
    new_row,
    readable,
    require_active,
    require_grant,
    require_no_hold,
    unknown,
)
from resources.control_plane.facts import Connection, Datasource, Sync
from resources.control_plane.models import DatasourceRow, DueRow, RunRow, WorkspaceRow


class Datasources:
    """The datasources of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def connect(  # noqa: PLR0913 -- one argument a fact, each named at the call
        self,
        *,
        workspace_id: str,
        platform: str,
        account: str,
        account_name: str,
        currency: str | None,
        time_zone: str | None,
        settings: Mapping[str, str],
        scopes: frozenset[str],
        grade: str,
        opted_in: frozenset[str],
        now: datetime,
    ) -> Datasource:
        """Connects an account, or the same account again: then the row keeps its id and its history.

        Raises:
            Refused: the workspace is not active.
        """
        with self._database.writing() as session:
            require_active(session, workspace_id)
            row = session.scalar(live(workspace_id, platform, account))
            if row is None:
                row = new_row(self._new_id("ds"), workspace_id, platform, account, now)
                session.add(row)
            row.account_name = account_name
            row.currency = currency
            row.time_zone = time_zone
            let_in(row, settings=settings, scopes=scopes, grade=grade, opted_in=opted_in)
        return fact(row)

    def get(self, datasource_id: str) -> Datasource:
        """One datasource.

        Raises:
            Refused: there is none with this id.
        """
        with self._database.reading() as session:
            row = session.get(DatasourceRow, datasource_id)
        if row is None:
            raise unknown(datasource_id)
        return fact(row)

    def of(self, workspace_id: str, platform: str | None = None) -> list[Datasource]:
        """The workspace's datasources by platform and age, the disconnected ones too."""
        query = select(DatasourceRow).where(DatasourceRow.workspace_id == workspace_id)
        return self._list(query if platform is None else query.where(DatasourceRow.platform == platform))

    def all(self) -> list[Datasource]:
        return self._list(select(DatasourceRow))

    def may_read(self, datasource_id: str, fence: int) -> bool:
        """Whether a reader that started at `fence` may ask, or commit, once more. Asked before each of both."""
        query = (
            select(DatasourceRow.id)
            .join(WorkspaceRow, WorkspaceRow.id == DatasourceRow.workspace_id)
            .where(DatasourceRow.id == datasource_id, DatasourceRow.fence == fence, *readable())
        )
        with self._database.reading() as session:
            return session.execute(query).first() is not None

    def pause(self, datasource_id: str, now: datetime) -> Datasource:  # noqa: ARG002 -- all changes are called alike
        """Switches reading off; the grant is kept."""
        with self._changed(datasource_id) as row:
            require_grant(row)
            if row.sync == Sync.ACTIVE:
                row.sync = Sync.INACTIVE
                row.fence += 1
        return fact(row)

    def resume(self, datasource_id: str, now: datetime) -> Datasource:  # noqa: ARG002 -- all changes are called alike
        """Switches reading on again. What was stopped before stays stopped, since its fence is old."""
        with self._changed(datasource_id) as row:
            require_grant(row)
            row.sync = Sync.ACTIVE
        return fact(row)

    def needs_reauthorization(
        self, datasource_id: str, reason: str, now: datetime, *, fence: int | None = None
    ) -> Datasource:
        """A person must give access again.

        A reader passes the `fence` it started with: what an old grant meets says nothing about the new one.
        """
        with self._changed(datasource_id) as row:
            late = fence is not None and fence != row.fence
            if not late and row.connection != Connection.DISCONNECTED:
                row.connection = Connection.REAUTHORIZE
                row.reason = reason
                row.last_attempt = now
                row.fence += 1
        return fact(row)

    def reauthorized(
        self,
        datasource_id: str,
        *,
        settings: Mapping[str, str],
        scopes: frozenset[str],
        grade: str,
        opted_in: frozenset[str],
        now: datetime,  # noqa: ARG002 -- all changes are called alike
    ) -> Datasource:
        """Access was given again: both statuses return to normal, and readers under the old grant stop."""
        with self._changed(datasource_id) as row:
            require_grant(row)
            let_in(row, settings=settings, scopes=scopes, grade=grade, opted_in=opted_in)
        return fact(row)

    def disconnected(self, datasource_id: str, now: datetime) -> Datasource:  # noqa: ARG002 -- as above
        """The grant is gone for good. Connecting the account again makes a new datasource.

        Raises:
            Refused: its workspace is held, so that nothing of it may be destroyed.
        """
        with self._changed(datasource_id) as row:
            require_no_hold(row)
            if row.connection != Connection.DISCONNECTED:
                row.connection = Connection.DISCONNECTED
                row.reason = ""
                row.fence += 1
        return fact(row)

    def forget(self, datasource_id: str) -> Datasource:
        """Empties a disconnected datasource's row of what names its account; it stays as a link to what is proved.

        Raises:
            Refused: there is none, or it is not disconnected.
        """
        with self._database.writing() as session:
            row = session.get(DatasourceRow, datasource_id, with_for_update=True)
            if row is None:
                raise unknown(datasource_id)
            empty(row)
            session.execute(delete(DueRow).where(DueRow.datasource_id == datasource_id))
            session.execute(update(RunRow).where(RunRow.datasource_id == datasource_id).values(error=None))
        return fact(row)

    def succeeded(self, datasource_id: str, now: datetime) -> Datasource:
        """A sync was committed whole at `now`."""
        with self._changed(datasource_id) as row:
            row.last_attempt = row.last_success = now
            row.last_error = None
        return fact(row)

    def failed(self, datasource_id: str, error: str, now: datetime) -> Datasource:
        """A sync failed; `error` is already redacted. The last success stays known."""
        with self._changed(datasource_id) as row:
            row.last_attempt = now
            row.last_error = error
        return fact(row)

    @contextmanager
    def _changed(self, datasource_id: str) -> Iterator[DatasourceRow]:
        with self._database.writing() as session:
            row = session.get(DatasourceRow, datasource_id, with_for_update=True)
            if row is None:
                raise unknown(datasource_id)
            yield row

    def _list(self, query: Select[tuple[DatasourceRow]]) -> list[Datasource]:
        order = (DatasourceRow.workspace_id, DatasourceRow.platform, DatasourceRow.connected_at, DatasourceRow.id)
        with self._database.reading() as session:
            rows = session.scalars(query.order_by(*order)).all()
        return [fact(row) for row in rows]
