"""The chain itself: each line carries the hash of the one before, a number, and a signature."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from resources.audit.checkpoints import Checkpoint, Place, keep
from resources.audit.entries import LONGEST, Actor, Detail, Entry, Phase, canonical, content, read, service
from resources.audit.segments import Segments
from resources.audit.signing import Signer
from resources.errors import Problem, Refused, Stop

FLOOR: Final = timedelta(days=366)  # nothing younger can be dropped
_NONE: Final = "0" * 64
_EVERY: Final = 50  # entries of this process from one checkpoint to the next
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _End:
    """The newest line."""

    seq: int
    hash: str
    at: str


class Chain:
    """Appends signed lines to the segments of a folder, and checkpoints to the second place."""

    def __init__(self, folder: Path, signer: Signer, place: Place, clock: Callable[[], datetime], process: str) -> None:
        self.segments, self.place = Segments(folder), place
        self._signer, self._clock, self._process = signer, clock, process
        self._unguarded = 0

    @contextmanager
    def writing(self) -> Iterator[Callable[[Entry], None]]:
        """The only writer for as long as the block lasts, which appends by calling what it is given.

        Raises:
            Refused: the log can't be written, so what was to be audited must not happen.
        """
        try:
            with self.segments.locked():
                yield self._append
        except OSError as error:
            what = f"it can't be written ({error.strerror or error})."
            raise _unwritable(what) from None
        except Stop as damage:
            raise _unwritable(damage.trouble.what) from None

    def regularly(self) -> None:
        """Leaves a checkpoint behind if enough was written since the last one of this process."""
        if self._unguarded >= _EVERY:
            self.guard()

    def guard(self) -> None:
        """Leaves a checkpoint behind if anything was written; a second place that is away is noted in the log."""
        if not self._unguarded:
            return
        try:
            self.checkpoint()
        except Problem as problem:
            _logger.warning("%s", problem)
            with self.writing() as write:
                write(self._ours("audit.checkpoint_missing", why=problem.trouble.what))
        self._unguarded = 0

    def checkpoint(self) -> int:
        """Writes a checkpoint of the newest line; returns its number, 0 if there is none.

        Raises:
            TryLater: the second place does not take it.
        """
        with self.writing():
            end = self._tail()
        if end.seq:
            self._keep(end)
        self._unguarded = 0
        return end.seq

    def drop_older(self, than: timedelta = FLOOR) -> int:
        """Drops whole sealed segments whose youngest line is older; returns how many lines went.

        Raises:
            Refused: less than twelve months were asked for.
            TryLater: the second place, which has to hold their end, is away.
        """
        if than < FLOOR:
            raise Refused("it is kept for twelve months.", to="audit log", do_next=f"Drop after {FLOOR.days} days.")
        dropped = 0
        for file in self.segments.files()[:-1]:
            last = read(file.read_bytes().splitlines()[-1])
            if last.at > self._clock() - than:
                break
            with self.writing() as write:
                # said before it is done: a log that begins late without these words was cut
                write(self._ours("audit.drop", through=last.seq, last_at=last.at.isoformat()))
            dropped += len(file.read_bytes().splitlines())
            file.unlink()
        self.guard()
        return dropped

    def _append(self, entry: Entry) -> None:
        if torn := self.segments.mend():
            self._put(self._ours("audit.torn", bytes=torn.size, sha256=torn.sha256))
        if self.segments.is_full(self._clock()):
            self._seal()
        self._put(entry)
        self._unguarded += 1

    def _put(self, entry: Entry) -> None:
        end = self._tail()
        now = self._clock().astimezone(UTC)
        said = content(replace(entry, seq=end.seq + 1, at=now, process=self._process, prev=end.hash))
        digest = hashlib.sha256(canonical(said)).hexdigest()
        line = canonical(said | {"hash": digest, "sig": self._signer.sign(f"ignyte audit entry {digest}".encode())})
        if len(line) > LONGEST:
            raise OSError("the entry is too long")
        self.segments.append(line, end.seq + 1, now)

    def _seal(self) -> None:
        end = self._tail()
        try:
            self._keep(end)
        except Problem as problem:
            # the end of a segment must be known elsewhere before it may ever be dropped, so it goes on growing
            _logger.warning("%s", problem)
            return
        self.segments.seal(end.seq + 1, self._clock())

    def _keep(self, end: _End) -> None:
        at = self._clock().astimezone(UTC)
        keep(self.place, Checkpoint(seq=end.seq, hash=end.hash, entry_at=end.at, at=at), self._signer)

    def _tail(self) -> _End:
        line = self.segments.tail()
        if not line:
            return _End(seq=0, hash=_NONE, at="")
        try:
            found = json.loads(line)
            said = {name: value for name, value in found.items() if name not in ("hash", "sig")}
            if hashlib.sha256(canonical(said)).hexdigest() == found["hash"]:
                return _End(seq=int(found["seq"]), hash=str(found["hash"]), at=str(found["at"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        raise Stop("its last line was changed.", to="audit log", do_next="Run `ignyte audit verify`.")

    def _ours(self, verb: str, **details: str | int) -> Entry:
        return draft(Phase.EVENT, service("audit"), verb, "audit log", self._clock(), details=details)


def draft(  # noqa: PLR0913 -- one argument a fact
    phase: Phase,
    actor: Actor,
    verb: str,
    target: str,
    at: datetime,
    *,
    id: str = "",  # noqa: A002 -- the entry's own name for it
    workspace: str = "",
    reason: str = "",
    details: Mapping[str, Detail] | None = None,
) -> Entry:
    """An entry whose place in the chain is not known yet."""
    return Entry(
        seq=0,
        at=at,
        id=id,
        phase=phase,
        actor=actor,
        verb=verb,
        target=target,
        workspace=workspace,
        reason=reason,
        result="",
        details=details or {},
        process="",
        prev="",
    )


def _unwritable(what: str) -> Refused:
    do_next = "What can't be audited is not done. Run `ignyte audit verify`, and see whether the disk is full."
    return Refused(what, to="audit log", do_next=do_next)
