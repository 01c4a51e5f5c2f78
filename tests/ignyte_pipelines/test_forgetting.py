"""What Dagster keeps of a workspace is gone once it is forgotten, down to the bytes; what it keeps of others is not."""

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from pydantic import SecretStr
from sqlalchemy import create_engine, inspect, text

from assets.labels import DATASOURCE_TAG, WORKSPACES, partitioned_check
from ignyte_pipelines.configuration import URL_VARIABLE
from ignyte_pipelines.forgetting import FORGOTTEN, forget_runs
from ignyte_pipelines.instance import instance, register_workspace
from ignyte_pipelines.jobs import PURGE
from resources.settings import Settings

GOES, STAYS, SOURCE = "ws_00000000000000aa", "ws_00000000000000bb", "ds_00000000000000cc"
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
Read = Callable[[], str]


@dg.asset(
    partitions_def=WORKSPACES,
    check_specs=[partitioned_check(name="whole", asset=dg.AssetKey("orders"), description="It is whole.")],
)
def orders(context: dg.AssetExecutionContext) -> Iterator[Any]:
    yield dg.MaterializeResult(metadata={"of": context.partition_key}, tags={"of": context.partition_key})
    yield dg.AssetCheckResult(check_name="whole", passed=True, metadata={"of": context.partition_key})


@dg.asset
def ledger() -> None: ...


SYNC = dg.define_asset_job("sync", dg.AssetSelection.assets(orders))
DEFINITIONS = dg.Definitions(
    assets=[orders, ledger],
    jobs=[SYNC, dg.define_asset_job(PURGE, dg.AssetSelection.assets(ledger))],
    executor=dg.in_process_executor,
)


def run(dagster: dg.DagsterInstance, job: str, workspace: str, tags: dict[str, str]) -> str:
    partition = None if job == PURGE else workspace
    if partition:
        register_workspace(dagster, partition)
    resolved = DEFINITIONS.resolve_job_def(job)
    return resolved.execute_in_process(SILENT, dagster, partition_key=partition, tags=tags).run_id


def sensed(dagster: dg.DagsterInstance, workspace: str) -> None:
    """A sensor ticked, and stands at a place that names a datasource of each."""
    home = LoadableTargetOrigin(module_name="definitions")
    place = RemoteRepositoryOrigin(ManagedGrpcPythonEnvCodeLocationOrigin(home), "definitions")
    origin = RemoteInstigatorOrigin(place, "due_syncs")
    stands = SensorInstigatorData(last_run_key=f"{SOURCE}@1", cursor=f'["{SOURCE}@1", "ds_of_another@1"]')
    dagster.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, stands))
    tick = TickData(
        instigator_origin_id=origin.get_id(),
        instigator_name="due_syncs",
        instigator_type=InstigatorType.SENSOR,
        status=TickStatus.SUCCESS,
        timestamp=time.time(),
        run_ids=[],
        run_keys=[f"{SOURCE}@1", f"checks:{workspace}:1", "ds_of_another@1"],
        selector_id=origin.get_selector().get_id(),
    )
    dagster.create_tick(tick)


def lived(dagster: dg.DagsterInstance) -> list[str]:
    """Runs of both workspaces, one after the other, so that the newest of all is of the one that goes."""
    runs = [run(dagster, "sync", each, {DATASOURCE_TAG: SOURCE}) for each in (GOES, GOES)]
    run(dagster, "sync", STAYS, {DATASOURCE_TAG: "ds_of_another"})
    runs.append(run(dagster, "sync", GOES, {DATASOURCE_TAG: SOURCE}))
    materialized = dg.AssetMaterialization(asset_key="by_hand", partition=GOES, metadata={"of": SOURCE})
    dagster.report_runless_asset_event(materialized)
    sensed(dagster, GOES)
    # what Dagster writes beside an asset when its pages are looked at
    dagster.update_asset_cached_status_data(dg.AssetKey("orders"), _noted())
    return runs


def _noted() -> Any:  # noqa: ANN401 -- Dagster's own
    from dagster._core.storage.partition_status_cache import AssetStatusCacheValue  # noqa: PLC0415 -- as above

    return AssetStatusCacheValue(latest_storage_id=1, serialized_materialized_partition_subset=f'["{GOES}"]')


def in_files(settings: Settings) -> str:
    """Every byte of Dagster's files, freed pages and logs included, and every cell, unpacked where it is packed."""
    found = []
    for file in sorted(path for path in settings.dagster_home.rglob("*") if path.is_file()):
        found += [file.name, file.read_bytes().decode(errors="replace")]
        if file.suffix == ".db":
            with closing(sqlite3.connect(file)) as database:
                tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                found += [cell(row) for (name,) in tables for row in database.execute(f'SELECT * FROM "{name}"')]
    return "\n".join(found)


