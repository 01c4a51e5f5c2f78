"""The four checks' answers, without a file."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.checks import Seen, freshness, nothing_personal, shape, volume, watched
from resources.control_plane.facts import Connection, Datasource, Sync
from resources.warehouse.inspection import Difference, Suspect

AS_DECLARED = Difference(missing=(), undeclared=(), retyped=())
HOUR = timedelta(hours=1)


def seen(*, rows: int = 10, before: int | None = None, difference: Difference = AS_DECLARED) -> Seen:
    return Seen(rows=rows, before=before, difference=difference, suspects=())


@pytest.fixture
def datasource(now: datetime) -> Datasource:
    return Datasource(
        id="ds_1",
        workspace_id="ws_1",
        platform="stripe",
        account="acct",
        account_name="Account",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        connection=Connection.CONNECTED,
        sync=Sync.ACTIVE,
        reason="",
        fence=1,
        connected_at=now,
        last_attempt=None,
        last_success=now,
        last_error=None,
    )


def test_freshness_goes_red_after_two_rhythms(datasource: Datasource, now: datetime) -> None:
    assert freshness(datasource, HOUR, now + 2 * HOUR).passed
    assert not freshness(datasource, HOUR, now + 2 * HOUR + timedelta(seconds=1)).passed


def test_never_synced_is_not_fresh(datasource: Datasource, now: datetime) -> None:
    assert not freshness(dataclasses.replace(datasource, last_success=None), HOUR, now).passed


@given(rows=st.integers(0, 10_000), before=st.integers(0, 10_000))
def test_volume_allows_any_growth_and_half_a_loss(rows: int, before: int) -> None:
    assert volume(seen(rows=rows, before=before)).passed is (rows >= before / 2)


def test_a_first_sync_has_nothing_to_shrink_from() -> None:
    assert volume(seen(rows=0)).passed


def test_each_departure_from_the_schema_is_named() -> None:
    odd = Difference(missing=("a",), undeclared=("b",), retyped=("c",))
    verdict = shape(seen(difference=odd))
    assert not verdict.passed
    assert verdict.words == "missing: a; undeclared: b; other type: c"
    assert shape(seen()).passed


def test_a_suspect_is_named_and_counted_not_quoted() -> None:
    found = Suspect(column="note", because="values shaped like e-mail", rows=3)
    verdict = nothing_personal(dataclasses.replace(seen(), suspects=(found,)))
    assert not verdict.passed
    assert verdict.words == "note: values shaped like e-mail (3 rows)"


def test_who_lost_access_is_watched_and_who_was_paused_is_not(datasource: Datasource) -> None:
    lost = dataclasses.replace(datasource, connection=Connection.REAUTHORIZE)
    paused = dataclasses.replace(datasource, sync=Sync.INACTIVE)
    gone = dataclasses.replace(datasource, connection=Connection.DISCONNECTED)
    assert watched([datasource, lost, paused, gone]) == [datasource, lost]
