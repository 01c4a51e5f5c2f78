"""Runs, the due queue, and when a build is wanted."""

from datetime import datetime, timedelta

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource, Outcome, RunKind, Workspace, WorkspaceState
from resources.errors import Stop

HOUR = timedelta(hours=1)


def sync(plane: ControlPlane, datasource: Datasource, at: datetime, outcome: Outcome = Outcome.SUCCEEDED) -> None:
    run = plane.runs.start(workspace_id=datasource.workspace_id, kind=RunKind.SYNC, datasource_id=datasource.id, now=at)
    plane.runs.finish(run.id, outcome, now=at + timedelta(minutes=5))


def test_a_run_is_open_then_closed_with_its_size(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    run = plane.runs.start(workspace_id=workspace.id, kind=RunKind.BUILD, dagster_run_id="abc", now=now)
    assert plane.runs.running(workspace.id) == [run]
    done = plane.runs.finish(run.id, Outcome.FAILED, now=now + HOUR, rows=3, bytes=5_000_000_000, error="disk full")
    assert (done.outcome, done.rows, done.bytes, done.error) == (Outcome.FAILED, 3, 5_000_000_000, "disk full")
    assert plane.runs.running(workspace.id) == []
    assert plane.runs.of(workspace.id) == [done]


def test_a_run_whose_process_died_is_abandoned_by_the_next(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    place = {"workspace_id": datasource.workspace_id, "datasource_id": datasource.id}
    plane.runs.start(kind=RunKind.SYNC, now=now, **place)
    second = plane.runs.start(kind=RunKind.SYNC, now=now + HOUR, dagster_run_id="r2", **place)
    assert plane.runs.running(datasource.workspace_id) == [second]
    plane.runs.abandon("r2", now + HOUR)
    assert [run.outcome for run in plane.runs.of(datasource.workspace_id)] == [Outcome.ABANDONED] * 2


def test_an_unknown_run_stops(plane: ControlPlane, now: datetime) -> None:
    with pytest.raises(Stop, match="there is none"):
        plane.runs.finish("run_0", Outcome.FAILED, now=now)


def test_each_datasource_keeps_its_own_rhythm(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    plane.due.set_rhythm(datasource.id, HOUR, now)
    (due,) = plane.due.due_syncs(now)
    assert (due.datasource_id, due.platform, due.fence) == (datasource.id, "shopify", datasource.fence)
    plane.due.scheduled(datasource.id, now)
    assert plane.due.due_syncs(now + HOUR - timedelta(seconds=1)) == []
    assert len(plane.due.due_syncs(now + HOUR)) == 1
    plane.due.set_rhythm(datasource.id, 2 * HOUR, now)
    assert plane.due.due_syncs(now) == []
    plane.due.at_once(datasource.id, now)
    assert len(plane.due.due_syncs(now)) == 1


def test_what_may_not_be_read_is_not_due(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    plane.due.set_rhythm(datasource.id, HOUR, now)
    plane.datasources.pause(datasource.id, now)
    assert plane.due.due_syncs(now + HOUR) == []
    plane.datasources.resume(datasource.id, now)
    assert len(plane.due.due_syncs(now + HOUR)) == 1
    plane.workspaces.mark(datasource.workspace_id, WorkspaceState.CANCELLED, now)
    assert plane.due.due_syncs(now + HOUR) == []


def test_what_was_never_queued_stops(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    with pytest.raises(Stop, match="queue"):
        plane.due.scheduled(datasource.id, now)


def test_a_build_is_wanted_after_a_sync_and_not_again_after_the_build(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    place = datasource.workspace_id
    assert plane.due.build_wanted(place) is None
    sync(plane, datasource, now)
    wanted = plane.due.build_wanted(place)
    assert wanted == now + timedelta(minutes=5) == plane.due.build_wanted(place)
    build = plane.runs.start(workspace_id=place, kind=RunKind.BUILD, now=now + HOUR)
    assert plane.due.build_wanted(place) is None
    # this sync ends while the build, which cannot have seen it, still runs
    sync(plane, datasource, now + 2 * HOUR)
    plane.runs.finish(build.id, Outcome.SUCCEEDED, now=now + 3 * HOUR)
    assert plane.due.build_wanted(place) == now + 2 * HOUR + timedelta(minutes=5)


def test_a_failed_sync_wants_no_build(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    sync(plane, datasource, now, Outcome.FAILED)
    assert plane.due.build_wanted(datasource.workspace_id) is None


def test_a_build_waits_for_running_syncs_but_not_for_paused_ones(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    place = datasource.workspace_id
    sync(plane, datasource, now)
    plane.runs.start(workspace_id=place, kind=RunKind.SYNC, datasource_id=datasource.id, now=now + HOUR)
    assert plane.due.build_wanted(place) is None
    plane.datasources.pause(datasource.id, now + HOUR)
    assert plane.due.build_wanted(place) is not None
    plane.workspaces.mark(place, WorkspaceState.CANCELLED, now)
    assert plane.due.build_wanted(place) is None
