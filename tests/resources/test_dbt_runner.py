"""The runner on a small project of its own: one connection for each build, and nothing left behind."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from resources.dbt import PROJECT, DbtRunner, Progress, manifest_path
from resources.errors import AskAgain, Refused, Stop

Prepare = Callable[[duckdb.DuckDBPyConnection], None]
_PROJECT = """
name: little
config-version: 2
profile: ignyte_pipelines
models: {little: {+materialized: table, +database: metrics}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(_PROJECT)
    shutil.copy(PROJECT / "profiles.yml", folder)
    (folder / "models" / "firsts.sql").write_text(
        "select name, getvariable('surrogate_key') as key from memory.main.people"
    )
    (folder / "models" / "seconds.sql").write_text("select count(*) as people from {{ ref('firsts') }}")
    return folder


@pytest.fixture
def runner(project: Path, tmp_path: Path) -> DbtRunner:
    return DbtRunner(project, target_dir=tmp_path / "scratch")


def people(*names: object, key: str = "k") -> Prepare:
    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("ATTACH ':memory:' AS metrics")
        connection.execute("SET VARIABLE surrogate_key = ?", [key])
        connection.execute("CREATE TABLE people AS SELECT unnest(?::VARCHAR[]) AS name", [list(names)])

    return prepare


def seen(into: list[object]) -> Prepare:
    return lambda connection: into.extend(connection.execute("FROM metrics.main.firsts ORDER BY ALL").fetchall())


def test_builds_on_the_prepared_connection_with_its_variables(runner: DbtRunner) -> None:
    rows: list[object] = []
    result = runner.build(people("anna", "bob"), finish=seen(rows)).or_stop()
    assert rows == [("anna", "k"), ("bob", "k")]
    assert [(model.name, model.rows, model.status) for model in result.models] == [
        ("firsts", 2, "success"),
        ("seconds", 1, "success"),
    ]
    assert (result.tests, result.warnings) == ((), ())


def test_workspaces_by_turns_do_not_mix(runner: DbtRunner) -> None:
    for names, key in (("anna", "bob"), "k1"), (("cleo",), "k2"), (("anna", "bob"), "k1"):
        rows: list[object] = []
        runner.build(people(*names, key=key), finish=seen(rows)).or_stop()
        assert rows == [(name, key) for name in names]


def test_the_connection_is_closed_and_its_files_are_free(runner: DbtRunner, tmp_path: Path) -> None:
    file = tmp_path / "metrics.duckdb"
    kept: list[duckdb.DuckDBPyConnection] = []

    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        people("anna")(connection)
        connection.execute(f"DETACH metrics; ATTACH '{file}' AS metrics")
        kept.append(connection)

    runner.build(prepare).or_stop()
    with pytest.raises(duckdb.ConnectionException):
        kept[0].execute("SELECT 1")
    with duckdb.connect(str(file), read_only=True) as reopened:
        assert reopened.execute("SELECT people FROM seconds").fetchall() == [(1,)]
    assert not file.with_suffix(".duckdb.wal").exists()


def test_a_failed_model_is_no_result_to_publish(runner: DbtRunner, project: Path) -> None:
    (project / "models" / "seconds.sql").write_text("select name::integer as n from {{ ref('firsts') }}")
    (project / "models" / "thirds.sql").write_text("select * from {{ ref('seconds') }}")
    finished: list[object] = []
    result = runner.build(people("Anna Canary"), finish=finished.append)
    assert [(model.name, model.status) for model in result.models] == [
        ("firsts", "success"),
        ("seconds", "error"),
        ("thirds", "skipped"),
    ]
    assert finished == []
    with pytest.raises(Stop, match="dbt seconds") as stopped:
        result.or_stop()
    assert "Anna Canary" not in f"{stopped.value} {result}"


def test_what_the_preparation_raises_comes_back_as_it_is(runner: DbtRunner) -> None:
    def refuse(_: duckdb.DuckDBPyConnection) -> None:
        raise AskAgain("the key is gone.", to="a workspace", do_next="Connect again.")

    with pytest.raises(AskAgain, match="the key is gone"):
        runner.build(refuse)
    assert runner.build(people("anna")).ok


def test_dbt_alone_has_no_data(project: Path, tmp_path: Path) -> None:
    arguments = [
        "--log-level=none",
        "--log-level-file=none",
        f"--log-path={tmp_path}",
        "build",
        f"--target-path={tmp_path}",
    ]
    done = dbtRunner().invoke([*arguments, f"--project-dir={project}", f"--profiles-dir={project}"])
    assert isinstance(done.exception, Refused)


def test_says_nothing_and_leaves_nothing_but_its_target(
    runner: DbtRunner, project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    heard: list[Progress] = []
    runner.build(people("Anna Canary"), on_event=heard.append)
    assert capfd.readouterr() == ("", "")
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
    assert [event.name for event in heard if event.status == "success"] == ["firsts", "seconds"]
    left = [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()]
    assert left
    assert not any(b"Anna Canary" in path.read_bytes() for path in left)
    assert not any(path.suffix == ".log" or path.name == ".user.yml" for path in tmp_path.rglob("*"))


def test_selects_a_part(runner: DbtRunner) -> None:
    assert [model.name for model in runner.build(people("anna"), select=["firsts"]).models] == ["firsts"]


def test_a_broken_project_says_where(runner: DbtRunner, project: Path) -> None:
    (project / "models" / "seconds.sql").write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(Stop, match="nowhere"):
        runner.build(people("anna"))


def test_the_manifest_is_written_anew_only_when_the_project_changes(project: Path) -> None:
    first = manifest_path(project)
    written = first.stat().st_mtime_ns
    assert manifest_path(project) == first
    assert first.stat().st_mtime_ns == written
    (project / "models" / "thirds.sql").write_text("select 3 as three")
    second = manifest_path(project)
    assert second != first
    assert not first.exists()
    assert "model.little.thirds" in second.read_text()
