"""The record of questions: who asked what of which tables, and how it ended. Never what was found, nor the SQL."""

import os
import pwd
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from resources.errors import Stop


def asker() -> str:
    """The user of the operating system who runs this process; variables of the environment can't change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Appends one line of JSON an event to `queries.jsonl` in the home's audit folder. `via` is the way of asking."""

    home: Path
    workspace_id: str
    via: str
    who: str = field(default_factory=asker)

    def asked(self, tables: Sequence[str], now: datetime) -> str:
        """Notes a question before it is answered; returns the id under which its outcome is noted.

        Raises:
            Stop: it could not be noted, so it must not be answered.
        """
        question = f"q_{secrets.token_hex(8)}"
        self._append(now, {"event": "asked", "question": question, "tables": list(tables)})
        return question

    def ended(self, question: str, outcome: str, now: datetime, *, rows: int | None = None) -> None:
        """Notes how a question ended: "answered" with its rows, or the name of the problem."""
        self._append(now, {"event": "ended", "question": question, "outcome": outcome, "rows": rows})

    def turned_away(self, outcome: str, now: datetime) -> None:
        """Notes a question that never got as far as reading anything."""
        self._append(now, {"event": "turned_away", "outcome": outcome})

    def _append(self, now: datetime, said: dict[str, Any]) -> None:
        facts = {"at": now, "who": self.who, "workspace_id": self.workspace_id, "via": self.via}
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
