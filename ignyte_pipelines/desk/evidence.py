"""What stands behind a statement: tests that exist, checks that hold now, commands. Without it there is no paper."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer

ROOT: Final = Path(__file__).parents[2]
ANY: Final = "*"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement with its evidence.

    `tests` are like `tests/x/test_y.py::test_z` (or `::*`), `checks` are guarantees of `ignyte doctor` by their names,
    `commands` are what shows it, `code` where it is done. One of the first three is there, or it is a plain "no".
    """

    text: str
    tests: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    code: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        return (*self.tests, *(f"ignyte doctor: {check}" for check in self.checks), *self.commands)


def faults(claims: Iterable[Claim], verdicts: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each piece of evidence that is not there, or does not hold now.

    `verdicts` has the doctor's findings by guarantee: "holds", "note" or "broken".
    """
    for claim in claims:
        yield from (f"{test}: there is no such test." for test in claim.tests if not is_test(test))
        yield from (f"{place}: there is no such file." for place in claim.code if not (ROOT / place).exists())
        yield from (f"{words}: there is no such command." for words in claim.commands if not is_command(words))
        for check in claim.checks:
            verdict = verdicts.get(check, "unknown to ignyte doctor")
            if verdict not in ("holds", "note"):
                yield f"{check}: {verdict}."


def is_test(name: str) -> bool:
    """Whether the test is in the tree; `::*` asks for a file with at least one."""
    place, _, test = name.partition("::")
    tests = _tests_in(place)
    return bool(tests) if test == ANY else test in tests


@cache
def _tests_in(place: str) -> frozenset[str]:
    file = ROOT / place
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes: list[ast.AST] = [
        *tree.body,
        *(inner for node in tree.body if isinstance(node, ast.ClassDef) for inner in node.body),
    ]
    machines = {
        each.targets[0].id
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    }
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef)} | machines
    return frozenset(name for name in names if name.lower().startswith("test"))


def is_command(words: str) -> bool:
    """Whether the words begin with a command of the program, or of make."""
    program, *rest = words.split()
    if program == "make":
        return bool(rest) and f"\n{rest[0]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    if program != "ignyte":
        return False
    from ignyte_pipelines.cli import app  # noqa: PLC0415 -- the program imports this room

    command: Any = typer.main.get_command(app)
    for word in rest:
        below = getattr(command, "commands", None)
        if below is None:
            return True
        if word not in below:
            return False
        command = below[word]
    return getattr(command, "commands", None) is None
