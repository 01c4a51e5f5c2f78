"""Datasources: facts, two statuses, one fence."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Connection, Datasource, Sync, WorkspaceState
from resources.errors import Refused

GRANT: dict[str, Any] = {
    "settings": {"zone": "UTC"},
    "scopes": frozenset({"read_orders"}),
    "grade": "proved",
    "opted_in": frozenset(),
}
ACCOUNT: dict[str, Any] = {"account_name": "Shop", "currency": None, "time_zone": None, **GRANT}


def connect(plane: ControlPlane, workspace_id: str, now: datetime, account: str = "a") -> Datasource:
    return plane.datasources.connect(workspace_id=workspace_id, platform="shopify", account=account, now=now, **ACCOUNT)


def test_a_datasource_comes_back_as_it_was_connected(plane: ControlPlane, datasource: Datasource) -> None:
    assert plane.datasources.get(datasource.id) == datasource
    assert datasource.settings == {"plan": "basic"}
    assert datasource.scopes == {"read_orders", "read_products"}
    assert plane.datasources.of(datasource.workspace_id) == [datasource] == plane.datasources.all()
    assert plane.datasources.of(datasource.workspace_id, "stripe") == []


def test_reconnecting_an_account_keeps_the_row_and_stops_older_readers(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    plane.datasources.succeeded(datasource.id, now)
    plane.datasources.needs_reauthorization(datasource.id, "the key was rotated", now)
    again = connect(plane, datasource.workspace_id, now, datasource.account)
    assert again.id == datasource.id
    assert (again.connection, again.sync, again.reason) == (Connection.CONNECTED, Sync.ACTIVE, "")
    assert again.last_success == now
    assert not plane.datasources.may_read(datasource.id, datasource.fence)


def test_a_disconnected_account_comes_back_as_a_new_datasource(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    plane.datasources.disconnected(datasource.id, now)
    again = connect(plane, datasource.workspace_id, now, datasource.account)
    assert again.id != datasource.id
    assert len(plane.datasources.of(datasource.workspace_id, "shopify")) == 2


def test_an_account_connected_twice_at_once_is_one_datasource(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(lambda _: connect(plane, datasource.workspace_id, now, datasource.account), range(2))
    assert {one.id for one in both} == {datasource.id}


def test_a_cancelled_workspace_connects_nothing(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    plane.workspaces.mark(datasource.workspace_id, WorkspaceState.CANCELLED, now)
    with pytest.raises(Refused, match="cancelled"):
        connect(plane, datasource.workspace_id, now)


def test_the_last_success_survives_pause_and_failure(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    plane.datasources.succeeded(datasource.id, now)
    plane.datasources.pause(datasource.id, later)
    failed = plane.datasources.failed(datasource.id, "HTTP 500", later)
    assert (failed.last_success, failed.last_attempt, failed.last_error) == (now, later, "HTTP 500")
    healed = plane.datasources.succeeded(datasource.id, later)
    assert (healed.last_success, healed.last_error) == (later, None)


def test_what_an_old_grant_meets_says_nothing_about_the_new_one(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    fresh = plane.datasources.reauthorized(datasource.id, now=now, **GRANT)
    late = plane.datasources.needs_reauthorization(datasource.id, "401", now, fence=datasource.fence)
    assert late == fresh
    true = plane.datasources.needs_reauthorization(datasource.id, "401", now, fence=fresh.fence)
    assert (true.connection, true.reason) == (Connection.REAUTHORIZE, "401")


def test_a_disconnected_datasource_is_neither_paused_nor_resumed_nor_let_in(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    gone = plane.datasources.disconnected(datasource.id, now)
    with pytest.raises(Refused, match="disconnected"):
        plane.datasources.pause(datasource.id, now)
    with pytest.raises(Refused, match="disconnected"):
        plane.datasources.resume(datasource.id, now)
    with pytest.raises(Refused, match="disconnected"):
        plane.datasources.reauthorized(datasource.id, now=now, **GRANT)
    assert plane.datasources.needs_reauthorization(datasource.id, "401", now) == gone


def test_an_unknown_datasource_is_refused(plane: ControlPlane, now: datetime) -> None:
    with pytest.raises(Refused, match="there is none"):
        plane.datasources.get("ds_0")
    with pytest.raises(Refused, match="there is none"):
        plane.datasources.pause("ds_0", now)
    assert not plane.datasources.may_read("ds_0", 1)


def test_facts_are_frozen(datasource: Datasource) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        datasource.fence = 9  # type: ignore[misc]


class Statuses(RuleBasedStateMachine):
    """Any order of events, against a model that fits in four lines."""

    plane: ControlPlane

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.workspace = self.plane.workspaces.create("Any", now=self.now)
        self.id = connect(self.plane, self.workspace.id, self.now).id
        self.connected, self.active, self.standing = True, True, True
        self.gone = False
        self.success: datetime | None = None
        # fences at which a reader was told to stop; none of them may ever read again
        self.stopped: set[int] = set()

    def stops(self) -> None:
        fence = self.plane.datasources.get(self.id).fence
        if self.plane.datasources.may_read(self.id, fence):
            self.stopped.add(fence)

    @precondition(lambda self: not self.gone)
    @rule()
    def pause(self) -> None:
        self.stops()
        self.plane.datasources.pause(self.id, self.now)
        self.active = False

    @precondition(lambda self: not self.gone)
    @rule()
    def resume(self) -> None:
        self.plane.datasources.resume(self.id, self.now)
        self.active = True

    @precondition(lambda self: not self.gone)
    @rule()
    def needs_reauthorization(self) -> None:
        self.stops()
        self.plane.datasources.needs_reauthorization(self.id, "revoked", self.now)
        self.connected = False

    @precondition(lambda self: not self.gone)
    @rule()
    def reauthorized(self) -> None:
        self.stops()
        self.plane.datasources.reauthorized(self.id, now=self.now, **GRANT)
        self.connected = self.active = True

    @rule()
    def disconnected(self) -> None:
        self.stops()
        self.plane.datasources.disconnected(self.id, self.now)
        self.connected, self.gone = False, True

    @rule(standing=st.booleans())
    def workspace_state(self, standing: bool) -> None:  # noqa: FBT001 -- hypothesis names it
        if standing != self.standing:
            self.stops()
        state = WorkspaceState.ACTIVE if standing else WorkspaceState.CANCELLED
        self.plane.workspaces.mark(self.workspace.id, state, self.now)
        self.standing = standing

    @rule(whole=st.booleans())
    def synced(self, whole: bool) -> None:  # noqa: FBT001 -- hypothesis names it
        self.now += timedelta(minutes=1)
        if whole:
            self.success = self.now
            self.plane.datasources.succeeded(self.id, self.now)
        else:
            self.plane.datasources.failed(self.id, "HTTP 500", self.now)

    @invariant()
    def read_only_while_everything_holds(self) -> None:
        fact = self.plane.datasources.get(self.id)
        may = self.plane.datasources.may_read(self.id, fact.fence)
        assert may == (self.connected and self.active and self.standing)
        assert (fact.connection == Connection.CONNECTED) == self.connected
        assert self.gone or (fact.sync == Sync.ACTIVE) == self.active
        assert fact.last_success == self.success

    @invariant()
    def nobody_reads_on_after_a_stop(self) -> None:
        assert not any(self.plane.datasources.may_read(self.id, fence) for fence in self.stopped)


def test_the_statuses_hold_in_any_order_of_events(plane: ControlPlane) -> None:
    machine = type("Statuses", (Statuses,), {"plane": plane})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
