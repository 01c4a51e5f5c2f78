"""Revocation, for every platform: by us, at the platform, and for a while; and what comes back afterwards."""

import datetime as dt
from collections.abc import Callable

import pytest
from merchant import join
from places import Place

from assets.loading import Progress, sync
from resources.audit.verifier import examine
from resources.control_plane.facts import Connection, FileState
from resources.door.limits import Clock
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater
from resources.platform import OAuth, Platform
from resources.revoking import disconnect, pause, resume
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox

pytestmark = pytest.mark.slow
EARLY = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
MIDDLE = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
# what was in stock on a day is told on that day only, so no platform can fill that gap afterwards
MOMENTS = {("amazon_seller", "inventory")}


def set_clock(place: Place, moment: dt.datetime) -> None:
    object.__setattr__(place.stores, "clock", lambda: moment)


def is_due(place: Place) -> bool:
    later = place.stores.clock() + dt.timedelta(days=400)
    return place.datasource.id in {each.datasource_id for each in place.stores.plane.due.due_syncs(later)}


def state(place: Place) -> Connection:
    return place.stores.plane.datasources.get(place.datasource.id).connection


def asked(sandbox: Sandbox, since: int) -> list[str]:
    return [f"{each.method} {each.path}" for each in list(sandbox.state.seen)[since:]]


def stopped_at_first_page(place: Place, stop: Callable[[], object]) -> None:
    """Syncs, and has `stop` happen while the sync is between two requests."""
    done: list[object] = []

    def on_progress(_: Progress) -> None:
        if not done:
            done.append(stop())

    with pytest.raises(Problem) as caught:
        sync(place.stores, place.stores.plane.datasources.get(place.datasource.id), on_progress=on_progress)
    assert done
    assert isinstance(caught.value, Refused | Stop)


def test_disconnecting_during_a_sync_stops_it_and_leaves_nothing(place: Place, sandbox: Sandbox) -> None:
    place.sync()
    key_ids = [record.id for record in place.stores.plane.keys.of(place.workspace.id) if record.owner.startswith("ds_")]
    heard: list[int] = []

    def stop() -> None:
        heard.append(len(sandbox.state.seen))
        done = disconnect(place.stores, place.datasource.id, reason="a test")
        assert done.files == 1
        heard.append(len(sandbox.state.seen))

    stopped_at_first_page(place, stop)
    before, after = heard
    # between the two only the grant was given back, and after it nothing was asked
    assert len(sandbox.state.seen) == after
    gives_back = isinstance(place.declared.auth, OAuth) and place.declared.auth.revoke is not None
    assert (after - before) <= (2 if gives_back else 0), asked(sandbox, before)
    assert (state(place), is_due(place)) == (Connection.DISCONNECTED, False)
    assert {file.state for file in place.stores.plane.files.of(place.workspace.id)} == {FileState.DELETED}
    assert [path for path in place.stores.data_root.rglob("*") if path.is_file()] == []
    for key_id in key_ids:
        with pytest.raises(Stop, match="destroyed"):
            place.stores.keys.plain(key_id)
    assert place.stores.credentials is not None
    with pytest.raises(AskAgain):
        place.stores.credentials.load(place.datasource)
    (tombstone,) = place.stores.plane.tombstones.of(place.workspace.id)
    assert (tombstone.kind, tombstone.subject) == ("datasource", place.datasource.id)
    with pytest.raises(Refused):
        place.sync()


def test_the_grant_is_given_back_where_the_platform_takes_it(place: Place, sandbox: Sandbox) -> None:
    seen = len(sandbox.state.seen)
    done = disconnect(place.stores, place.datasource.id)
    takes = isinstance(place.declared.auth, OAuth) and place.declared.auth.revoke is not None
    assert done.given_back.endswith("has forgotten it.") == takes, done.given_back
    assert bool(asked(sandbox, seen)) == takes
    again = disconnect(place.stores, place.datasource.id)
    assert (again.files, again.keys) == (0, 0)


