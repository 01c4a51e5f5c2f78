"""What Dagster loads: offline, with nothing around, and the same graph as last time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.labels import WORKSPACES
from ignyte_pipelines.definitions import defs
from resources.dbt_files import PROJECT
from resources.platforms import KEYS, platforms

ROOT = PROJECT.parent
SNAPSHOTS = Path(__file__).parent / "snapshots"

LEDGER_OF = {
    "retention": "retention_ledger",
    "erasure": "erasure_ledger",
    "purge": "purge_ledger",
    "back_up": "backups",
    "expire_backups": "backup_ledger",
}


@pytest.fixture(scope="module")
def specs() -> list[dg.AssetSpec]:
    return sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key.to_user_string())


def raw(specs: list[dg.AssetSpec]) -> list[dg.AssetSpec]:
    return [spec for spec in specs if spec.key.path[0].startswith("raw_")]


def compare(name: str, lines: Iterator[str]) -> None:
    """Against the snapshot; UPDATE_SNAPSHOTS=1 writes it anew."""
    file, found = SNAPSHOTS / name, "".join(f"{line}\n" for line in lines)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8"), (
        f"the graph changed: if it should, write {name} anew with UPDATE_SNAPSHOTS=1"
    )


def described(spec: dg.AssetSpec) -> str:
    schema = spec.metadata.get("dagster/column_schema")
    personal = [f"{c.name}:{c.tags['personal']}" for c in schema.columns if "personal" in c.tags] if schema else []
    deps = sorted(dep.asset_key.to_user_string() for dep in spec.deps)
    kinds = ",".join(sorted(spec.kinds))
    return (
        f"{spec.key.to_user_string()} [{spec.group_name}; {kinds}] <- {' '.join(deps)} ! {' '.join(personal)}".strip()
    )


def test_the_keys_are_those_of_last_time(specs: list[dg.AssetSpec]) -> None:
    compare("keys.txt", (spec.key.to_user_string() for spec in specs))


def test_the_specs_are_those_of_last_time(specs: list[dg.AssetSpec]) -> None:
    compare("specs.txt", (described(spec) for spec in specs))


def test_each_stream_is_an_asset(specs: list[dg.AssetSpec]) -> None:
    declared = {f"raw_{platform.key}/{stream.name}" for platform in platforms() for stream in platform.streams}
    assert {spec.key.to_user_string() for spec in raw(specs)} == declared


def test_every_asset_says_whose_it_is_and_what_it_holds(specs: list[dg.AssetSpec]) -> None:
    for spec in specs:
        assert spec.owners, spec.key
        assert spec.group_name not in (None, "default"), spec.key
        assert spec.description, spec.key
        assert spec.kinds or spec.group_name == "workspace", spec.key


# what the metrics' own definitions are printed from, not any platform's rows
FROM_DEFINITIONS = {"metric_catalog", "metric_columns"}


def test_every_raw_asset_shows_its_declaration(specs: list[dg.AssetSpec]) -> None:
    for spec in raw(specs):
        assert spec.code_version
        assert spec.tags["platform"] in KEYS
        schema: dg.TableSchema = spec.metadata["dagster/column_schema"]
        assert all(column.description for column in schema.columns)
        tagged = any("personal" in column.tags for column in schema.columns)
        assert spec.tags["personal_data"] == ("yes" if tagged else "no")


def test_workspaces_are_the_only_partitions() -> None:
    graph = defs.resolve_asset_graph()
    partitioned = {key: graph.get(key).partitions_def for key in graph.get_all_asset_keys()}
    assert set(partitioned.values()) == {WORKSPACES, None}
    without = {key.to_user_string() for key, made in partitioned.items() if made is None and key.path[0] != "workspace"}
    # the ledger of what is gone outlives its partition, and backups expire for all at once
    assert without == {"purge_ledger", "backup_ledger"}


def test_what_deletes_has_its_ledgers() -> None:
    graph = defs.resolve_asset_graph()
    ledgers = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).group_name == "privacy"}
    assert ledgers == {"retention_ledger", "erasure_ledger", "purge_ledger", "backups", "backup_ledger"}
    made = {job: defs.resolve_job_def(job).asset_layer.executable_asset_keys for job in LEDGER_OF}
    assert made == {job: {dg.AssetKey(ledger)} for job, ledger in LEDGER_OF.items()}


def test_lineage_leads_from_every_mart_back_to_a_raw_table() -> None:
    graph = defs.resolve_asset_graph()
    marts = [
        key
        for key in graph.get_all_asset_keys()
        if not key.path[-1].startswith(("stg_", "int_"))
        and len(key.path) == 1
        and graph.get(key).group_name != "privacy"
    ]
    assert len(marts) > 20
    for mart in marts:
        roots = dg.AssetSelection.assets(mart).upstream().resolve(graph)
        assert any(root.path[0].startswith("raw_") for root in roots) or mart.path[0] in FROM_DEFINITIONS, mart
    roots = dg.AssetSelection.assets("brand_metrics_by_date").upstream().resolve(graph)
    assert dg.AssetKey(["raw_shopify", "orders"]) in roots
    assert dg.AssetKey(["raw_stripe", "charges"]) in roots
    assert dg.AssetKey(["raw_meta_ads", "campaign_daily"]) in roots


def test_metric_definitions_are_shown_at_their_mart(specs: list[dg.AssetSpec]) -> None:
    (mart,) = [spec for spec in specs if spec.key == dg.AssetKey("brand_metrics_by_date")]
    shown = mart.metadata["metrics"].value
    assert "| net_sales | Net Sales |" in shown


def test_each_raw_table_has_the_four_checks() -> None:
    graph = defs.resolve_asset_graph()
    found = {(key.asset_key.to_user_string(), key.name) for key in graph.asset_check_keys}
    for platform in platforms():
        for stream in platform.streams:
            names = {name for key, name in found if key == f"raw_{platform.key}/{stream.name}"}
            assert names == {"fresh", "schema", "volume", "nothing_personal_undeclared"}


def test_the_jobs() -> None:
    names = {job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__")}
    assert names == {*(f"sync_{key}" for key in KEYS), "build", "everything", "checks", "deadlines", *LEDGER_OF}


@pytest.mark.slow
def test_loads_with_an_empty_environment_and_without_network_or_a_home(tmp_path: Path) -> None:
    home, script = tmp_path / "home", tmp_path / "load.py"
    home.mkdir()
    script.write_text(
        "import socket, sys\n"
        "def refuse(*_): raise OSError('no network here')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import ignyte_pipelines.definitions as loaded, dagster\n"
        "dagster.Definitions.validate_loadable(loaded.defs)\n"
    )
    where = {"HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 -- all of it is ours
        [sys.executable, "-W", "error::dagster.BetaWarning", str(script)],
        env=where,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(home.iterdir()) == []


@pytest.mark.slow
def test_dagster_validates_them_without_a_word_of_warning(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 -- all of it is ours
        [sys.executable, "-m", "dagster", "definitions", "validate", "-w", str(ROOT / "workspace.yaml")],
        env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [line for line in (done.stdout + done.stderr).splitlines() if "Warning" in line]
    # Dagster recommends another command of its own, which is a package more
    assert [line for line in said if "definitions_validate_command" not in line] == []
