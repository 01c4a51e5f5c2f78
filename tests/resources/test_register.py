"""The register of sub-processors: nothing takes effect unannounced, too early or against an open objection."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from resources.register import (
    NOTICE,
    Action,
    Category,
    Change,
    Notice,
    Objection,
    Standing,
    Subprocessor,
    in_force,
    standing,
    takes_effect,
    version,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = st.integers(min_value=0, max_value=90).map(lambda days: START + timedelta(days=days))


def company(name: str, location: str = "Frankfurt") -> Subprocessor:
    return Subprocessor(
        name=name,
        category=Category.EMAIL,
        purpose="sends",
        data="addresses",
        location=location,
        safeguard="DPA",
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    announced = draw(DAYS)
    notices = tuple(
        Notice(
            change_id="chg",
            contact_id=f"con_{number}",
            workspace_id="ws",
            attempts=0,
            next_try_at=announced,
            sent_at=draw(st.none() | DAYS),
            error="",
        )
        for number in range(draw(st.integers(0, 2)))
    )
    objections = tuple(
        Objection(
            change_id="chg",
            workspace_id=f"ws_{number}",
            reason="no",
            made_at=(made := draw(DAYS)),
            settled_at=draw(st.none() | st.just(made + timedelta(days=5))),
            settlement="",
        )
        for number in range(draw(st.integers(0, 2)))
    )
    return Change(
        id="chg",
        action=draw(st.sampled_from(Action)),
        subprocessor=company(draw(st.sampled_from(["Post", "Cloud"]))),
        announced_at=announced,
        effective_at=announced + timedelta(days=draw(st.integers(0, 60))),
        withdrawn_at=draw(st.none() | DAYS),
        notices=notices,
        objections=objections,
    )


@given(changes())
def test_nothing_takes_effect_too_early(change: Change) -> None:
    at = takes_effect(change)
    if at is None:
        return
    assert at >= change.effective_at
    assert all(notice.sent_at and at >= notice.sent_at + NOTICE for notice in change.notices)
    assert not [
        each for each in change.objections if each.settled_at is None and each.made_at < at - timedelta(days=90)
    ]
    assert change.withdrawn_at is None or change.withdrawn_at >= change.effective_at


@given(changes(), DAYS)
def test_an_open_objection_that_came_in_time_holds_a_change_up(change: Change, now: datetime) -> None:
    in_time = [each for each in change.objections if each.made_at < change.effective_at and each.settled_at is None]
    if in_time:
        assert standing(change, now) is not Standing.IN_FORCE


@given(st.lists(changes(), max_size=5), DAYS, st.integers(0, 60))
def test_the_version_only_rises(found: list[Change], now: datetime, days: int) -> None:
    assert version(found, now) <= version(found, now + timedelta(days=days))


@given(st.lists(changes(), max_size=5), DAYS)
def test_who_is_in_force_was_added_and_not_removed_since(found: list[Change], now: datetime) -> None:
    current = in_force(found, now)
    for name in current:
        assert [each for each in found if each.subprocessor.name == name and each.action is not Action.REMOVE]


def test_a_change_replaces_and_a_removal_removes() -> None:
    def at(day: int, action: Action, who: Subprocessor) -> Change:
        moment = START + timedelta(days=day)
        return Change(
            id=f"chg_{day}",
            action=action,
            subprocessor=who,
            announced_at=moment,
            effective_at=moment,
            withdrawn_at=None,
            notices=(),
            objections=(),
        )

    found = [
        at(0, Action.ADD, company("Post")),
        at(10, Action.CHANGE, company("Post", "Dublin")),
        at(20, Action.REMOVE, company("Post", "Dublin")),
    ]
    assert in_force(found, START + timedelta(days=5))["Post"].location == "Frankfurt"
    assert in_force(found, START + timedelta(days=15))["Post"].location == "Dublin"
    assert in_force(found, START + timedelta(days=25)) == {}
