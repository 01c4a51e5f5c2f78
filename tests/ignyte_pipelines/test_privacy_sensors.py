"""What deletes is started at its time and no earlier: the pure answers, and the sensors over a real control plane."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData
from dagster._core.storage.tags import PARTITION_NAME_TAG
from hypothesis import given
from hypothesis import strategies as st

from assets.labels import PURGE_TAG
from assets.outside import Outside
from assets.privacy import deadlines
from assets.privacy.plan import Act, Item, Plan
from assets.privacy.requests import receive
from ignyte_pipelines.definitions import defs
from ignyte_pipelines.instance import instance, register_workspace
from ignyte_pipelines.schedules import retention_of
from ignyte_pipelines.sensors.deadlines import looks_of
from ignyte_pipelines.sensors.deletions import deletions_of
from ignyte_pipelines.sensors.erasures import erasures_of
from ignyte_pipelines.sensors.grants import gone_of
from resources.control_plane.facts import Connection, Datasource, Sync, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import ErasurePolicy, Regime, Request, RequestKind, RequestState
from resources.identity import subject
from resources.settings import Settings
from resources.stores import Stores, open_stores

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
DAY = timedelta(days=1)
numbers = itertools.count()


def workspace(
    name: str = "ws_1", *, state: WorkspaceState = WorkspaceState.ACTIVE, days_ago: float = 0, hold: str = ""
) -> Workspace:
    return Workspace(
        id=name,
        name="Juniper",
        region="eu-central-1",
        currency="USD",
        time_zone="UTC",
        fiscal_year_start=1,
        primary_platform="shopify",
        state=state,
        created_at=NOW - 400 * DAY,
        state_since=NOW - days_ago * DAY,
        grace_days=30,
        hold=hold,
        restricted="",
        erasure=ErasurePolicy.DELETE,
    )


def cancelled(days_ago: float, name: str = "ws_1", hold: str = "") -> Workspace:
    return workspace(name, state=WorkspaceState.CANCELLED, days_ago=days_ago, hold=hold)


def request(
    days_left: float,
    *,
    age: float = 0,
    of: str = "ws_1",
    kind: RequestKind = RequestKind.ERASE,
    state: RequestState = RequestState.RECEIVED,
    target: str = "",
) -> Request:
    return Request(
        id=f"req_{next(numbers)}",
        workspace_id=of,
        kind=kind,
        target=target,
        channel="a test",
        regime=Regime.GDPR,
        policy=ErasurePolicy.DELETE,
        subject=b"sealed",
        key_id="key_1",
        commitment="…",
        external_id="",
        state=state,
        outcome="",
        received_at=NOW - age * DAY,
        due_at=NOW + days_left * DAY,
        finished_at=None,
        certificate_id=None,
    )


def source(name: str, connection: Connection) -> Datasource:
    return Datasource(
        id=name,
        workspace_id="ws_1",
        platform="stripe",
        account="acct_1",
        account_name="Juniper",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        connection=connection,
        sync=Sync.ACTIVE,
        reason="",
        fence=1,
        connected_at=NOW,
        last_attempt=None,
        last_success=NOW - 3 * DAY,
        last_error=None,
    )


def partitions(requests: Sequence[dg.RunRequest]) -> list[str | None]:
    return [each.partition_key for each in requests]


def purged(requests: Sequence[dg.RunRequest]) -> list[str]:
    return [each.tags[PURGE_TAG] for each in requests]


@given(days=st.floats(0, 60), grace=st.integers(0, 45))
def test_a_workspace_is_deleted_from_the_last_moment_of_its_grace_on_and_not_before(days: float, grace: int) -> None:
    left = replace(cancelled(days), grace_days=grace)
    over = left.state_since + timedelta(days=grace) <= NOW
    assert purged(deletions_of([left], [], [], NOW)) == (["ws_1"] if over else [])
    assert deletions_of([replace(left, hold="a lawsuit")], [], [], NOW) == []


def test_what_stands_is_never_deleted_by_itself() -> None:
    standing = [workspace("ws_1"), workspace("ws_2", state=WorkspaceState.DELETED, days_ago=90)]
    assert deletions_of(standing, [], [], NOW) == []


def test_what_a_platform_asks_for_and_what_a_crash_cut_short_is_purged() -> None:
    asked = [
        request(30, of="ws_1", kind=RequestKind.PURGE, target="ds_1"),
        request(30, of="ws_2", kind=RequestKind.PURGE, target="ds_2"),
        request(30, of="ws_3", kind=RequestKind.PURGE, target="ds_3"),
        request(30, of="ws_1"),
    ]
    workspaces = [workspace("ws_1"), workspace("ws_2", hold="a lawsuit"), cancelled(31, "ws_3")]
    # ds_3 goes with its workspace
    assert purged(deletions_of(workspaces, asked, ["ws_9"], NOW)) == ["ds_1", "ws_3", "ws_9"]


def test_a_purge_is_asked_for_once_an_hour_and_its_key_names_nobody() -> None:
    times = (NOW, NOW + DAY / 99, NOW + DAY / 24)
    first, same, later = (run for at in times for run in deletions_of([cancelled(31)], [], [], at))
    assert first.run_key == same.run_key != later.run_key
    assert "ws_1" not in str(first.run_key)
    assert first.partition_key is None


@given(st.lists(st.tuples(st.floats(-10, 40), st.floats(0, 30)), max_size=5))
def test_a_batch_is_erased_once_one_of_it_is_ripe(asked: list[tuple[float, float]]) -> None:
    waiting = [request(left, age=age) for left, age in asked]
    ripe = any(left <= 3 or age >= 2 for left, age in asked)
    assert partitions(erasures_of(waiting, [workspace()], {"ws_1"}, NOW)) == (["ws_1"] if ripe else [])


def test_an_erasure_waits_for_a_hold_and_for_a_partition() -> None:
    waiting = [request(1, of=each) for each in ("ws_1", "ws_2", "ws_3", "ws_4")]
    standing = [
        workspace("ws_1", hold="a lawsuit"),
        workspace("ws_2"),
        cancelled(3, "ws_3"),
        workspace("ws_4", state=WorkspaceState.DELETED),
    ]
    assert partitions(erasures_of(waiting, standing, {"ws_1", "ws_3", "ws_4"}, NOW)) == ["ws_3"]


def test_a_look_at_the_deadlines_is_taken_when_one_comes_nearer() -> None:
    asked = request(10)

    def key(mine: list[Request], now: datetime) -> str:
        (look,) = looks_of({"ws_1": mine}, {"ws_1"}, now)
        assert look.tags[PARTITION_NAME_TAG] == "ws_1"
        return str(look.run_key).rpartition(":")[2]

    days = [key([asked], NOW + each * DAY) for each in (0, 2.9, 3.1, 6.9, 7.1, 8.9, 9.1, 10.1)]
    assert days == ["1xopen", "1xopen", "1x7", "1x7", "1x3", "1x3", "1x1", "1xoverdue"]
    assert key([replace(asked, state=RequestState.DONE)], NOW) == "all answered"
    assert looks_of({"ws_1": [], "ws_2": [asked]}, {"ws_1"}, NOW) == []


@given(left=st.lists(st.floats(-40, 40), max_size=6))
def test_the_deadlines_are_counted(left: list[float]) -> None:
    waiting = [request(each) for each in left]
    found = deadlines.look([*waiting, request(-5, state=RequestState.DONE)], NOW)
    assert found.open == len(left)
    assert found.in_time == all(each.due_at - NOW > 7 * DAY for each in waiting)
    assert found.overdue == sum(each.due_at < NOW for each in waiting)
    assert found.within[7] >= found.within[3] >= found.within[1]
    assert found.overdue + found.within[7] == sum(each.due_at - NOW <= 7 * DAY for each in waiting)


def test_a_grant_that_is_gone_is_shown_with_what_follows() -> None:
    lost = gone_of([source("ds_1", Connection.CONNECTED), source("ds_2", Connection.REAUTHORIZE)], NOW)
    assert "ds_2 (stripe, last read 3 days ago)" in lost
    assert "ds_1" not in lost
    assert "may be read" in gone_of([source("ds_1", Connection.CONNECTED)], NOW)


def item(act: Act, of: str = "ws_1", blocked: str = "") -> Item:
    return Item(act=act, workspace_id=of, subject="…", what="…", why="…", due=NOW, blocked=blocked)


def test_retention_runs_once_a_day_where_there_is_a_limit() -> None:
    items = (item(Act.CUT), item(Act.CUT), item(Act.CUT, "ws_2", "held"), item(Act.KEEP, "ws_3"), item(Act.CUT, "ws_4"))
    (run,) = retention_of(Plan(at=NOW, items=items), {"ws_1", "ws_2", "ws_3"})
    assert (run.partition_key, run.run_key) == ("ws_1", "retention:ws_1:2026-03-14")


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    del home
    with open_stores(Settings(), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = tmp_path_factory.mktemp("sensors")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "IGNYTE_HOME"):
            patch.setenv(name, str(home))
        with instance(Settings(home=home)) as opened:
            yield opened


def tick(name: str, stores: Stores, dagster: dg.DagsterInstance) -> SensorExecutionData:
    context = dg.SensorEvaluationContext(
        instance_ref=dagster.get_ref(),
        instance=dagster,
        last_tick_completion_time=None,
        last_run_key=None,
        cursor=None,
        repository_name=None,
        resources={"outside": dg.ResourceDefinition.hardcoded_resource(Outside(stores=stores))},
        definitions=defs,
    )
    return defs.resolve_sensor_def(name).evaluate_tick(context)


def asked(stores: Stores, dagster: dg.DagsterInstance) -> Workspace:
    made = stores.plane.workspaces.create("Juniper", now=NOW)
    register_workspace(dagster, made.id)
    receive(stores, made, RequestKind.ERASE, subject(emails=("ann@example.com",)), channel="a test")
    return made


def test_the_sensors_ask_for_what_is_due_and_name_nobody(stores: Stores, dagster: dg.DagsterInstance) -> None:
    made = asked(stores, dagster)
    gone = stores.plane.workspaces.create("Gone", now=NOW - 40 * DAY)
    stores.plane.workspaces.mark(gone.id, WorkspaceState.CANCELLED, NOW - 31 * DAY)
    late = replace(stores, clock=lambda: NOW + 3 * DAY)
    ticks = {each: tick(each, late, dagster) for each in ("open_erasures", "due_deletions", "request_deadlines")}
    asked_for = {name: data.run_requests or [] for name, data in ticks.items()}
    assert partitions(asked_for["open_erasures"]) == [made.id]
    assert purged(asked_for["due_deletions"]) == [gone.id]
    assert [each.tags[PARTITION_NAME_TAG] for each in asked_for["request_deadlines"]] == [made.id]
    assert not tick("open_erasures", stores, dagster).run_requests
    assert "ann" not in str(ticks)
    assert "Juniper" not in str(ticks)


def test_the_sensor_of_grants_says_and_starts_nothing(stores: Stores, dagster: dg.DagsterInstance) -> None:
    said = tick("revoked_grants", stores, dagster)
    assert not said.run_requests
    assert "may be read" in (said.skip_message or "")


def _on(stores: Stores, days: int) -> Stores:
    return replace(stores, clock=lambda: NOW + days * DAY)


def checked(stores: Stores, dagster: dg.DagsterInstance, made: Workspace) -> dg.AssetCheckEvaluation:
    from ignyte_pipelines.definitions import definitions  # noqa: PLC0415 -- takes seconds

    job = definitions(Outside(stores=stores)).resolve_job_def("deadlines")
    silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = job.execute_in_process(silent, dagster, tags={PARTITION_NAME_TAG: made.id})
    (verdict,) = result.get_asset_check_evaluations()
    return verdict


def test_the_check_goes_yellow_and_then_red(stores: Stores, dagster: dg.DagsterInstance) -> None:
    made = asked(stores, dagster)
    at = {days: checked(_on(stores, days), dagster, made) for days in (0, 29, 32)}
    assert [each.passed for each in at.values()] == [True, False, False]
    assert [at[days].severity.value for days in (29, 32)] == ["WARN", "ERROR"]
    assert at[29].metadata["due_within_3_days"].value == 1
    assert at[32].metadata["overdue"].value == 1
    assert {each.partition for each in at.values()} == {made.id}
