"""The record of questions: who asked what of which tables, and how it ended. Never what was found, nor the SQL."""

import os
import pwd
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from resources.errors import Stop


def asker() -> str:
    """The user of the operating system who runs this process; variables of the environment can't change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


class Question:
    """One question on its way: on record once the block begins, its outcome once it ends."""

    def __init__(self, notes: "Notes", tables: Sequence[str]) -> None:
        self._notes, self._tables = notes, list(tables)
        self._id = f"q_{secrets.token_hex(8)}"
        self._found: dict[str, int] = {}

    def found(self, **counts: int) -> None:
        """Adds to what the outcome will say: counts only."""
        self._found.update(counts)

    def __enter__(self) -> Self:
        """Notes the question.

        Raises:
            Stop: it could not be noted, so it must not be answered.
        """
        self._notes.append({"event": "asked", "question": self._id, "tables": self._tables})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        outcome = "answered" if kind is None else kind.__name__
        self._notes.append({"event": "ended", "question": self._id, "outcome": outcome, **self._found})


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Appends one line of JSON an event to `queries.jsonl` in the home's audit folder. `via` is the way of asking."""

    home: Path
    workspace_id: str
    via: str
    clock: Callable[[], datetime]
    who: str = field(default_factory=asker)

    def question(self, tables: Sequence[str]) -> Question:
        """A question about these tables, entered by `with` before it is answered."""
        return Question(self, tables)

    def turned_away(self, outcome: str) -> None:
        """Notes a question that never got as far as reading anything, with the kind of its problem."""
        self.append({"event": "turned_away", "outcome": outcome})

    def append(self, said: dict[str, Any]) -> None:
        """Writes one line; see `Question`."""
        facts = {"at": self.clock(), "who": self.who, "workspace_id": self.workspace_id, "via": self.via}
        line = orjson.dumps({**facts, **said}, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
        file = self.home / "audit" / "queries.jsonl"
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # one write of a short line to a file opened for appending stays whole beside other writers
            descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            do_next = "Make room there, and see that the folder is yours."
            raise Stop(f"can't be written ({error.strerror}).", to="the record of questions", do_next=do_next) from None
