"""How the program starts, how it describes itself, and how it ends when nobody foresaw why."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from terminal import Type

from ignyte_pipelines.cli import app
from ignyte_pipelines.cli.failures import last_words, tell
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater

SLOW_TO_IMPORT = {
    *("alembic", "boto3", "dagster", "dbt", "dlt", "duckdb", "graphql"),
    *("pandas", "pyarrow", "pydantic", "requests", "sqlalchemy"),
}
CANARY = "shpat_0123456789abcdef0123456789abcdef"


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 -- typer keeps its types to itself
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def run_python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603 -- our own script


ALL = dict(commands(typer.main.get_command(app)))


def test_the_help_imports_nothing_that_takes_long() -> None:
    script = (
        "import sys\nfrom ignyte_pipelines.cli import app\n"
        "try: app(['--help'])\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {SLOW_TO_IMPORT!r} if name in sys.modules])"
    )
    done = run_python(script)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert "Start here" in done.stdout


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_says_what_it_does_and_speaks_json(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help
    options = [option for parameter in command.params for option in parameter.opts]
    assert "--json" in options


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_any_terminal(ignyte: Type, columns: int) -> None:
    assert ignyte("--help", columns=columns).code == 0


@pytest.mark.parametrize(("kind", "code"), [(TryLater, 1), (AskAgain, 1), (Stop, 1), (Refused, 3)])
def test_each_kind_of_problem_has_its_code(kind: type[Problem], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(kind("[bold]it[/] broke.", to="a thing", do_next="Mend it."), as_json=True) == code
    shown = capsys.readouterr()
    assert f'"kind": "{kind.__name__}"' in shown.out
    assert "a thing: [bold]it[/] broke." in shown.err
    assert "Mend it." in shown.err


def test_what_nobody_foresaw_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        Path(CANARY).read_text()
    except FileNotFoundError as error:
        last_words(type(error), error, error.__traceback__)
    shown = capsys.readouterr()
    assert "Unexpected FileNotFoundError at tests/ignyte_pipelines/cli/test_cli_start.py:" in shown.err
    assert CANARY not in shown.err + shown.out
    assert "Traceback" not in shown.err


@pytest.mark.usefixtures("home")
def test_a_real_process_ends_in_one_line_and_code_1() -> None:
    script = (
        "import sys\nfrom ignyte_pipelines.cli import app, platforms\n"
        f"def broken(): raise KeyError('{CANARY}')\n"
        "app.command('broken')(broken)\nsys.argv = ['ignyte', 'broken']\napp()"
    )
    done = run_python(script)
    assert done.returncode == 1
    assert done.stderr.startswith("Unexpected KeyError at ")
    assert CANARY not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_setting_that_is_no_good_is_wrong_usage(ignyte: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_DATABASE_URL", f"mysql://someone:{CANARY}@host/db")
    done = ignyte("workspace", "list")
    assert done.code == 2
    assert "IGNYTE_DATABASE_URL" in done.err
    assert CANARY not in done.err + done.out
