"""Readers of the platforms of visits, messages and subscriptions, and the replies that others recorded of them."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from reading_feeds import Reader, Row

from resources.connecting import key_grant
from resources.operations import Purpose
from resources.platform import OAuth, Platform
from resources.reading import Reply
from sandbox.serve import Sandbox

SHARED = os.environ.get("IGNYTE_SHARED", "")
WHY = "IGNYTE_SHARED does not say where the specs and examples are"
UNTIL = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)


def reader(declared: Platform, sandbox: Sandbox, scratch: Path, label: str = "read_only") -> Reader:
    """A reader that is connected, by consent or with the key of that label."""
    made = Reader(declared=declared, sandbox=sandbox, scratch=scratch)
    if isinstance(declared.auth, OAuth):
        made.connect()
        return made
    keys = sandbox.apps[declared.key].keys
    assert keys is not None
    made.grant = key_grant(declared, f"  {keys.of_epoch(sandbox.state.epoch(declared.key))[label]}\n")
    with made.door(Purpose.PROVE, Purpose.READ) as door:
        made.account, *_ = declared.accounts(door)
    return made


def example(name: str) -> Any:  # noqa: ANN401 -- JSON has any shape
    return json.loads((Path(SHARED) / "examples" / name).read_bytes())


def spec(name: str) -> Any:  # noqa: ANN401 -- as above
    return json.loads((Path(SHARED) / "specs" / name).read_bytes())


def reply(status: int, body: object, to: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, headers=named, body=text, to=to)


def only(rows: list[Row], **wanted: object) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]
