"""Whole Dagster runs of a workspace on the sandbox: what is materialized, what is skipped, and what Dagster keeps."""

import dataclasses
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import PARTITION_NAME_TAG
from merchant import describe, join

from assets.labels import DATASOURCE_TAG
from assets.outside import Built, Event, Landed, Outside, Reading
from ignyte_pipelines.definitions import definitions
from ignyte_pipelines.instance import RunEnded, instance, run_everything
from resources.control_plane.facts import Connection, Datasource, Outcome, RunKind, Workspace
from resources.platforms import platform, platforms
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import open_for_reading
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox, running
from sandbox.world import World

pytestmark = pytest.mark.slow
CONNECTED = ("shopify", "meta_ads", "stripe")
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, kw_only=True)
class Played:
    """A workspace after its first run."""

    sandbox: Sandbox
    stores: Stores
    dagster: dg.DagsterInstance
    workspace: Workspace
    datasources: dict[str, Datasource]
    ended: RunEnded
    heard: list[Event]

    def materializations(self, key: dg.AssetKey) -> list[dg.AssetMaterialization]:
        only = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[self.workspace.id])
        records = self.dagster.fetch_materializations(only, limit=100).records
        return [record.asset_materialization for record in records if record.asset_materialization]

    def run(self, job: str, tags: Mapping[str, str] | None = None, *, now: datetime = NOW) -> dg.ExecuteInProcessResult:
        later = dataclasses.replace(self.stores, clock=lambda: now)
        return (
            definitions(Outside(stores=later))
            .resolve_job_def(job)
            .execute_in_process(
                run_config=SILENT,
                instance=self.dagster,
                tags=dict(tags or {}),
                raise_on_error=False,
                partition_key=None if job == "checks" else self.workspace.id,
            )
        )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("played")
    heard: list[Event] = []
    with (
        pytest.MonkeyPatch.context() as patch,
        running(World(seed=11, days=40, orders_per_day=8, today=NOW.date())) as sandbox,
    ):
        for name in ("DAGSTER_HOME", "IGNYTE_HOME"):
            patch.setenv(name, str(home))
        describe(sandbox, home)
        with (
            open_stores(Settings(home=home), clock=lambda: NOW) as stores,
            instance(stores.settings) as dagster,
        ):
            workspace = stores.plane.workspaces.create("Juniper", now=NOW)
            datasources = {key: join(stores, sandbox, workspace, key)[0] for key in CONNECTED}
            ended = run_everything(dagster, stores, workspace, tell=heard.append)
            yield Played(
                sandbox=sandbox,
                stores=stores,
                dagster=dagster,
                workspace=workspace,
                datasources=datasources,
                ended=ended,
                heard=heard,
            )


@pytest.fixture(autouse=True)
def no_faults(played: Played) -> Iterator[None]:
    yield
    played.sandbox.state.faults.clear()


def raw_keys(key: str, *, absent: bool = False) -> list[dg.AssetKey]:
    declared = platform(key)
    return [dg.AssetKey([declared.schema, stream.name]) for stream in declared.streams if bool(stream.needs) is absent]


def test_one_run_syncs_and_builds(played: Played) -> None:
    assert played.ended.ok, played.ended.failures
    assert played.ended.built
    assert len(played.ended.run_ids) == 1


@pytest.mark.parametrize("key", CONNECTED)
def test_each_table_is_materialized_with_what_a_person_wants_to_know(played: Played, key: str) -> None:
    for asset in raw_keys(key):
        (made,) = [each for each in played.materializations(asset) if each.metadata["rows_landed"].value != 0][-1:]
        assert made.partition == played.workspace.id
        assert made.metadata["dagster/row_count"].value == made.metadata["rows_landed"].value
        assert made.metadata["datasources"].value == {
            played.datasources[key].id: {"rows": made.metadata["rows_landed"].value, "generation": 1}
        }
        assert made.metadata["refusals_of_sync"].value == 0
        assert made.metadata["last_sync"].value == NOW.timestamp()


def test_a_stream_that_was_not_opted_in_and_a_platform_that_is_not_connected_are_skipped(played: Played) -> None:
    absent = [asset for key in CONNECTED for asset in raw_keys(key, absent=True)]
    others = [platform_.key for platform_ in platforms() if platform_.key not in CONNECTED]
    assert absent
    for asset in [*absent, *(asset for key in others for asset in raw_keys(key))]:
        assert played.materializations(asset) == []


def test_the_marts_are_materialized_and_published(played: Played) -> None:
    (made, *_) = played.materializations(dg.AssetKey("brand_metrics_by_date"))
    assert int(str(made.metadata["dagster/row_count"].value)) > 30
    published = played.stores.plane.files.published(played.workspace.id)
    assert published is not None


