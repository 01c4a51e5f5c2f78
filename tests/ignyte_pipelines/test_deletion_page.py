"""What the page on deletion tells people to type is what the program takes, and what it promises is what the code says."""

import re
import shlex
from pathlib import Path

import click
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


def parsed(words: list[str]) -> click.Context:
    """Parses as the program would, and runs nothing.

    Raises:
        click.UsageError: there is no such command, option or argument.
    """
    command: click.Command = typer.main.get_command(app)
    context = click.Context(command, info_name="ignyte")
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no such command: {name}")
        command, context = found, click.Context(found, parent=context, info_name=name)
    return command.make_context(context.info_name, words)


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
    words = shlex.split(command)[1:]
    tree: click.Command = typer.main.get_command(app)
    for word in words:
        if isinstance(tree, click.Group):
            found = tree.get_command(click.Context(tree), word)
            assert found is not None, command
            tree = found
    options = {name for each in tree.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_the_walk_is_whole() -> None:
    begun = [" ".join(shlex.split(command)[1:3]) for command in TYPED]
    wanted = ["sandbox people", "backup create", "privacy erase", "certificate verify", "sync demo", "backup restore"]
    assert [each for each in [*wanted, "workspace delete"] if each not in begun] == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        parsed(["privacy", "vanish", "demo"])
    with pytest.raises(click.UsageError):
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
