"""A session of questions about one workspace's published metrics."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ignyte_pipelines.analysis.answers import Answer
from ignyte_pipelines.analysis.locked import Locked
from ignyte_pipelines.analysis.noting import Notes, Question
from resources.control_plane import ControlPlane
from resources.control_plane.facts import Workspace
from resources.decode.paths import quoted
from resources.errors import Problem, Refused
from resources.settings import Settings
from resources.stores import now


class Session:
    """Asks the metrics that are published at the moment of each question, in a locked process, on the record."""

    def __init__(
        self,
        settings: Settings,
        plane: ControlPlane,
        workspace: Workspace,
        *,
        via: str,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._settings = settings
        self._plane = plane
        self._locked: Locked | None = None
        self._generation = ""
        self._owned = ExitStack()
        self._notes = Notes(home=settings.home, workspace_id=workspace.id, via=via, clock=clock)
        self.workspace = workspace

    def sql(self, question: str) -> Answer:
        """The answer to one question in DuckDB's SQL.

        Raises:
            Refused: nothing is published, it is no question, or it reaches for what it may not.
            Stop: DuckDB can't answer it.
            TryLater: it took more time or memory than a question may have; the next one gets a new process.
        """
        with ExitStack() as record:
            noted: list[Question] = []

            def note(tables: Sequence[str]) -> None:
                noted.append(record.enter_context(self._notes.question(tables)))

            try:
                table = self._current().ask(question, note)
            except Problem as problem:
                if not noted:
                    self._notes.turned_away(type(problem).__name__)
                raise
            noted[0].found(rows=table.num_rows)
        return Answer(table=table)

    def _current(self) -> Locked:
        """The process that has the published generation open: what was erased since is in no older one's answers."""
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

    def owns(self, plane: ControlPlane) -> Self:
        """Closes that control plane with this session."""
        self._owned.callback(plane.close)
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
    said = {"home": Path(home)} if home is not None else {}
    settings = Settings(**said, vault_access="data")
    plane = ControlPlane(settings.control_plane_url.get_secret_value())
    try:
        settings.prepare()
        plane.migrate()
        return Session(settings, plane, plane.workspaces.get(workspace), via="python").owns(plane)
    except Problem:
        plane.close()
        raise
