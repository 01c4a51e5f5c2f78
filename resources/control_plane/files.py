"""Generations of encrypted files, and which of them is the one in use."""

from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.facts import FileGeneration, FileKind, FileState
from resources.control_plane.models import FileRow, KeyRow
from resources.errors import Stop

_CURRENT: Final = (FileState.LOADING, FileState.CLEAN)
_NEXT: Final = {
    FileState.LOADING: {FileState.LOADING, FileState.CLEAN, FileState.RETIRED, FileState.DELETED},
    FileState.CLEAN: {FileState.LOADING, FileState.CLEAN, FileState.RETIRED, FileState.DELETED},
    FileState.BUILDING: {FileState.RETIRED, FileState.DELETED},
    FileState.PUBLISHED: {FileState.RETIRED, FileState.DELETED},
    FileState.RETIRED: {FileState.RETIRED, FileState.DELETED},
    FileState.RESTORED: {FileState.CLEAN, FileState.PUBLISHED, FileState.DELETED},
    FileState.DELETED: {FileState.DELETED},
}


class Files:
    """The files of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def begin(
        self,
        *,
        workspace_id: str,
        datasource_id: str | None,
        generation: int,
        path: str,
        key_id: str,
        schema_version: int,
        now: datetime,
        rewrite: bool = False,
    ) -> FileGeneration:
        """Announces a file before it is made. Without a datasource it holds metrics.

        A datasource's first file is current at once; with `rewrite` it is unseen until `publish`.

        Raises:
            Stop: the generation or the path is taken, or the path leaves the data root.
        """
        kind = FileKind.SOURCE if datasource_id else FileKind.METRICS
        row = FileRow(
            id=self._new_id("file"),
            workspace_id=workspace_id,
            kind=kind,
            datasource_id=datasource_id,
            generation=generation,
            path=_inside(path),
            key_id=key_id,
            state=FileState.BUILDING if rewrite or kind == FileKind.METRICS else FileState.LOADING,
            schema_version=schema_version,
            created_at=now,
        )
        with self._database.writing() as session:
            session.add(row)
        return _fact(row)

    def mark(
        self, file_id: str, state: FileState, *, size: int | None = None, sha256: str | None = None
    ) -> FileGeneration:
        """Moves a file on; size (bytes) and sha256 are kept where given.

        Raises:
            Stop: no such file, or it can't go from its state to this one; what is building goes on by `publish`.
        """
        with self._database.writing() as session:
            row = _locked(session, file_id)
            if state not in _NEXT[FileState(row.state)]:
                raise _misstep(row, state)
            row.state = state
            row.size = row.size if size is None else size
            row.sha256 = sha256 or row.sha256
        return _fact(row)

    def publish(self, file_id: str, *, size: int, sha256: str, now: datetime) -> FileGeneration:
        """Puts a built file in the place of the one in use, which retires, in one transaction."""
        with self._database.writing() as session:
            row = _locked(session, file_id)
            if row.state != FileState.BUILDING:
                raise _misstep(row, FileState.PUBLISHED)
            for old in session.scalars(select(FileRow).where(_same_place(row)).with_for_update()):
                old.state = FileState.RETIRED
            # two in use at once would break the unique index, so the old one goes first
            session.flush()
            row.state = FileState.PUBLISHED if row.kind == FileKind.METRICS else FileState.CLEAN
            row.size, row.sha256, row.published_at = size, sha256, now
        return _fact(row)

    def get(self, file_id: str) -> FileGeneration:
        """One file.

        Raises:
            Stop: there is none with this id.
        """
        with self._database.reading() as session:
            return _fact(_locked(session, file_id))

    def of(self, workspace_id: str) -> list[FileGeneration]:
        """Every file the workspace has or had, oldest first."""
        query = (
            select(FileRow)
            .where(FileRow.workspace_id == workspace_id)
            .order_by(FileRow.created_at, FileRow.generation, FileRow.id)
        )
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]

    def current_source(self, datasource_id: str) -> FileGeneration | None:
        """The datasource's file in use, whole (`clean`) or with a load under way (`loading`)."""
        return self._one(FileRow.datasource_id == datasource_id, FileRow.state.in_(_CURRENT))

    def published(self, workspace_id: str) -> FileGeneration | None:
        """The metrics that analysts open."""
        return self._one(FileRow.workspace_id == workspace_id, FileRow.state == FileState.PUBLISHED)

    def next_generation(self, workspace_id: str, owner: str) -> int:
        """The number after the highest that a file or key of this owner (a datasource's id or "metrics") ever had."""
        metrics = owner == FileKind.METRICS
        mine = FileRow.kind == FileKind.METRICS if metrics else FileRow.datasource_id == owner
        files = select(func.max(FileRow.generation)).where(FileRow.workspace_id == workspace_id, mine)
        keys = select(func.max(KeyRow.generation)).where(KeyRow.workspace_id == workspace_id, KeyRow.owner == owner)
        with self._database.reading() as session:
            return max(session.scalar(files) or 0, session.scalar(keys) or 0) + 1

    def _one(self, *conditions: ColumnElement[bool]) -> FileGeneration | None:
        with self._database.reading() as session:
            row = session.scalar(select(FileRow).where(*conditions))
        return _fact(row) if row else None


def _same_place(row: FileRow) -> ColumnElement[bool]:
    if row.kind == FileKind.METRICS:
        return (FileRow.workspace_id == row.workspace_id) & (FileRow.state == FileState.PUBLISHED)
    return (FileRow.datasource_id == row.datasource_id) & FileRow.state.in_(_CURRENT)


def _locked(session: Session, file_id: str) -> FileRow:
    row = session.get(FileRow, file_id, with_for_update=True)
    if row is None:
        raise Stop("there is none.", to=f"file {file_id}", do_next="Sync or build again.")
    return row


def _misstep(row: FileRow, state: FileState) -> Stop:
    return Stop(f"it is {row.state} and can't become {state}.", to=f"file {row.id}", do_next="Nothing was changed.")


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise Stop("its path leaves the data root.", to=f"file {path!r}", do_next="Nothing was changed.")
    return str(pure)


def _fact(row: FileRow) -> FileGeneration:
    return FileGeneration(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=FileKind(row.kind),
        datasource_id=row.datasource_id,
        generation=row.generation,
        path=row.path,
        key_id=row.key_id,
        state=FileState(row.state),
        size=row.size,
        sha256=row.sha256,
        schema_version=row.schema_version,
        created_at=row.created_at,
        published_at=row.published_at,
    )
