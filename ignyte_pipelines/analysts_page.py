"""The analysts' page: its commands are run, and what they answered is written under them."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from resources.settings import Settings

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "analysts.md"
_BLOCK: Final = re.compile(r"```console\n(.*?)```", re.DOTALL)
_COLUMNS: Final = "110"
_SECONDS: Final = 120


def commands(document: str) -> list[str]:
    """The commands of the document, in order."""
    return [line[2:] for block in _BLOCK.findall(document) for line in block.splitlines() if line.startswith("$ ")]


def run(command: str, home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs one command of the program in `folder`, where the project's documents seem to lie as well."""
    words = [str(ROOT / word) if word.startswith("docs/") else word for word in shlex.split(command)[1:]]
    return subprocess.run(  # noqa: S603 -- our own program, with the words of our own page
        [sys.executable, "-c", "from ignyte_pipelines.cli import app; app()", *words],
        cwd=folder,
        env={**os.environ, "IGNYTE_HOME": str(home), "COLUMNS": _COLUMNS},
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


def with_outputs(document: str, home: Path) -> str:
    """The document with what each command answers now."""
    with tempfile.TemporaryDirectory() as folder:
        return _BLOCK.sub(lambda block: _answered(block[1], home, Path(folder)), document)


def _answered(block: str, home: Path, folder: Path) -> str:
    lines = []
    for command in (line[2:] for line in block.splitlines() if line.startswith("$ ")):
        done = run(command, home, folder)
        answer = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).strip("\n").splitlines())
        lines += [f"$ {command}", answer]
    return "```console\n" + "\n".join(lines) + "\n```"


def main() -> None:
    PAGE.write_text(with_outputs(PAGE.read_text(), Settings().home))
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
