"""A request has its clock, says whom it is about to nobody but who answers it, and then forgets."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.privacy.deadlines import OVERDUE, level, look
from assets.privacy.requests import close, due, receive, subject_of
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Regime, RequestKind, RequestState
from resources.errors import Refused
from resources.identity import subject
from resources.settings import Settings
from resources.stores import Stores, open_stores

EMAIL = "canary.subject@example.com"
WHO = subject(emails=(EMAIL,), phones=("+49 30 1234567",), ids=("shopify:42",))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds only


@pytest.fixture
def stores(home: Path, now: datetime) -> Iterator[Stores]:
    with open_stores(Settings(home=home), clock=lambda: now) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


@given(MOMENTS, st.sampled_from(Regime))
def test_it_is_due_within_the_law_s_time(received: datetime, regime: Regime) -> None:
    rest = due(regime, received) - received
    assert timedelta(days=28) <= rest <= timedelta(days=45)
    if regime is Regime.GDPR:
        month = due(regime, received).month
        assert month == received.month % 12 + 1
    if regime is Regime.CCPA:
        assert rest == timedelta(days=45)


def test_a_month_ends_on_its_last_day() -> None:
    assert due(Regime.GDPR, datetime(2027, 1, 31, 12, tzinfo=UTC)) == datetime(2027, 2, 28, 12, tzinfo=UTC)
    assert due(Regime.GDPR, datetime(2026, 12, 31, 12, tzinfo=UTC)) == datetime(2027, 1, 31, 12, tzinfo=UTC)


def test_whom_it_is_about_is_sealed_read_on_the_record_and_forgotten(
    stores: Stores, workspace: Workspace, home: Path
) -> None:
    made = receive(stores, workspace, RequestKind.ERASE, WHO, channel="cli")
    assert subject_of(stores, made) == WHO
    read = [entry for entry in stores.audit.entries() if entry.verb == "personal.read"]
    assert {entry.target for entry in read} == {f"request {made.id}"}
    closed = close(stores, made, RequestState.DONE, "2 rows are gone.")
    assert closed.subject is None
    assert stores.plane.keys.get(made.key_id or "").wrapped is None
    with pytest.raises(Refused, match="forgotten"):
        subject_of(stores, closed)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert not [file for file in files if b"canary.subject" in file.read_bytes()]


def test_the_same_event_of_a_platform_is_one_request(stores: Stores, workspace: Workspace) -> None:
    first, second = (
        receive(stores, workspace, RequestKind.ERASE, WHO, channel="webhook", regime=Regime.SHOPIFY, external_id="e1")
        for _ in range(2)
    )
    assert first == second
    live = [key for key in stores.plane.keys.of(workspace.id) if key.owner == "request" and key.wrapped]
    assert [key.id for key in live] == [first.key_id]


def test_two_people_have_two_commitments_and_one_person_has_one(stores: Stores, workspace: Workspace) -> None:
    def commitment(mail: str) -> str:
        who = subject(emails=(mail,))
        return receive(stores, workspace, RequestKind.ACCESS, who, channel="cli").commitment

    assert commitment("ANN@example.com ") == commitment("ann@example.com")
    assert commitment("ann@example.com") != commitment("ben@example.com")


def test_alarms_ring_seven_three_and_one_days_before(stores: Stores, workspace: Workspace) -> None:
    made = receive(stores, workspace, RequestKind.ERASE, WHO, channel="cli", regime=Regime.CCPA)
    open_ones = stores.plane.requests.unanswered()
    assert open_ones == [made]
    assert level(made, made.due_at - timedelta(days=8)) == ""
    assert look(open_ones, made.due_at - timedelta(days=8)).in_time
    for days, said in ((7, "7"), (3, "3"), (1, "1"), (-1, OVERDUE)):
        assert level(made, made.due_at - timedelta(days=days)) == said
        assert not look(open_ones, made.due_at - timedelta(days=days)).in_time


def test_a_deleted_workspace_takes_no_request(stores: Stores, workspace: Workspace) -> None:
    gone = stores.plane.workspaces.mark(workspace.id, WorkspaceState.DELETED, stores.clock())
    with pytest.raises(Refused, match="deleted"):
        receive(stores, gone, RequestKind.ERASE, WHO, channel="cli")


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"emails": ("ann",)},
        {"emails": ("ann @x.com",)},
        {"phones": ("12",)},
        {"ids": ("42",)},
        {"ids": ("shopify:",)},
    ],
)
def test_nobody_is_no_subject(given_: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Refused):
        subject(**given_)
