"""Workspaces."""

from datetime import datetime

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource, Workspace, WorkspaceState
from resources.errors import Refused


def test_a_workspace_comes_back_by_id_and_by_name(plane: ControlPlane, workspace: Workspace) -> None:
    assert plane.workspaces.get(workspace.id) == workspace
    assert plane.workspaces.get("Northwind") == workspace
    assert plane.workspaces.all() == [workspace]
    assert workspace.id.startswith("ws_")
    assert len(workspace.id) == 19


def test_ids_are_an_argument(url: str, now: datetime) -> None:
    with ControlPlane(url, new_id=lambda prefix: f"{prefix}_{'0' * 16}") as plane:
        plane.migrate()
        assert plane.workspaces.create("Northwind", now=now).id == "ws_0000000000000000"


def test_an_unknown_workspace_is_refused(plane: ControlPlane) -> None:
    with pytest.raises(Refused, match="there is none"):
        plane.workspaces.get("nowhere")


def test_a_name_that_two_share_is_refused_with_both_ids(
    plane: ControlPlane, workspace: Workspace, now: datetime
) -> None:
    twin = plane.workspaces.create("Northwind", now=now)
    with pytest.raises(Refused, match=r"several") as caught:
        plane.workspaces.get("Northwind")
    assert workspace.id in str(caught.value)
    assert twin.id in str(caught.value)
    plane.workspaces.mark(twin.id, WorkspaceState.DELETED, now)
    assert plane.workspaces.get("Northwind") == workspace


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "usd"},
        {"currency": "EURO"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"fiscal_year_start": 0},
        {"fiscal_year_start": 13},
        {"name": "  "},
        {"name": "two\nlines"},
        {"name": "ws_0123456789abcdef"},
    ],
)
def test_unusable_facts_are_refused(plane: ControlPlane, now: datetime, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        plane.workspaces.create(**{"name": "Northwind", "now": now, **wrong})  # type: ignore[arg-type]
    assert plane.workspaces.all() == []


def test_a_cancellation_taken_back_stops_the_run_in_between(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    plane.workspaces.mark(datasource.workspace_id, WorkspaceState.CANCELLED, now)
    assert not plane.datasources.may_read(datasource.id, plane.datasources.get(datasource.id).fence)
    plane.workspaces.mark(datasource.workspace_id, WorkspaceState.ACTIVE, now)
    assert not plane.datasources.may_read(datasource.id, datasource.fence)
    assert plane.datasources.may_read(datasource.id, plane.datasources.get(datasource.id).fence)


def test_a_deleted_workspace_stays_deleted(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    plane.workspaces.mark(workspace.id, WorkspaceState.DELETED, now)
    with pytest.raises(Refused, match="deleted"):
        plane.workspaces.mark(workspace.id, WorkspaceState.ACTIVE, now)
