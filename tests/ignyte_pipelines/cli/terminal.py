"""A person at a terminal: types a command, reads what it answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from typer.testing import CliRunner

from ignyte_pipelines.cli import app


class Typed:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:  # noqa: ANN401 -- JSON has any shape
        return orjson.loads(self.out)


Type = Callable[..., Typed]


def typed(*words: str, given: str = "", columns: int = 120, home: Path | None = None) -> Typed:
    env = {"COLUMNS": str(columns), **({"IGNYTE_HOME": str(home)} if home else {})}
    done = CliRunner(env=env).invoke(app, list(words), input=given, catch_exceptions=False)
    return Typed(done.exit_code, done.stdout, done.stderr)
