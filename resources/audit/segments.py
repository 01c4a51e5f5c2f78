"""The log's files: one a month, only ever added to, under a lock that all processes of this machine share."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from resources.audit.entries import LONGEST
from resources.errors import Stop

_NAME: Final = re.compile(r"log-(\d{12})-(\d{4}-\d{2})\.jsonl")
_LARGEST: Final = 64 * 1024 * 1024
_SEALED: Final = 0o400


@dataclass(frozen=True, kw_only=True)
class Torn:
    """What a crash left half written, moved out of the log: its size in bytes and sha256 in hex."""

    size: int
    sha256: str


class Segments:
    """The files `log-<first sequence>-<month>.jsonl` of a folder; all but the last are sealed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time. The system lets go of the lock when its process dies."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def files(self) -> list[Path]:
        """All segments, oldest first."""
        return sorted(file for file in self.folder.glob("log-*.jsonl") if _NAME.fullmatch(file.name))

    def lines(self) -> Iterator[bytes]:
        """Every whole line, without its end."""
        for file in self.files():
            with file.open("rb") as stream:
                yield from (line[:-1] for line in stream if line.endswith(b"\n"))

    def tail(self) -> bytes:
        """The last line, b"" if there is none yet."""
        for file in reversed(self.files()):
            if end := _last_bytes(file):
                _, newline, line = end[:-1].rpartition(b"\n")
                if not end.endswith(b"\n") or (not newline and len(end) < file.stat().st_size):
                    raise _damaged()
                return line
        return b""

    def mend(self) -> Torn | None:
        """Takes off a line that a crash left unfinished, so that the next one does not grow onto it."""
        files = self.files()
        end = _last_bytes(files[-1]) if files else b""
        if not end or end.endswith(b"\n"):
            return None
        _, newline, rest = end.rpartition(b"\n")
        if not newline and len(end) < files[-1].stat().st_size:
            raise _damaged()
        kept = files[-1].stat().st_size - len(rest)
        torn = Torn(size=len(rest), sha256=hashlib.sha256(rest).hexdigest())
        _write(self.folder / f"torn-{torn.sha256[:16]}.bin", rest)
        _cut(files[-1], kept)
        return torn

    def append(self, line: bytes, seq: int, now: datetime) -> None:
        """Writes a line and waits until it is on the disk; one that can't be written whole is taken back.

        Raises:
            OSError: it is not there.
        """
        files = self.files()
        file = files[-1] if files else self._begin(seq, now)
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
        try:
            size = os.fstat(descriptor).st_size
            try:
                _all(descriptor, line + b"\n")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)

    def is_full(self, now: datetime) -> bool:
        """Whether the newest segment belongs to another month or has grown large."""
        files = self.files()
        if not files or not files[-1].stat().st_size:
            return False
        found = _NAME.fullmatch(files[-1].name)
        return bool(found and found[2] != f"{now:%Y-%m}") or files[-1].stat().st_size > _LARGEST

    def seal(self, next_seq: int, now: datetime) -> None:
        """Ends the newest segment; nothing is added to it any more."""
        self.files()[-1].chmod(_SEALED)
        self._begin(next_seq, now)

    def _begin(self, seq: int, now: datetime) -> Path:
        file = self.folder / f"log-{seq:012d}-{now:%Y-%m}.jsonl"
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file


def _last_bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 2 * LONGEST))
        return stream.read()


def _all(descriptor: int, content: bytes) -> None:
    written = os.write(descriptor, content)
    if written != len(content):
        raise OSError("only a part of the line was written")


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    try:
        _all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cut(file: Path, size: int) -> None:
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged() -> Stop:
    return Stop("its end can't be read.", to="audit log", do_next="Run `ignyte audit verify`; nothing is added to it.")
