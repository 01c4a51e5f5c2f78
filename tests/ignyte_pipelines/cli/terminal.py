"""A person at a terminal: types a command, reads what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from typer.testing import CliRunner

from ignyte_pipelines.cli import app

SYNCED: Final = ("shopify", "meta_ads", "stripe")


class Typed:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:  # noqa: ANN401 -- JSON has any shape
        return orjson.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class Synced:
    """A home whose workspace "brand" was synced and built once, and what that sync answered."""

    home: Path
    answer: Typed


Type = Callable[..., Typed]


def typed(*words: str, given: str = "", columns: int = 120, home: Path | None = None) -> Typed:
    env = {"COLUMNS": str(columns), **({"IGNYTE_HOME": str(home)} if home else {})}
    done = CliRunner(env=env).invoke(app, list(words), input=given, catch_exceptions=False)
    return Typed(done.exit_code, done.stdout, done.stderr)
