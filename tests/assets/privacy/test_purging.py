"""Purges without a platform: what refuses them, what they leave, and that twice is once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assets.privacy.purging import carry_on, purge_datasource, purge_workspace, unfinished
from assets.privacy.requests import receive
from resources import standing
from resources.columns import Personal
from resources.control_plane.facts import Connection, Datasource, FileState, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import RequestKind, RequestState, Rule
from resources.errors import Refused, TryLater
from resources.identity import Identifier, Subject
from resources.lifecycle import Event, require
from resources.revoking import disconnect
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import build
from resources.warehouse.published import open_metrics
from resources.warehouse.sources import mark_clean, open_for_load

PERSON = Subject(identifiers=(Identifier(kind=Personal.EMAIL, value="anna@example.com"),))


def nothing_to_forget(_: str) -> int:
    return 0


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


@pytest.fixture
def source(stores: Stores, workspace: Workspace) -> Datasource:
    """A datasource with a file, as after a first load."""
    made = stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform="stripe",
        account="acct_juniper",
        account_name="Juniper & Rye",
        currency="EUR",
        time_zone="UTC",
        settings={"plan": "basic"},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )
    stores.plane.due.set_rhythm(made.id, timedelta(hours=6), stores.clock())
    with open_for_load(stores, made) as opened:
        opened.connection.execute("CREATE TABLE source.main.rows AS SELECT 1 AS id")
    mark_clean(stores, made)
    return made


def later(stores: Stores, days: float) -> None:
    moment = stores.clock() + timedelta(days=days)
    object.__setattr__(stores, "clock", lambda: moment)


@pytest.mark.slow
@pytest.mark.usefixtures("source")
def test_inside_the_grace_only_an_immediate_request_deletes(stores: Stores, workspace: Workspace) -> None:
    with pytest.raises(Refused, match="it is active"):
        purge_workspace(stores, workspace.id, forget_runs=nothing_to_forget)
    standing.cancel(stores, workspace.id)
    later(stores, 29.9)
    with pytest.raises(Refused, match="may come back"):
        purge_workspace(stores, workspace.id, forget_runs=nothing_to_forget)
    assert stores.plane.files.of(workspace.id)[0].state is FileState.CLEAN
    assert purge_workspace(stores, workspace.id, at_once=True, forget_runs=nothing_to_forget).certificate.id


def test_a_hold_refuses_every_deletion_until_it_is_lifted(
    stores: Stores, workspace: Workspace, source: Datasource
) -> None:
    standing.cancel(stores, workspace.id)
    later(stores, 40)
    standing.hold(stores, workspace.id, "a lawsuit")
    acts = (
        lambda: purge_workspace(stores, workspace.id, at_once=True, forget_runs=nothing_to_forget),
        lambda: purge_datasource(stores, source.id, forget_runs=nothing_to_forget),
        lambda: disconnect(stores, source.id),
        lambda: stores.plane.datasources.disconnected(source.id, stores.clock()),
    )
    for act in acts:
        with pytest.raises(Refused, match="held: a lawsuit"):
            act()
    kept = stores.plane.datasources.get(source.id)
    assert (kept.connection, kept.account_name) == (Connection.CONNECTED, source.account_name)
    assert [each.state for each in stores.plane.files.of(workspace.id)] == [FileState.CLEAN]
    standing.hold(stores, workspace.id, "")
    assert require(stores.plane.workspaces.get(workspace.id), Event.DELETE, stores.clock())
    assert stores.plane.datasources.disconnected(source.id, stores.clock()).connection is Connection.DISCONNECTED


@pytest.mark.slow
def test_of_a_workspace_nothing_but_its_ids_is_left(stores: Stores, workspace: Workspace, source: Datasource) -> None:
    plane, now = stores.plane, stores.clock()
    asked = receive(stores, workspace, RequestKind.ERASE, PERSON, channel="cli")
    wanted = receive(stores, workspace, RequestKind.ACCESS, PERSON, channel="cli")
    plane.rules.put(Rule(workspace_id=workspace.id, platform="", stream="", days=9, reason="ours", set_at=now))
    standing.restrict(stores, workspace.id, "Anna objects")
    history = stores.settings.home / "shell" / f"{workspace.id}.history"
    export = stores.settings.home / "exports" / workspace.id / "anna" / "profile.json"
    for file in (history, export):
        file.parent.mkdir(parents=True)
        file.write_text("anna@example.com")
    heard: list[str] = []
    forgotten: list[str] = []

    def forget(name: str) -> int:
        forgotten.append(name)
        return 3

    standing.cancel(stores, workspace.id)
    later(stores, 30)
    with pytest.raises(Refused, match="grace ended"):
        standing.reactivate(stores, workspace.id)
    done = purge_workspace(stores, workspace.id, tell=heard.append, forget_runs=forget)
    gone = plane.workspaces.get(workspace.id)
    assert (gone.name, gone.state, gone.restricted) == (workspace.id, WorkspaceState.DELETED, "")
    row = plane.datasources.get(source.id)
    assert (row.connection, row.account, row.account_name, row.settings) == (Connection.DISCONNECTED, "", "", {})
    assert not [record for record in plane.keys.of(workspace.id) if record.wrapped is not None]
    assert {file.state for file in plane.files.of(workspace.id)} == {FileState.DELETED}
    assert not [place for place in (history, export, stores.data_root / "workspaces" / workspace.id) if place.exists()]
    assert not [*plane.rules.of(workspace.id), *plane.runs.of(workspace.id)]
    assert [plane.requests.get(each.id).state for each in (asked, wanted)] == [RequestState.DONE, RequestState.REFUSED]
    assert {(each.kind, each.subject) for each in plane.tombstones.of(workspace.id)} >= {
        ("datasource", source.id),
        ("workspace", workspace.id),
    }
    assert forgotten == [workspace.id]
    assert done.steps["traces"].facts == {"runs": "3"}
    assert done.steps[f"disconnected {source.id}"].facts == {
        "given_back": "Stripe can't be asked to forget it from here. Remove it in Stripe's own settings.",
        "files": "1",
        "keys": "1",
    }
    assert len(heard) == len(done.steps) + 1
    assert not [line for line in heard if "Juniper" in line]


@pytest.mark.slow
def test_twice_is_once(stores: Stores, workspace: Workspace, source: Datasource) -> None:
    first = purge_datasource(stores, source.id, forget_runs=nothing_to_forget)
    second = purge_datasource(stores, source.id, forget_runs=nothing_to_forget)
    assert (first.certificate.id, first.steps) == (second.certificate.id, second.steps)
    assert (first.again, second.again) == (False, True)
    whole = purge_workspace(stores, workspace.id, at_once=True, forget_runs=nothing_to_forget)
    stones = stores.plane.tombstones.of(workspace.id)
    lines = len(list(stores.audit.entries()))
    again = purge_workspace(stores, workspace.id, forget_runs=nothing_to_forget)
    assert (whole.certificate.id, whole.steps) == (again.certificate.id, again.steps)
    assert stores.plane.tombstones.of(workspace.id) == stones
    assert len(list(stores.audit.entries())) == lines
    assert len(stores.plane.certificates.all(workspace.id)) == 2
    with pytest.raises(Refused, match="is deleted"):
        disconnect(stores, source.id)


@pytest.mark.slow
def test_what_is_in_the_way_is_said_and_the_rest_goes_on_later(
    stores: Stores, workspace: Workspace, source: Datasource
) -> None:
    def busy(_: str) -> int:
        raise TryLater("a run is still under way.", to="Dagster")

    with pytest.raises(TryLater):
        purge_workspace(stores, workspace.id, at_once=True, forget_runs=busy)
    assert unfinished(stores) == ([workspace.id], [])
    assert stores.plane.certificates.all() == []
    before = stores.plane.requests.steps(workspace.id)
    assert f"disconnected {source.id}" in before
    assert "traces" not in before
    # neither the grace nor the word "now" is asked for again: it had begun
    done = purge_workspace(stores, workspace.id, forget_runs=nothing_to_forget)
    assert {name: done.steps[name] for name in before} == before
    assert unfinished(stores) == ([], [])
    assert carry_on(stores, nothing_to_forget) == 0


def test_a_process_without_credentials_deletes_nothing(home: Path, workspace: Workspace, source: Datasource) -> None:
    with open_stores(Settings(home=home, vault_access="data")) as reader:
        with pytest.raises(Refused, match="may not use credentials"):
            purge_workspace(reader, workspace.id, at_once=True, forget_runs=nothing_to_forget)
        assert carry_on(reader, nothing_to_forget) == 0
        assert reader.plane.datasources.get(source.id).connection is Connection.CONNECTED


@pytest.mark.slow
def test_what_may_not_be_used_is_neither_built_nor_asked_and_its_metrics_do_not_outlive_a_source(
    stores: Stores, workspace: Workspace, source: Datasource
) -> None:
    published = build(stores, workspace).file
    stops: tuple[tuple[Callable[[], object], Callable[[], object]], ...] = (
        (lambda: standing.cancel(stores, workspace.id), lambda: standing.reactivate(stores, workspace.id)),
        (lambda: standing.restrict(stores, workspace.id, "x"), lambda: standing.restrict(stores, workspace.id, "")),
    )
    for stop, back in stops:
        stop()
        with pytest.raises(Refused, match=r"cancelled|restricted"):
            build(stores, workspace)
        with pytest.raises(Refused, match=r"cancelled|restricted"), open_metrics(stores, workspace):
            pass
        back()
        with open_metrics(stores, workspace) as metrics:
            assert metrics.execute("SELECT count(*) FROM brand_metrics_by_date").fetchone() == (0,)
    standing.cancel(stores, workspace.id)
    done = purge_datasource(stores, source.id, forget_runs=nothing_to_forget)
    assert done.steps["metrics"].facts == {"metrics": "destroyed"}
    assert stores.plane.files.get(published.id).state is FileState.DELETED
    assert not (stores.data_root / published.path).exists()
    assert stores.plane.due.build_wanted(workspace.id) is None
    standing.reactivate(stores, workspace.id)
    assert stores.plane.due.build_wanted(workspace.id) is not None