def test_a_grant_that_dies_during_a_sync_stops_everything_until_it_is_given_again(
    connect: Callable[[], Place], sandbox: Sandbox
) -> None:
    sandbox.state.show(EARLY)
    place = connect()
    set_clock(place, EARLY)
    place.sync()
    whole = place.digests()
    sandbox.state.show(None)
    set_clock(place, LATE)
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=Kind.REVOKED, times=0, after=1))
    seen = len(sandbox.state.seen)
    with pytest.raises(AskAgain):
        place.sync()
    # one went through, one was refused, and a token that could be refreshed was tried anew once
    assert len(sandbox.state.seen) - seen <= 5, asked(sandbox, seen)
    assert (state(place), is_due(place), place.digests()) == (Connection.REAUTHORIZE, False, whole)
    seen = len(sandbox.state.seen)
    with pytest.raises(Refused):
        place.sync()
    assert asked(sandbox, seen) == []
    sandbox.state.faults.clear()
    join(place.stores, sandbox, place.workspace, place.declared.key, place.declared.scopes.optional)
    assert (state(place), is_due(place)) == (Connection.CONNECTED, True)
    place.sync()
    caught_up = place.digests()
    place.sync(full=True)
    assert place.digests() == caught_up


@pytest.mark.parametrize("kind", [Kind.SERVER_ERROR, Kind.THROTTLE, Kind.CUT_BODY])
def test_no_passing_trouble_however_long_disconnects(
    place: Place, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    monkeypatch.setattr(Clock, "sleep", lambda *_: None)
    sandbox.state.faults.add(Fault(platform=place.declared.key, kind=kind, times=0))
    with pytest.raises(TryLater):
        place.sync()
    assert (state(place), is_due(place)) == (Connection.CONNECTED, True)


def test_a_pause_leaves_no_gap(connect: Callable[[], Place], sandbox: Sandbox, declared: Platform) -> None:
    sandbox.state.show(EARLY)
    place = connect()
    set_clock(place, EARLY)
    workspace = place.stores.plane.workspaces.create("Never paused", now=EARLY)
    first, *_ = join(place.stores, sandbox, workspace, declared.key, declared.scopes.optional)
    never_paused = Place(stores=place.stores, workspace=workspace, datasource=first, declared=declared)
    place.sync()
    never_paused.sync()
    stopped_at_first_page(place, lambda: pause(place.stores, place.datasource.id))
    whole = place.digests()
    sandbox.state.show(MIDDLE)
    set_clock(place, MIDDLE)
    seen = len(sandbox.state.seen)
    with pytest.raises(Refused):
        place.sync()
    assert (asked(sandbox, seen), is_due(place), place.digests()) == ([], False, whole)
    never_paused.sync()
    sandbox.state.show(None)
    set_clock(place, LATE)
    resume(place.stores, place.datasource.id)
    assert place.datasource.id in {each.datasource_id for each in place.stores.plane.due.due_syncs(LATE)}
    place.sync()
    never_paused.sync()
    assert without_moments(place) == without_moments(never_paused)


def without_moments(place: Place) -> dict[str, tuple[int, str]]:
    return {name: found for name, found in place.digests().items() if (place.declared.key, name) not in MOMENTS}


def test_the_record_of_all_that_holds_and_holds_no_token(place: Place) -> None:
    assert place.stores.credentials is not None
    grant = place.stores.credentials.load(place.datasource).grant
    place.sync()
    disconnect(place.stores, place.datasource.id)
    place.stores.audit.close()
    settings = place.stores.settings
    report = examine(settings.audit_dir, settings.home / "audit-checkpoints", place.stores.audit.public_pem)
    assert (report.holds, report.unfinished) == (True, []), report.problem
    raw = b"".join(place.stores.audit.chain.segments.lines())
    secrets = [grant.access.reveal(), grant.refresh.reveal() if grant.refresh else grant.access.reveal()]
    assert not [secret for secret in (*secrets, place.datasource.account) if secret.encode() in raw]
    verbs = {entry.verb for entry in place.stores.audit.entries()}
    assert {"datasource.connect", "credential.store", "credential.read", "datasource.disconnect"} <= verbs
    assert {"credential.destroy", "key.create", "key.destroy"} <= verbs
