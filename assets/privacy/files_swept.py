"""The search through folders: every file as it lies, in its name, and unpacked."""

import hashlib
import os
import sqlite3
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from assets.privacy.needles import Needles
from assets.privacy.unpacking import contents, is_duckdb, is_sqlite, rows_of

COPY: Final = "a copy of what is to be gone"


@dataclass(kw_only=True)
class Files:
    """What was read and found. `unread` says what could not be looked into, by its place below the folder."""

    files: int = 0
    bytes: int = 0
    found: Counter[str] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)


class FileSearch:
    """Looks for the same needles in one folder after another.

    Files of databases that are read stay open until `close`: letting one go would drop every lock that this process
    holds on it, and another process could then take its log away under a reader here.
    """

    def __init__(self, needles: Needles, *, gone: Mapping[str, int] | None = None) -> None:
        """`gone`: sha256 and size of files that must not exist any more; a copy is found as the label `COPY`."""
        self._needles = needles
        self._gone = dict(gone or {})
        self._open: list[BinaryIO] = []

    def close(self) -> None:
        for stream in self._open:
            stream.close()
        self._open.clear()

    def folder(self, folder: Path, seen: Files, *, but: Collection[Path] = ()) -> None:
        """Searches all of a folder but what is named; links are not followed, their targets' names are searched."""
        for file in _walk(folder, frozenset(but), seen.unread):
            self.file(file, seen, name=str(file.relative_to(folder)))

    def file(self, file: Path, seen: Files, *, name: str) -> None:
        """Searches one file; one that is gone meanwhile does not count."""
        try:
            self._searched(file, seen, name)
        except FileNotFoundError:
            return
        except PermissionError:
            seen.unread.append("a file that this process may not read")

    def _searched(self, file: Path, seen: Files, name: str) -> None:
        status = file.lstat()
        found = self._needles.within(os.fsencode(name))
        if stat.S_ISLNK(status.st_mode):
            found |= self._needles.within(os.fsencode(file.readlink()))
        elif stat.S_ISREG(status.st_mode) and (status.st_dev, status.st_ino) not in seen.seen:
            seen.seen.add((status.st_dev, status.st_ino))
            raw = self._read(file)
            seen.bytes += len(raw)
            found |= self.content(raw, seen) | self._through_its_log(file, raw)
        seen.files += 1
        seen.found.update(found)

    def content(self, raw: bytes, seen: Files) -> set[str]:
        """The labels found in a file's bytes."""
        found = {COPY} if len(raw) in self._gone.values() and hashlib.sha256(raw).hexdigest() in self._gone else set()
        if is_duckdb(raw):
            seen.unread.append("a DuckDB file that nothing in the control plane accounts for")
        for content in contents(raw):
            found |= self._needles.within(content)
        return found

    def _read(self, file: Path) -> bytes:
        stream = file.open("rb")
        raw = stream.read()
        if is_sqlite(raw) or file.name.endswith(("-shm", "-wal")):
            self._open.append(stream)
        else:
            stream.close()
        return raw

    def _through_its_log(self, file: Path, raw: bytes) -> set[str]:
        """The cells of a SQLite file as its write-ahead log has them now."""
        if not is_sqlite(raw) or not file.with_name(f"{file.name}-wal").exists():
            return set()
        found: set[str] = set()
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as connection:
            connection.text_factory = bytes
            for cell in rows_of(connection):
                for content in contents(cell):
                    found |= self._needles.within(content)
        return found


def _walk(folder: Path, but: frozenset[Path], unread: list[str]) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            unread.append("a folder that this process may not read")

    for place, folders, files in os.walk(folder, onerror=closed):
        here = Path(place)
        folders[:] = [name for name in folders if here / name not in but]
        # a folder that is a link is not entered, but its name is looked at like a file's
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in files if here / name not in but)
