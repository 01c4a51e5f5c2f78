"""A session of questions about one workspace's published metrics."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa

from ignyte_pipelines.analysis.answers import Answer
from ignyte_pipelines.analysis.locked import Locked
from resources.audit import Act, AuditLog
from resources.control_plane import ControlPlane
from resources.control_plane.facts import Workspace
from resources.decode.paths import quoted
from resources.errors import Problem, Refused
from resources.lifecycle import Event, require
from resources.settings import Settings
from resources.stores import now, open_log


class SupportsClose(Protocol):
    """What has to be closed."""

    def close(self) -> None: ...


class Session:
    """Asks the metrics that are published at the moment of each question, in a locked process, on the record."""

    def __init__(
        self, settings: Settings, plane: ControlPlane, audit: AuditLog, workspace: Workspace, *, via: str
    ) -> None:
        """`via` says in the audit log which way the questions came."""
        self._settings = settings
        self._plane = plane
        self._audit = audit
        self._via = via
        self._locked: Locked | None = None
        self._generation = ""
        self._owned = ExitStack()
        self.workspace = workspace

    def sql(self, question: str) -> Answer:
        """The answer to one question in DuckDB's SQL.

        Raises:
            Refused: nothing is published, the workspace may not be used now, it is no question, or it reaches for
                what it may not.
            Stop: DuckDB can't answer it.
            TryLater: it took more time or memory than a question may have; the next one gets a new process.
        """
        troubles: list[Problem] = []
        try:
            table = self._answered(question, troubles)
        except Problem:
            if troubles:
                raise troubles[0] from None
            raise
        return Answer(table=table)

    def _answered(self, question: str, troubles: list[Problem]) -> pa.Table:
        """The answer, on record; what went wrong is left in `troubles`."""
        with ExitStack() as record:
            acts: list[Act] = []

            def note(tables: Sequence[str]) -> None:
                acts.append(record.enter_context(self._act(tables)))

            try:
                table = self._current().ask(question, note)
            except Problem as problem:
                troubles.append(problem)
                self._turned_away(problem, acts)
                # the log gets the kind of problem, not its words, which may quote the question
                raise type(problem)("no answer.", to="the question", do_next="") from None
            acts[0].found(rows=table.num_rows)
            return table

    def _act(self, tables: Sequence[str]) -> Act:
        return self._audit.act(
            "metrics.query",
            self._target,
            workspace_id=self.workspace.id,
            details={"tables": tuple(tables), "via": self._via},
        )

    @property
    def _target(self) -> str:
        return f"metrics of {self.workspace.id}"

    def _turned_away(self, problem: Problem, acts: Sequence[Act]) -> None:
        """Writes down a question that never got as far as reading anything."""
        if not acts:
            self._audit.event(
                "metrics.query",
                self._target,
                workspace_id=self.workspace.id,
                details={"failed": type(problem).__name__, "via": self._via},
            )

    def _current(self) -> Locked:
        """The process that has the published generation open: what was erased since is in no older one's answers."""
        try:
            require(self._plane.workspaces.get(self.workspace.id), Event.USE, now())
        except Refused:
            self.stop()
            raise
        file = self._plane.files.published(self.workspace.id)
        if file is None:
            self.stop()
            to = f"workspace {self.workspace.name}"
            raise Refused("it has no metrics yet.", to=to, do_next="Run `ignyte sync` first.")
        if self._locked is None or not self._locked.alive or self._generation != file.id:
            self.stop()
            self._locked, self._generation = Locked(self._settings, self.workspace.id), file.id
        return self._locked

    def tables(self) -> list[str]:
        """The names of the tables, in order."""
        return [str(row["name"]) for row in self.sql("SHOW TABLES").rows()]

    def table(self, name: str) -> Answer:
        """All rows of one table.

        Raises:
            Refused: there is none of this name.
        """
        known = self.tables()
        if name not in known:
            raise Refused("there is none.", to=f"table {name}", do_next=f"There are: {', '.join(known)}.")
        return self.sql(f"FROM {quoted(name)} ORDER BY ALL")

    def describe(self, name: str) -> Answer:
        """The columns of one table: name, type and what it holds."""
        if name not in self.tables():
            raise Refused("there is none.", to=f"table {name}", do_next='"SHOW TABLES" tells what there is.')
        return self.sql(
            "SELECT column_name, data_type, comment FROM duckdb_columns() "
            f"WHERE database_name = current_database() AND table_name = '{name}' ORDER BY column_index"
        )

    def stop(self) -> None:
        """Ends the process that is answering; the next question starts another."""
        if self._locked is not None:
            self._locked.close()
            self._locked = None

    def owns(self, *opened: SupportsClose) -> Self:
        """Closes these with this session, the last one first."""
        for each in opened:
            self._owned.callback(each.close)
        return self

    def close(self) -> None:
        self.stop()
        self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Session({self.workspace.name!r})"


def connect(workspace: str, *, home: Path | str | None = None) -> Session:
    """A read-only session on a workspace's published metrics, for notebooks and scripts.

    `workspace` is a name or an id; `home` is IGNYTE_HOME where it is not given. Close it, or use it in a `with`.

    Raises:
        Refused: there is no such workspace, or several share the name.
    """
    settings = Settings(vault_access="data") if home is None else Settings(home=Path(home), vault_access="data")
    plane = ControlPlane(settings.control_plane_url.get_secret_value())
    try:
        settings.prepare()
        plane.migrate()
        named = plane.workspaces.get(workspace)
        audit = open_log(settings)
    except Problem:
        plane.close()
        raise
    return Session(settings, plane, audit, named, via="python").owns(plane, audit)
