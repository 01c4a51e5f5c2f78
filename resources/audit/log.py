"""The one way to append to the audit log."""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from resources.audit import entries
from resources.audit.checkpoints import Checkpoint, Place, keep
from resources.audit.entries import Actor, Detail, Entry, Phase, Result, person
from resources.audit.open_acts import OpenAct, OpenActs
from resources.audit.segments import Segments
from resources.audit.signing import PUBLIC_NAME, Signer
from resources.door.redaction import redact
from resources.errors import Problem, Refused, Stop
from resources.warehouse.holding import myself

_EVERY: Final = 50  # entries from one checkpoint to the next
_LONGEST_REASON: Final = 1000
# a person who looks at these says why, beforehand
SENSITIVE: Final = frozenset({"credential.read", "personal.read", "personal.export", "key.destroy"})
_logger: Final = logging.getLogger(__name__)


class Act:
    """One act on its way: its intent is in the log once the block begins, its outcome once it ends."""

    def __init__(self, log: "AuditLog", entry: Entry, *, begun: bool = False) -> None:
        self._log, self._entry, self._begun = log, entry, begun
        self._found: dict[str, Detail] = {}

    @property
    def id(self) -> str:
        return self._entry.id

    def found(self, **details: Detail) -> None:
        """Adds to what the outcome will say; no secret and no personal data."""
        self._found.update(details)

    def __enter__(self) -> Self:
        """Writes the intent.

        Raises:
            Refused: it can't be written, so the act does not happen; or a reason is missing.
        """
        if not self._begun:
            self._log.begin(self._entry)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        result = Result.DONE if error is None else Result.REFUSED if isinstance(error, Refused) else Result.FAILED
        if error is not None:
            # only a problem's own text is fit for a log
            self.found(why=redact(str(error)) if isinstance(error, Problem) else type(error).__name__)
        outcome = replace(self._entry, phase=Phase.OUTCOME, result=result.value, details=self._found)
        try:
            self._log.end(outcome)
        except Problem:
            if error is None:
                raise
            _logger.exception("The outcome of %s could not be written.", self._entry.id)


class AuditLog:
    """The log of one home. `me` is who acts where nothing else is said. Several processes may append."""

    def __init__(  # noqa: PLR0913 -- each is one thing that only the caller can decide
        self,
        folder: Path,
        signer: Signer,
        place: Place,
        clock: Callable[[], datetime],
        *,
        me: Actor | None = None,
        new_id: Callable[[], str] = lambda: f"act_{secrets.token_hex(8)}",
    ) -> None:
        self.me = me or person()
        self.place, self.segments = place, Segments(folder)
        self._signer, self._clock, self._new_id = signer, clock, new_id
        self._process = myself()
        self._open = OpenActs(folder / "open", self._process)
        self._unguarded = 0

    def act(  # noqa: PLR0913 -- one argument a fact
        self,
        verb: str,
        target: str,
        *,
        actor: Actor | None = None,
        workspace_id: str = "",
        reason: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> Act:
        """An act to be entered by `with`. `verb` is like "datasource.pause", `target` like "datasource ds_…"."""
        return Act(self, self._entry(Phase.INTENT, actor, verb, target, workspace_id, reason, details))

    def event(  # noqa: PLR0913 -- as above
        self,
        verb: str,
        target: str,
        *,
        actor: Actor | None = None,
        workspace_id: str = "",
        reason: str = "",
        details: Mapping[str, Detail] | None = None,
    ) -> None:
        """Writes down what simply happened.

        Raises:
            Refused: it can't be written.
        """
        with self._writable():
            self._append(self._entry(Phase.EVENT, actor, verb, target, workspace_id, reason, details))
        self._regularly()

    def entries(self) -> Iterator[Entry]:
        """Every line that can be read, oldest first; whether they are genuine is the verifier's question."""
        return (entries.read(line) for line in self.segments.lines())

    def begin(self, entry: Entry) -> None:
        """Writes an intent; see `Act`."""
        if entry.verb in SENSITIVE and entry.actor.kind == "person" and not entry.reason.strip():
            raise Refused("a person needs a reason for it.", to=f"{entry.verb} of {entry.target}", do_next="Say why.")
        with self._writable():
            # noted first: a crash from here on leaves either an intent that is missed, or a note that is not
            self._open.note(entry)
            self._append(entry)

    def end(self, entry: Entry) -> None:
        """Writes an outcome; see `Act`."""
        with self._writable():
            self._append(entry)
            self._open.strike(entry.id)
        self._regularly()

    def left_open(self, verb: str = "") -> list[OpenAct]:
        """Acts whose process died before it could say how they ended, of one verb or all."""
        return [each for each in self._open.orphans() if verb in ("", each.entry.verb)]

    def taken_up(self, orphan: OpenAct) -> Act | None:
        """An act that a dead process left, to be carried to its end here; None if another process was first."""
        with self._writable():
            if not self._open.claim(orphan) or not self._holds(orphan.entry.id):
                return None
        return Act(self, orphan.entry, begun=True)

    def settle(self, *, resumable: frozenset[str] = frozenset()) -> int:
        """Closes what dead processes left open, but for acts that can be carried on. Returns how many."""
        closed = 0
        for orphan in self.left_open():
            if orphan.entry.verb in resumable:
                continue
            with self._writable():
                if self._open.claim(orphan) and self._holds(orphan.entry.id):
                    result = Result.UNFINISHED.value
                    self._append(replace(orphan.entry, phase=Phase.OUTCOME, result=result, details={}))
                    closed += 1
                self._open.strike(orphan.entry.id)
        return closed

    def checkpoint(self) -> None:
        """Writes a checkpoint of the newest line.

        Raises:
            TryLater: the second place does not take it.
        """
        with self._writable():
            tail = self._tail()
        if tail is not None:
            self._keep(tail[0], tail[1], "regular")
        self._unguarded = 0

    def close(self) -> None:
        """Leaves a checkpoint behind if anything was written since the last."""
        if self._unguarded:
            self._try_checkpoint()

    def _entry(  # noqa: PLR0913 -- as above
        self,
        phase: Phase,
        actor: Actor | None,
        verb: str,
        target: str,
        workspace_id: str,
        reason: str,
        details: Mapping[str, Detail] | None,
    ) -> Entry:
        if len(reason) > _LONGEST_REASON:
            raise Refused("the reason is too long.", to=verb, do_next=f"Say it in {_LONGEST_REASON} characters.")
        return Entry(
            seq=0,
            at=self._clock().astimezone(UTC),
            id=self._new_id(),
            phase=phase,
            actor=actor or self.me,
            verb=verb,
            target=target,
            workspace=workspace_id,
            reason=reason.strip(),
            result="",
            details=details or {},
            process=self._process,
            prev="",
        )