def cell(row: tuple[object, ...]) -> str:
    return str([zlib.decompress(each) if isinstance(each, bytes) else each for each in row])


def in_tables(url: str) -> str:
    """Every cell of Dagster's tables."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = [
            cell(tuple(bytes(each) if isinstance(each, memoryview) else each for each in row))
            for name in names
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        ]
    engine.dispose()
    return "\n".join(found)


@pytest.fixture
def settings(home: Any, monkeypatch: pytest.MonkeyPatch) -> Settings:  # noqa: ANN401 -- a path, from another fixture
    for name in ("DAGSTER_HOME", URL_VARIABLE):
        monkeypatch.setenv(name, "")
    return Settings(home=home)


def forgotten(settings: Settings, read: Read) -> None:
    with instance(settings) as dagster:
        runs = lived(dagster)
        purge = run(dagster, PURGE, GOES, {"ignyte/purge": "act_1"})
        before = read()
        # the search finds what is there, each in its place
        assert [name for name in (GOES, SOURCE, STAYS, *runs, purge) if name not in before] == []
        assert forget_runs(dagster, GOES, SOURCE) == 3
        assert forget_runs(dagster, GOES, SOURCE) == 0
        left = read()
        assert [name for name in (GOES, SOURCE, *runs) if name in left] == []
        assert [name for name in (STAYS, "ds_of_another", purge, FORGOTTEN) if name not in left] == []
        assert_the_rest_works(dagster, purge)


def assert_the_rest_works(dagster: dg.DagsterInstance, purge: str) -> None:
    assert list(dagster.get_dynamic_partitions("workspace")) == [STAYS]
    key = dg.AssetKey("orders")
    newest = dagster.get_latest_materialization_event(key)
    assert newest is not None
    assert newest.asset_materialization is not None
    assert newest.asset_materialization.partition == STAYS
    assert dagster.get_materialized_partitions(key) == {STAYS}
    assert {each.run_id for each in dagster.get_runs()} == {newest.run_id, purge}
    assert not dagster.get_latest_materialization_event(dg.AssetKey("by_hand"))
    assert dagster.all_logs(purge)
    run(dagster, "sync", STAYS, {})


def test_nothing_of_it_is_left_in_any_file(settings: Settings) -> None:
    forgotten(settings, lambda: in_files(settings))


@pytest.mark.slow
def test_nothing_of_it_is_left_on_postgres(settings: Settings, postgres_url: str) -> None:
    there = settings.model_copy(update={"database_url": SecretStr(postgres_url)})
    forgotten(there, lambda: in_tables(postgres_url))


def test_a_datasource_goes_and_the_rest_of_its_workspace_stays(settings: Settings) -> None:
    with instance(settings) as dagster:
        other = run(dagster, "sync", GOES, {})
        dagster.report_engine_event(f"{SOURCE} is not read.", run_id=other, job_name="sync")
        alone = run(dagster, "sync", GOES, {DATASOURCE_TAG: SOURCE})
        assert SOURCE in in_files(settings)
        assert forget_runs(dagster, SOURCE, within=GOES) == 1
        left = in_files(settings)
        assert [name for name in (SOURCE, alone) if name in left] == []
        assert [each.run_id for each in dagster.get_runs()] == [other]
        assert dagster.get_materialized_partitions(dg.AssetKey("orders")) == {GOES}
        assert list(dagster.get_dynamic_partitions("workspace")) == [GOES]


def test_a_run_that_is_still_under_way_is_given_time_to_end(settings: Settings) -> None:
    with instance(settings) as dagster:
        made = dg.DagsterRun(job_name="sync", tags={DATASOURCE_TAG: SOURCE}, status=dg.DagsterRunStatus.STARTED)
        dagster.add_run(made)
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                dagster.report_run_failed(made)

        assert forget_runs(dagster, SOURCE, wait=wait) == 1
        assert len(waits) == 3
        dagster.add_run(made)
        assert forget_runs(dagster, SOURCE, wait=waits.append) == 1
        assert sum(waits) >= 10


def test_what_a_deletion_by_hand_left_behind_goes_too(settings: Settings) -> None:
    with instance(settings) as dagster:
        gone = run(dagster, "sync", GOES, {})
        dagster.delete_run(gone)
        assert GOES in in_files(settings)
        assert forget_runs(dagster, GOES) == 0
        assert GOES not in in_files(settings)
        assert gone not in in_files(settings)
