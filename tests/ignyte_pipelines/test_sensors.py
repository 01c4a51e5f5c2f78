"""What starts when: the plan of a tick, and the sensors over a real control plane and a real Dagster instance."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData
from hypothesis import given
from hypothesis import strategies as st

from assets.labels import BUILD_TAG, DATASOURCE_TAG
from assets.outside import Outside
from ignyte_pipelines.definitions import defs
from ignyte_pipelines.instance import instance, register_workspace
from ignyte_pipelines.schedules import checks_of
from ignyte_pipelines.sensors.builds import builds_of
from ignyte_pipelines.sensors.due import plan, turn
from resources.control_plane.facts import Datasource, DueSync, Outcome, RunKind, Workspace, WorkspaceState
from resources.settings import Settings
from resources.stores import Stores, open_stores

START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
ids = st.integers(0, 30).map("ds_{}".format)


def due(datasource_id: str, minutes: int = 0) -> DueSync:
    return DueSync(
        datasource_id=datasource_id,
        workspace_id="ws_1",
        platform="shopify",
        fence=1,
        next_sync_at=START + timedelta(minutes=minutes),
    )


queues = st.lists(ids, unique=True).map(lambda names: [due(name, number) for number, name in enumerate(names)])


@given(queue=queues, asked=st.sets(ids), under_way=st.sets(ids), at_most=st.integers(0, 10))
def test_a_tick_starts_what_is_free_longest_waiting_first(
    queue: list[DueSync], asked: set[str], under_way: set[str], at_most: int
) -> None:
    keys = {turn(each) for each in queue if each.datasource_id in asked}
    planned = plan(queue, keys, under_way, at_most)
    free = [each.datasource_id for each in queue if each.datasource_id not in asked | under_way]
    assert [each.datasource_id for each in planned.wanted] == free[:at_most]
    assert list(planned.taken) == [each.datasource_id for each in queue if each.datasource_id in asked]


@given(queue=queues, at_most=st.integers(1, 5))
def test_every_datasource_gets_its_turn_once_even_if_no_run_ever_begins(queue: list[DueSync], at_most: int) -> None:
    waiting, asked, started = list(queue), frozenset[str](), list[str]()
    for _ in range(len(queue) + 2):
        planned = plan(waiting, asked, (), at_most)
        started += [each.datasource_id for each in planned.wanted]
        waiting = [each for each in waiting if each.datasource_id not in planned.taken]
        asked = frozenset(each.key for each in planned.wanted)
    assert started == [each.datasource_id for each in queue]
    assert waiting == []


def test_the_next_turn_of_a_datasource_has_another_key() -> None:
    assert turn(due("ds_1")) != turn(due("ds_1", 60))


def test_one_build_for_each_workspace_that_wants_it_and_is_known() -> None:
    requests = builds_of({"ws_1": START, "ws_2": None, "ws_3": START}, frozenset({"ws_1", "ws_2"}))
    assert [(each.run_key, each.partition_key, each.tags[BUILD_TAG]) for each in requests] == [
        (f"ws_1@{START.isoformat()}", "ws_1", "ws_1")
    ]


@pytest.fixture
def stores(home: object, now: datetime) -> Iterator[Stores]:
    del home
    with open_stores(Settings(), clock=lambda: now) as opened:
        yield opened


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = tmp_path_factory.mktemp("sensors")
    # restored at the end, since an instance tells its home to the processes it starts
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "IGNYTE_HOME"):
            patch.setenv(name, str(home))
        with instance(Settings(home=home)) as opened:
            yield opened


@pytest.fixture
def workspace(stores: Stores, now: datetime) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=now)


@pytest.fixture
def datasource(stores: Stores, workspace: Workspace, now: datetime) -> Datasource:
    made = stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="stripe",
        account="acct_1",
        account_name="Juniper",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=now,
    )
    stores.plane.due.set_rhythm(made.id, timedelta(hours=1), now)
    return made


def tick(name: str, stores: Stores, dagster: dg.DagsterInstance, cursor: str | None = None) -> SensorExecutionData:
    """What the daemon would be told; it checks the requests against the jobs and the partitions."""
    # as the daemon makes it: with the ref, by which keys asked for in the same tick count as known
    context = dg.SensorEvaluationContext(
        instance_ref=dagster.get_ref(),
        instance=dagster,
        last_tick_completion_time=None,
        last_run_key=None,
        cursor=cursor,
        repository_name=None,
        resources={"outside": dg.ResourceDefinition.hardcoded_resource(Outside(stores=stores))},
        definitions=defs,
    )
    return defs.resolve_sensor_def(name).evaluate_tick(context)


def test_a_due_datasource_is_asked_for_once_and_then_moved_on(
    stores: Stores, dagster: dg.DagsterInstance, workspace: Workspace, datasource: Datasource, now: datetime
) -> None:
    first = tick("due_syncs", stores, dagster)
    (request,) = first.run_requests or []
    assert (request.job_name, request.partition_key) == ("sync_stripe", workspace.id)
    assert request.tags[DATASOURCE_TAG] == datasource.id
    assert request.run_key == f"{datasource.id}@{now.isoformat()}"
    assert json.loads(first.cursor or "") == [request.run_key]
    second = tick("due_syncs", stores, dagster, first.cursor)
    assert not second.run_requests
    assert stores.plane.due.due_syncs(now + timedelta(minutes=59)) == []
    assert len(stores.plane.due.due_syncs(now + timedelta(minutes=60))) == 1


def test_a_workspace_that_dagster_does_not_know_is_made_known(
    stores: Stores, dagster: dg.DagsterInstance, workspace: Workspace
) -> None:
    (addition,) = tick("due_syncs", stores, dagster).dynamic_partitions_requests or []
    assert addition.partition_keys == [workspace.id]
    register_workspace(dagster, workspace.id)
    register_workspace(dagster, workspace.id)
    assert not tick("due_syncs", stores, dagster).dynamic_partitions_requests


def test_a_datasource_with_a_run_under_way_waits(
    stores: Stores, dagster: dg.DagsterInstance, datasource: Datasource
) -> None:
    under_way = dg.DagsterRunStatus.STARTED
    dagster.add_run(dg.DagsterRun(job_name="sync_stripe", tags={DATASOURCE_TAG: datasource.id}, status=under_way))
    assert not tick("due_syncs", stores, dagster).run_requests


def test_a_build_follows_the_syncs_and_is_asked_for_by_the_same_name(
    stores: Stores, dagster: dg.DagsterInstance, workspace: Workspace, datasource: Datasource, now: datetime
) -> None:
    def asked() -> list[str | None]:
        return [each.run_key for each in tick("wanted_builds", stores, dagster).run_requests or []]

    register_workspace(dagster, workspace.id)
    assert asked() == []
    run = stores.plane.runs.start(
        workspace_id=workspace.id, kind=RunKind.SYNC, datasource_id=datasource.id, now=now, dagster_run_id="a"
    )
    assert asked() == []
    stores.plane.runs.finish(run.id, Outcome.SUCCEEDED, now=now + timedelta(minutes=1))
    assert asked() == asked() == [f"{workspace.id}@{(now + timedelta(minutes=1)).isoformat()}"]
    stores.plane.runs.start(workspace_id=workspace.id, kind=RunKind.BUILD, now=now + timedelta(minutes=2))
    assert asked() == []


def test_checks_run_once_a_day_for_active_workspaces(stores: Stores, workspace: Workspace, now: datetime) -> None:
    gone = stores.plane.workspaces.create("Gone", now=now)
    stores.plane.workspaces.mark(gone.id, WorkspaceState.DELETED, now)
    unknown = stores.plane.workspaces.create("Unknown", now=now)
    requests = checks_of(stores.plane.workspaces.all(), now, frozenset({workspace.id, gone.id}))
    assert [each.run_key for each in requests] == [f"checks:{workspace.id}:2026-03-14"]
    assert unknown.id not in str(requests)