def test_every_check_of_the_first_run_passed(played: Played) -> None:
    logs = played.dagster.all_logs(played.ended.run_ids[0], of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    events = [record.dagster_event.asset_check_evaluation_data for record in logs if record.dagster_event]
    assert {event.partition for event in events} == {played.workspace.id}
    assert [event.asset_check_key for event in events if not event.passed] == []
    names = {(event.asset_key.to_user_string(), event.check_name) for event in events}
    assert ("raw_shopify/orders", "nothing_personal_undeclared") in names
    assert ("raw_stripe/charges", "fresh") in names
    assert ("brand_metrics_by_date", "days_add_up_to_orders") in names


def test_the_control_plane_knows_the_runs(played: Played) -> None:
    first = [
        run for run in played.stores.plane.runs.of(played.workspace.id) if run.dagster_run_id in played.ended.run_ids
    ]
    assert sorted(run.kind for run in first) == [RunKind.BUILD, *[RunKind.SYNC] * 3]
    assert {run.outcome for run in first} == {Outcome.SUCCEEDED}
    assert all(run.rows for run in first)


def test_the_listener_hears_each_part(played: Played) -> None:
    landed = [event.datasource.platform for event in played.heard if isinstance(event, Landed)]
    assert sorted(landed) == sorted(CONNECTED)
    assert any(isinstance(event, Reading) for event in played.heard)
    assert isinstance(played.heard[-1], Built)


def kept_by_dagster(home: Path) -> str:
    """All that Dagster wrote: the bytes as they are, and every cell of its databases."""
    texts = []
    for file in sorted(path for path in home.rglob("*") if path.is_file()):
        texts.append(file.read_bytes().decode(errors="replace"))
        if file.suffix == ".db":
            with sqlite3.connect(file) as database:
                texts += [
                    str(row) for table in tables(database) for row in database.execute(f'SELECT * FROM "{table}"')
                ]
            database.close()
    return "\n".join(texts)


def tables(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def test_dagster_keeps_nothing_personal_and_no_secret(played: Played) -> None:
    played.sandbox.state.faults.add(Fault(platform="stripe", kind=Kind.MALFORMED_PAGE, times=0))
    played.run("sync_stripe")
    kept = kept_by_dagster(played.stores.settings.dagster_home)
    in_lower_case = kept.lower()
    # the search finds what is there
    assert played.workspace.id in kept
    assert "STEP_FAILURE" in kept
    people = played.sandbox.state.full.people
    with open_for_reading(played.stores, played.datasources["shopify"]) as source:
        (stored,) = source.connection.execute("SELECT count(email) FROM source.raw_shopify.customers").fetchone() or (
            0,
        )
    assert stored > 0
    assert [person.email for person in people if person.email.lower() in in_lower_case] == []
    assert [person.phone for person in people if person.phone and person.phone in kept] == []
    for datasource in played.datasources.values():
        assert played.stores.credentials is not None
        grant = played.stores.credentials.load(datasource).grant
        assert grant.access.reveal() not in kept
        assert grant.refresh is None or grant.refresh.reveal() not in kept
        assert datasource.account_name not in kept
        assert datasource.account not in kept
        assert played.sandbox.apps[datasource.platform].client_secret not in kept


def test_a_run_for_one_datasource_reads_no_other(played: Played) -> None:
    # it remembers so many and no more: once full, its length would tell nothing
    played.sandbox.state.seen.clear()
    result = played.run("sync_stripe", {DATASOURCE_TAG: "ds_of_another"})
    assert result.success
    assert not played.sandbox.state.seen
    assert [event for event in result.all_events if event.is_step_materialization] == []
    result = played.run("sync_stripe", {DATASOURCE_TAG: played.datasources["stripe"].id})
    assert {event.asset_key for event in result.all_events if event.is_step_materialization} == set(raw_keys("stripe"))


def test_checks_alone_go_red_when_no_sync_came(played: Played) -> None:
    def verdicts(now: datetime) -> dict[str, bool]:
        result = played.run("checks", {PARTITION_NAME_TAG: played.workspace.id}, now=now)
        assert result.success
        return {f"{each.asset_key.to_user_string()}:{each.check_name}": each.passed for each in evaluations(result)}

    on_time, late = verdicts(NOW + timedelta(hours=1)), verdicts(NOW + timedelta(days=30))
    assert all(on_time.values()), on_time
    assert not late["raw_shopify/orders:fresh"]
    assert late["raw_shopify/orders:schema"]
    assert on_time.keys() == late.keys()


def evaluations(result: dg.ExecuteInProcessResult) -> list[dg.AssetCheckEvaluation]:
    return list(result.get_asset_check_evaluations())


def test_a_paused_datasource_is_skipped_and_nothing_is_said_to_have_happened(played: Played) -> None:
    paused = played.datasources["meta_ads"]
    played.stores.plane.datasources.pause(paused.id, NOW)
    result = played.run("sync_meta_ads")
    played.stores.plane.datasources.resume(paused.id, NOW)
    assert result.success
    assert [event for event in result.all_events if event.is_step_materialization] == []


def test_a_platform_that_fails_is_told_and_the_rest_is_built(played: Played) -> None:
    before = len(played.materializations(dg.AssetKey(["raw_stripe", "charges"])))
    played.sandbox.state.faults.add(Fault(platform="stripe", kind=Kind.REVOKED, times=0))
    ended = run_everything(played.dagster, played.stores, played.workspace)
    assert not ended.ok
    assert ended.built
    assert len(ended.run_ids) == 2
    (failure,) = ended.failures
    assert failure.startswith("ask for access again: ")
    assert len(played.materializations(dg.AssetKey(["raw_stripe", "charges"]))) == before
    lost = played.stores.plane.datasources.get(played.datasources["stripe"].id)
    assert lost.connection is Connection.REAUTHORIZE
