"""One line of the log: an actor, a verb, a target, and the only way to spell them."""

import json
import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal

Detail = str | int | bool | tuple[str, ...]
LONGEST: Final = 32 * 1024  # bytes of a line
_CLIP: Final = 500


class Phase(StrEnum):
    """An act has an intent and an outcome; an event is a fact by itself."""

    INTENT = "intent"
    OUTCOME = "outcome"
    EVENT = "event"


class Result(StrEnum):
    """How an act ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNFINISHED = "unfinished"  # its process died before it could say


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person (the account at the operating system) or a service of ours, which also runs under an account."""

    kind: Literal["person", "service"]
    name: str
    account: str
    uid: int

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.account.strip():
            raise ValueError("an actor has a name")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line. `seq` counts from 1, `prev` is the hash of the line before, `process` tells one process from another.

    `result` is empty but for outcomes; `workspace` where none is concerned. Details hold no secret and no personal
    data: of a person there is a commitment at most.
    """

    seq: int
    at: datetime
    id: str
    phase: Phase
    actor: Actor
    verb: str
    target: str
    workspace: str
    reason: str
    result: str
    details: Mapping[str, Detail]
    process: str
    prev: str


def person() -> Actor:
    """Whoever runs this process, by the account's own record: environment variables could say anything."""
    account = _account()
    return Actor(kind="person", name=account, account=account, uid=os.getuid())


def service(name: str) -> Actor:
    """A part of ours that acts by itself, and the account it runs under."""
    return Actor(kind="service", name=name, account=_account(), uid=os.getuid())


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling: sorted keys, no spaces, ASCII.

    Raises:
        TypeError: a float is in it, which has no spelling that everybody agrees on.
    """
    _no_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def content(entry: Entry) -> dict[str, Any]:
    """The entry as what is hashed and signed."""
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "id": entry.id,
        "phase": entry.phase.value,
        "actor": {
            "kind": entry.actor.kind,
            "name": entry.actor.name,
            "account": entry.actor.account,
            "uid": entry.actor.uid,
        },
        "verb": entry.verb,
        "target": entry.target,
        "workspace": entry.workspace,
        "reason": entry.reason,
        "result": entry.result,
        "details": {name: _plain(value) for name, value in entry.details.items()},
        "process": entry.process,
        "prev": entry.prev,
    }


def read(line: bytes) -> Entry:
    """The entry in a line that was written by this module; whether it is genuine is the verifier's question.

    Raises:
        ValueError: it is no such line.
    """
    found = json.loads(line)
    try:
        return Entry(
            **{name: found[name] for name in ("seq", "id", "verb", "target", "workspace", "reason", "process", "prev")},
            at=datetime.fromisoformat(found["at"]),
            phase=Phase(found["phase"]),
            actor=Actor(**found["actor"]),
            result=found["result"],
            details={
                key: tuple(value) if isinstance(value, list) else value for key, value in found["details"].items()
            },
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not an entry of the audit log") from error


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # containers run under numbers that nobody named
        return f"uid-{os.getuid()}"


def _plain(value: Detail) -> str | int | bool | list[str]:
    if isinstance(value, tuple):
        return [each[:_CLIP] for each in value]
    return value[:_CLIP] if isinstance(value, str) else value


def _no_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("the audit log holds no floats")
    if isinstance(value, Mapping):
        for each in value.values():
            _no_floats(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _no_floats(each)
