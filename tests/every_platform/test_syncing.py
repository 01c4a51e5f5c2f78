"""What each platform's sync must keep, whatever the platform: the real door, decoder, dlt and file, on the sandbox."""

import contextlib
import datetime as dt
import logging
from collections.abc import Callable

import pytest
from places import Place

from resources.control_plane.facts import Connection, FileState
from resources.door.limits import Clock
from resources.errors import AskAgain, Problem, Stop
from resources.platform import Platform
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
MANY = 400  # requests after which a list that goes on is taken for endless


def state(place: Place) -> FileState | None:
    file = place.stores.plane.files.current_source(place.datasource.id)
    return file.state if file else None


def test_everything_declared_arrives(place: Place, sandbox: Sandbox) -> None:
    report = place.sync()
    empty = [stream.name for stream in place.declared.streams if not report.rows.get(stream.name)]
    assert empty == []
    assert report.refusals == 0
    assert list(sandbox.state.writes_seen) == []
    assert state(place) is FileState.CLEAN


def test_loading_twice_is_loading_once(place: Place) -> None:
    place.sync()
    once = place.digests()
    place.sync()
    place.sync(full=True)
    assert place.digests() == once


def test_increments_add_up_to_a_full_refresh(connect: Callable[[], Place], sandbox: Sandbox) -> None:
    sandbox.state.show(dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC))
    place = connect()
    early = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
    object.__setattr__(place.stores, "clock", lambda: early)
    place.sync()
    sandbox.state.show(None)
    late = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
    object.__setattr__(place.stores, "clock", lambda: late)
    place.sync()
    by_increments = place.digests()
    place.sync(full=True)
    assert place.digests() == by_increments


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.CUT_BODY, Kind.EXPIRED_TOKEN])
def test_a_passing_fault_is_overcome(place: Place, sandbox: Sandbox, kind: Kind) -> None:
    place.sync()
    whole = place.digests()
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=kind, after=1))
    try:
        place.sync(full=True)
    except AskAgain:
        # a token that cannot be refreshed has to be asked for again; see the revocation test
        assert kind is Kind.EXPIRED_TOKEN
    assert place.digests() == whole


@pytest.mark.parametrize("kind", [Kind.MALFORMED_PAGE, Kind.MISSING_FIELD, Kind.WRONG_TYPE, Kind.ERROR_IN_200])
def test_a_broken_page_stops_and_the_last_good_state_stays(
    place: Place, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    place.sync()
    whole = place.digests()
    before = place.stores.plane.datasources.get(place.datasource.id).last_success
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=kind, times=0))
    with monkeypatch.context() as impatient:
        # some errors in a 200 are worth more tries, each after a longer wait
        impatient.setattr(Clock, "sleep", lambda *_: None)
        with pytest.raises(Problem) as problem:
            place.sync(full=True)
    assert problem.value.trouble.do_next
    assert place.digests() == whole
    assert state(place) is FileState.CLEAN
    after = place.stores.plane.datasources.get(place.datasource.id)
    assert (after.last_success, after.connection) == (before, Connection.CONNECTED)
    sandbox.state.faults.clear()
    place.sync(full=True)
    assert place.digests() == whole


def test_an_added_field_is_ignored_and_counted(place: Place, sandbox: Sandbox) -> None:
    place.sync()
    whole = place.digests()
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=Kind.ADDED_FIELD, times=0))
    report = place.sync(full=True)
    assert place.digests() == whole
    assert any("field_nobody_declared" in names for names in report.undeclared.values())


def test_a_list_that_never_ends_is_ended(place: Place, sandbox: Sandbox) -> None:
    seen = len(sandbox.state.seen)
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=Kind.ENDLESS_PAGE_TOKEN, times=0))
    with contextlib.suppress(Stop):
        place.sync()
    assert len(sandbox.state.seen) - seen < MANY


def test_a_grant_that_is_gone_asks_for_a_person(place: Place, sandbox: Sandbox) -> None:
    place.sync()
    whole = place.digests()
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=Kind.REVOKED, times=0))
    seen = len(sandbox.state.seen)
    with pytest.raises(AskAgain):
        place.sync()
    assert len(sandbox.state.seen) - seen <= 3
    after = place.stores.plane.datasources.get(place.datasource.id)
    assert after.connection is Connection.REAUTHORIZE
    assert place.digests() == whole
    with pytest.raises(Problem):
        place.sync()


def test_no_token_and_no_address_is_in_any_log_line(
    place: Place, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=Kind.SERVER_ERROR))
    place.sync()
    assert place.stores.credentials is not None
    grant = place.stores.credentials.load(place.datasource).grant
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert grant.access.reveal() not in said
    assert grant.refresh is None or grant.refresh.reveal() not in said
    assert not [person for person in sandbox.state.full.people if person.email in said]


def test_the_scopes_asked_for_are_those_declared(connect: Callable[[], Place], declared: Platform) -> None:
    place = connect()
    assert place.datasource.grade == declared.best_grade.value
    granted = place.datasource.scopes
    assert not granted or set(declared.scopes.required) <= granted
