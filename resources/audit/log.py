"""The audit log of a home: acts with an intent and an outcome, events, and what a crash left open."""

import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypedDict, Unpack

from resources.audit import entries
from resources.audit.chain import Chain, draft
from resources.audit.checkpoints import Place
from resources.audit.entries import Actor, Detail, Entry, Phase, Result, person
from resources.audit.open_acts import OpenAct, OpenActs
from resources.audit.signing import Signer
from resources.door.redaction import redact
from resources.errors import Problem, Refused, Stop
from resources.warehouse.holding import myself

# a person who does these says why, beforehand
SENSITIVE: Final = frozenset({"credential.read", "personal.read", "personal.export", "key.destroy"})
_MAIL: Final = re.compile(r"\S@\S")
_LONGEST_REASON: Final = 1000
_logger: Final = logging.getLogger(__name__)


class Said(TypedDict, total=False):
    """What may be said of an act or event beside its verb and target; details hold no secret and no personal data."""

    actor: Actor | None
    workspace_id: str
    reason: str
    details: Mapping[str, Detail]


class Act:
    """One act on its way: its intent is in the log once the block begins, its outcome once it ends."""

    def __init__(self, log: "AuditLog", entry: Entry, *, begun: bool = False) -> None:
        self._log, self._entry, self._begun = log, entry, begun
        self._found: dict[str, Detail] = {}

    @property
    def id(self) -> str:
        return self._entry.id

    @property
    def target(self) -> str:
        return self._entry.target

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
        try:
            self._log.end(replace(self._entry, phase=Phase.OUTCOME, result=result.value, details=self._found))
        except Refused:
            if error is None:
                raise
            _logger.exception("The outcome of %s could not be written.", self.id)


class AuditLog:
    """The log of one home. `me` is who acts where nothing else is said. Several processes may append at once."""

    def __init__(
        self,
        folder: Path,
        signer: Signer,
        place: Place,
        clock: Callable[[], datetime],
        *,
        me: Actor | None = None,
        new_id: Callable[[], str] = lambda: f"act_{secrets.token_hex(8)}",
    ) -> None:
        self.me, self.public_pem = me or person(), signer.public_pem
        self.chain = Chain(folder, signer, place, clock, myself())
        self._clock, self._new_id = clock, new_id
        self._open = OpenActs(folder / "open", myself())

    def act(self, verb: str, target: str, **said: Unpack[Said]) -> Act:
        """An act, entered by `with`. `verb` is like "datasource.pause", `target` like "datasource ds_…"."""
        return Act(self, self._draft(Phase.INTENT, verb, target, **said))

    def event(self, verb: str, target: str, **said: Unpack[Said]) -> None:
        """Writes down what simply happened.

        Raises:
            Refused: it can't be written.
        """
        with self.chain.writing() as write:
            write(self._draft(Phase.EVENT, verb, target, **said))
        self.chain.regularly()

    def entries(self) -> Iterator[Entry]:
        """Every line, oldest first; whether they are genuine is the verifier's question.

        Raises:
            Stop: a line can't be read.
        """
        for number, line in enumerate(self.chain.segments.lines(), start=1):
            try:
                yield entries.read(line)
            except ValueError:
                to = f"line {number} of the audit log"
                raise Stop("it can't be read.", to=to, do_next="Run `ignyte audit verify`.") from None

    def begin(self, entry: Entry) -> None:
        """Writes an intent; see `Act`."""
        if entry.verb in SENSITIVE and entry.actor.kind == "person" and not entry.reason:
            raise Refused("a person needs a reason for it.", to=f"{entry.verb} of {entry.target}", do_next="Say why.")
        with self.chain.writing() as write:
            # noted first: so a crash leaves at worst a note without its intent, never an intent that nobody misses
            self._open.note(entry)
            write(entry)

    def end(self, entry: Entry) -> None:
        """Writes an outcome; see `Act`."""
        with self.chain.writing() as write:
            write(entry)
            self._open.strike(entry.id)
        self.chain.regularly()

    def left_open(self, verb: str = "") -> list[OpenAct]:
        """Acts, of one verb or any, whose process died before it could say how they ended."""
        return [each for each in self._open.orphans() if verb in ("", each.entry.verb)]

    def taken_up(self, orphan: OpenAct) -> Act | None:
        """An act that a dead process left, to be carried to its end here; None if there is nothing to carry on."""
        with self.chain.writing():
            if not self._open.claim(orphan):
                return None
            if self._phases(orphan.entry.id) != [Phase.INTENT]:
                # it never began, or had ended: the note alone was left
                self._open.strike(orphan.entry.id)
                return None
        return Act(self, orphan.entry, begun=True)

    def settle(self, carried_on: frozenset[str] = frozenset()) -> int:
        """Closes as unfinished what dead processes left open, but for the verbs that are carried on elsewhere."""
        closed = 0
        for orphan in self.left_open():
            if orphan.entry.verb not in carried_on and self.taken_up(orphan):
                self.end(replace(orphan.entry, phase=Phase.OUTCOME, result=Result.UNFINISHED.value, details={}))
                closed += 1
        return closed

    def close(self) -> None:
        """Leaves a checkpoint behind if anything was written since the last."""
        self.chain.guard()

    def _phases(self, act_id: str) -> list[Phase]:
        needle = f'"id":"{act_id}"'.encode()
        return [entries.read(line).phase for line in self.chain.segments.lines() if needle in line]

    def _draft(self, phase: Phase, verb: str, target: str, **said: Unpack[Said]) -> Entry:
        reason = said.get("reason", "").strip()
        if len(reason) > _LONGEST_REASON:
            raise Refused("the reason is too long.", to=verb, do_next=f"Say it in {_LONGEST_REASON} characters.")
        if _MAIL.search(reason):
            what = "the reason names an e-mail address, and what this log says is kept for years."
            raise Refused(what, to=verb, do_next="Name a ticket or a request instead.")
        return draft(
            phase,
            said.get("actor") or self.me,
            verb,
            target,
            self._clock(),
            id=self._new_id(),
            workspace=said.get("workspace_id", ""),
            reason=reason,
            details=said.get("details"),
        )
