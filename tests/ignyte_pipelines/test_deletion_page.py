"""What the page on deletion tells people to type is what the program takes; its numbers are those of the code."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from assets.privacy.requests import WATCHED
from ignyte_pipelines.analysts_page import commands
from ignyte_pipelines.cli import app
from resources.audit.chain import FLOOR
from resources.control_plane.workspaces import GRACE_DAYS
from resources.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "deletion.md").read_text()
README = (ROOT / "README.md").read_text()
TYPED = [command for command in commands(PAGE) if command.startswith("ignyte ")]
NAMED = sorted(set(re.findall(r"`(ignyte [a-z]+[^`]*)`", PAGE)))


# typer carries a click of its own
WrongUsage = typer.BadParameter.__bases__[0]


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and those that are left for it."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        assert words[0] in command.commands, words
        command, words = command.commands[words[0]], words[1:]
    return command, words


def parsed(words: list[str]) -> Any:  # noqa: ANN401 -- as above
    """Parses as the program would, and runs nothing."""
    command, rest = found(words)
    return command.make_context(command.name, list(rest))


@pytest.mark.parametrize("command", TYPED)
def test_what_is_typed_is_a_command_of_the_program(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)[1:]
    for word in words:
        if word.endswith(".json"):
            Path(word).touch()
    assert parsed(words).command.callback is not None


@pytest.mark.parametrize("command", NAMED)
def test_what_is_named_in_passing_is_one_too(command: str) -> None:
    named, words = found(shlex.split(command)[1:])
    options = {name for each in named.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_the_walk_is_whole() -> None:
    begun = [" ".join(shlex.split(command)[1:3]) for command in TYPED]
    wanted = ["sandbox people", "backup create", "privacy erase", "certificate verify", "sync demo", "backup restore"]
    assert [each for each in [*wanted, "workspace delete"] if each not in begun] == []


def test_a_command_or_an_option_that_is_not_there_is_noticed() -> None:
    with pytest.raises(AssertionError):
        parsed(["privacy", "vanish", "demo"])
    with pytest.raises(WrongUsage):
        parsed(["privacy", "erase", "demo", "--carefully"])


def test_the_numbers_are_those_of_the_code() -> None:
    days = {name: int(number) for name, number in re.findall(r"^\| ([^|]+?) +\| (\d+) days", PAGE, re.MULTILINE)}
    assert days["a cancelled workspace"] == GRACE_DAYS
    assert days["backups"] == Settings().backup_days
    assert days["the audit log"] == FLOOR.days
    assert [each.days for each in WATCHED] == [7, 3, 1]
    assert "seven, three and one days" in PAGE


def test_the_readme_leads_here() -> None:
    assert "docs/deletion.md" in README
    for group in ("privacy", "retention", "certificate", "backup", "lineage"):
        assert f"ignyte {group}" in README
