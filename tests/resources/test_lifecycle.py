"""Which account may be used, come back or be deleted, at which moment: rule by rule, then in any order of events."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from resources import standing
from resources.control_plane.facts import Connection, Datasource, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import ErasurePolicy, Step
from resources.control_plane.tombstones import Tombstone
from resources.errors import Refused
from resources.lifecycle import (
    Event,
    decide,
    deletable_at,
    grace_ends,
    may_reactivate,
    meanwhile,
    require,
    retention_acts,
)
from resources.settings import Settings
from resources.stores import Stores, open_stores

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
EVENTS = st.sampled_from(list(Event))


def workspace(state: WorkspaceState = WorkspaceState.ACTIVE, **changes: Any) -> Workspace:  # noqa: ANN401 -- any field
    plain = Workspace(
        id="ws_0123456789abcdef",
        name="Northwind",
        region="eu-central-1",
        currency="EUR",
        time_zone="UTC",
        fiscal_year_start=1,
        primary_platform="shopify",
        state=state,
        created_at=BEGAN,
        state_since=BEGAN,
        grace_days=30,
        hold="",
        restricted="",
        erasure=ErasurePolicy.DELETE,
    )
    return dataclasses.replace(plain, **changes)


def cancelled(**changes: Any) -> Workspace:  # noqa: ANN401 -- any field
    return workspace(WorkspaceState.CANCELLED, **changes)


@pytest.mark.parametrize("days", [0, 1, 30, 90])
def test_it_comes_back_until_the_moment_of_deletion_and_not_from_then_on(days: int) -> None:
    gone = cancelled(grace_days=days)
    end = BEGAN + timedelta(days=days)
    assert deletable_at(gone) == end
    assert [may_reactivate(gone, BEGAN + timedelta(days=day)) for day in range(days)] == [True] * days
    assert not days or may_reactivate(gone, end - TICK)
    assert not may_reactivate(gone, end)
    assert not may_reactivate(gone, end + timedelta(days=1))


@given(days=st.integers(0, 400), seconds=st.integers(0, 500 * 86_400))
def test_either_it_may_come_back_or_it_is_due_never_both_and_never_neither(days: int, seconds: int) -> None:
    gone, now = cancelled(grace_days=days), BEGAN + timedelta(seconds=seconds)
    due = not isinstance(decide(gone, Event.DELETE, now), Refused)
    assert due is not may_reactivate(gone, now)


@given(seconds=st.integers(0, 40 * 86_400), state=st.sampled_from([workspace(), cancelled()]))
def test_an_immediate_request_beats_the_grace(seconds: int, state: Workspace) -> None:
    assert decide(state, Event.DELETE_NOW, BEGAN + timedelta(seconds=seconds)) is WorkspaceState.DELETED


def test_without_that_word_an_active_one_is_not_deleted() -> None:
    refusal = decide(workspace(), Event.DELETE, BEGAN)
    assert isinstance(refusal, Refused)
    assert "--now" in str(refusal)
    early = decide(cancelled(), Event.DELETE, BEGAN + timedelta(days=29))
    assert isinstance(early, Refused)
    assert "2026-01-31 12:00 UTC" in str(early)


@given(days=st.integers(0, 60), event=EVENTS, state=st.sampled_from([WorkspaceState.ACTIVE, WorkspaceState.CANCELLED]))
def test_a_hold_forbids_deletions_and_nothing_else(days: int, event: Event, state: WorkspaceState) -> None:
    now = BEGAN + timedelta(days=days)
    free, held = workspace(state), workspace(state, hold="a lawsuit")
    deletes = event in {Event.DELETE, Event.DELETE_NOW, Event.DESTROY, Event.DISCONNECT}
    if deletes:
        assert isinstance(decide(held, event, now), Refused)
    else:
        assert str(decide(held, event, now)) == str(decide(free, event, now))
    assert deletable_at(held) is None
    assert grace_ends(held) == grace_ends(free)


@given(event=EVENTS, days=st.integers(0, 60), state=st.sampled_from([WorkspaceState.ACTIVE, WorkspaceState.CANCELLED]))
def test_a_restriction_forbids_use_and_nothing_else(event: Event, days: int, state: WorkspaceState) -> None:
    now = BEGAN + timedelta(days=days)
    free, restricted = workspace(state), workspace(state, restricted="a dispute")
    if event in {Event.USE, Event.CONNECT}:
        assert isinstance(decide(restricted, event, now), Refused)
    else:
        assert str(decide(restricted, event, now)) == str(decide(free, event, now))


@given(event=EVENTS)
def test_a_deleted_one_can_only_be_deleted_once_more(event: Event) -> None:
    found = decide(workspace(WorkspaceState.DELETED), event, BEGAN)
    if event in {Event.DELETE, Event.DELETE_NOW}:
        assert found is WorkspaceState.DELETED
    else:
        assert isinstance(found, Refused)


def test_what_was_taken_meanwhile_is_what_came_after_the_cancellation() -> None:
    gone = cancelled()
    steps = [
        Step(act_id="retention ws 1", step="rewritten ds_1", done_at=BEGAN + timedelta(days=day), facts={"rows": "7"})
        for day in (-1, 3)
    ]
    stones = [
        Tombstone(
            id=f"tomb_{number}",
            workspace_id=gone.id,
            kind=kind,
            subject=f"ds_{number}",
            generation=number,
            act_id="act",
            created_at=BEGAN + timedelta(days=day),
        )
        for number, (kind, day) in enumerate([("datasource", -2), ("datasource", 1), ("person", 2), ("key", 2)], 1)
    ]
    found = meanwhile(gone, steps, stones)
    assert (found.retention, found.datasources, found.people) == ((steps[1],), ("ds_2",), 1)
    assert meanwhile(gone, [], []).nothing


def test_each_day_since_the_cancellation_may_have_had_its_retention() -> None:
    acts = retention_acts(cancelled(), BEGAN + timedelta(days=2))
    assert acts == [f"retention ws_0123456789abcdef 2026-01-0{day}" for day in (1, 2, 3)]


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home)) as opened:
        yield opened


def connected(stores: Stores, workspace_id: str, now: datetime, account: str = "one.myshopify.com") -> Datasource:
    made = stores.plane.datasources.connect(
        workspace_id=workspace_id,
        platform="shopify",
        account=account,
        account_name="One",
        currency=None,
        time_zone=None,
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=now,
    )
    stores.plane.due.set_rhythm(made.id, timedelta(hours=6), now)
    return made


class Account(RuleBasedStateMachine):
    """An account with one datasource at a time, in any order of events, on the real control plane and audit log."""

    stores: Stores

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN
        object.__setattr__(self.stores, "clock", lambda: self.now)
        plane = self.stores.plane
        self.id = plane.workspaces.create("Any", now=self.now).id
        self.source = connected(self.stores, self.id, self.now).id
        self.state, self.since, self.grace = WorkspaceState.ACTIVE, self.now, 30
        self.held, self.restricted = False, False
        self.connection, self.active = Connection.CONNECTED, True
        self.old: set[tuple[str, int]] = set()

    def stops(self) -> None:
        """Whoever reads now is told to stop by what follows, for good."""
        fence = self.stores.plane.datasources.get(self.source).fence
        if self.stores.plane.datasources.may_read(self.source, fence):
            self.old.add((self.source, fence))

    def attempt(self, act: Callable[[], object], *, may: bool) -> bool:
        """Does it if the model says so, and sees it refused otherwise."""
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()
        return may

    @property
    def usable(self) -> bool:
        return self.state is WorkspaceState.ACTIVE and not self.restricted

    @rule(hours=st.sampled_from([1, 11, 24, 24 * 29, 24 * 31]))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def connect(self) -> None:
        plane = self.stores.plane
        if self.usable:
            self.stops()
        made: list[Datasource] = []
        if self.attempt(lambda: made.append(connected(self.stores, self.id, self.now)), may=self.usable):
            again = made[0].id == self.source
            assert again is (self.connection is not Connection.DISCONNECTED)
            self.source, self.connection, self.active = made[0].id, Connection.CONNECTED, True
            assert plane.datasources.may_read(self.source, made[0].fence)

    @precondition(lambda self: self.connection is not Connection.DISCONNECTED)
    @rule()
    def pause(self) -> None:
        self.stops()
        self.stores.plane.datasources.pause(self.source, self.now)
        self.active = False

    @precondition(lambda self: self.connection is Connection.CONNECTED)
    @rule()
    def revoked_at_the_platform(self) -> None:
        self.stops()
        self.stores.plane.datasources.needs_reauthorization(self.source, "revoked", self.now)
        self.connection = Connection.REAUTHORIZE

    @precondition(lambda self: self.connection is not Connection.DISCONNECTED)
    @rule()
    def disconnect(self) -> None:
        if not self.held or self.state is WorkspaceState.DELETED:
            self.stops()
        may = not self.held or self.state is WorkspaceState.DELETED
        if self.attempt(lambda: self.stores.plane.datasources.disconnected(self.source, self.now), may=may):
            self.connection = Connection.DISCONNECTED

    @rule(grace=st.sampled_from([None, 0, 7]))
    def cancel(self, grace: int | None) -> None:
        may = self.state is WorkspaceState.ACTIVE
        if may:
            self.stops()
        if self.attempt(lambda: standing.cancel(self.stores, self.id, grace_days=grace), may=may):
            self.state, self.since = WorkspaceState.CANCELLED, self.now
            self.grace = self.grace if grace is None else grace

    @rule()
    def reactivate(self) -> None:
        # I4: on every day of the grace, and on none after
        in_grace = self.now < self.since + timedelta(days=self.grace)
        may = self.state is WorkspaceState.CANCELLED and in_grace
        if self.attempt(lambda: standing.reactivate(self.stores, self.id), may=may):
            self.state, self.since = WorkspaceState.ACTIVE, self.now

    @rule(reason=st.sampled_from(["a dispute", ""]))
    def restrict(self, reason: str) -> None:
        may = self.state is not WorkspaceState.DELETED
        if may:
            self.stops()
        if self.attempt(lambda: standing.restrict(self.stores, self.id, reason), may=may):
            self.restricted = bool(reason)

    @rule(reason=st.sampled_from(["a lawsuit", ""]))
    def hold(self, reason: str) -> None:
        may = self.state is not WorkspaceState.DELETED
        if self.attempt(lambda: standing.hold(self.stores, self.id, reason), may=may):
            self.held = bool(reason)

    @rule(event=st.sampled_from([Event.DELETE, Event.DELETE_NOW]))
    def delete(self, event: Event) -> None:
        due = self.state is WorkspaceState.CANCELLED and self.now >= self.since + timedelta(days=self.grace)
        deleted = self.state is WorkspaceState.DELETED
        # I5: at once beats the grace; a hold beats both
        may = deleted or (not self.held and (due or event is Event.DELETE_NOW))
        if may and not deleted:
            self.stops()

        def act() -> None:
            plane = self.stores.plane
            state = require(plane.workspaces.get(self.id), event, self.now)
            plane.workspaces.mark(self.id, state, self.now)

        if self.attempt(act, may=may):
            self.state = WorkspaceState.DELETED

    @rule()
    def deleted_behind_the_rules_back(self) -> None:
        """Even who does not ask can't delete what is held: the control plane says no in the same transaction."""
        if self.held and self.state is not WorkspaceState.DELETED:
            with pytest.raises(Refused):
                self.stores.plane.workspaces.mark(self.id, WorkspaceState.DELETED, self.now)

    @invariant()
    def the_state_is_the_model_s(self) -> None:
        found = self.stores.plane.workspaces.get(self.id)
        assert (found.state, bool(found.restricted)) == (self.state, self.restricted)
        assert bool(found.hold) == self.held
        # what is held was never deleted: no hold can be set afterwards
        assert not (self.held and self.state is WorkspaceState.DELETED)

    @invariant()
    def it_is_read_only_while_everything_holds(self) -> None:
        # I1
        plane = self.stores.plane
        fact = plane.datasources.get(self.source)
        reads = self.usable and self.active and self.connection is Connection.CONNECTED
        assert plane.datasources.may_read(self.source, fact.fence) is reads
        queued = {each.datasource_id for each in plane.due.due_syncs(self.now + timedelta(days=365))}
        assert (self.source in queued) is reads
        assert not any(plane.datasources.may_read(source, fence) for source, fence in self.old)


@pytest.mark.slow
def test_an_account_keeps_its_promises_in_any_order_of_events(stores: Stores) -> None:
    run_state_machine_as_test(
        type("Account", (Account,), {"stores": stores}),
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
