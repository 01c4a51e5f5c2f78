"""The restore drill: who was erased comes back by no backup, though the control plane comes from an old copy."""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from backup_search import backed_up, cells
from merchant import describe, join

from assets.loading import sync
from resources.backups import create, replaying, restore, restoring
from resources.backups.drilling import drill
from resources.backups.fates import Fate
from resources.control_plane.facts import FileState, Workspace
from resources.errors import Refused, Stop
from resources.escrow.journal import Gone, Journal
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.suppression import change, suppress
from resources.warehouse.metrics import build, open_metrics
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import open_for_reading
from sandbox.serve import Sandbox, running
from sandbox.world import World

pytestmark = pytest.mark.slow
PLATFORMS = ("shopify", "stripe")
Open = Callable[[], AbstractContextManager[Stores]]


@dataclass(frozen=True, kw_only=True)
class Past:
    """A home in which a person was erased, a copy of it from before, a backup from before, and who it was."""

    home: Path
    before: Path
    backup: str
    needles: frozenset[str]


@pytest.fixture(scope="module")
def small() -> Iterator[Sandbox]:
    with running(World(seed=29, days=14, orders_per_day=4, today=dt.datetime.now(dt.UTC).date())) as started:
        yield started


@pytest.fixture(scope="module")
def past(small: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one home that all tests copy; see `Past`."""
    root = tmp_path_factory.mktemp("past")
    home = root / "home"
    home.mkdir(mode=0o700)
    describe(small, home)
    world = small.state.full
    buyer = next(charge.order.person for charge in world.charges if charge.order.person)
    assert buyer
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        for key in PLATFORMS:
            for datasource in join(stores, small, workspace, key):
                sync(stores, datasource)
        build(stores, workspace)
        backup = create(stores, workspace)
        stores.plane.scrub()
        shutil.copytree(home, root / "before")
        tokens = {f"e:{buyer.email.lower()}", f"c:shopify:{buyer.id}", f"c:stripe:{buyer.stripe_id}"}
        suppress(stores, workspace.id, tokens, [], "act_test")
        for datasource in stores.plane.datasources.of(workspace.id):
            rewrite(stores, datasource, change(stores, datasource))
        build(stores, workspace)
    orders = [str(order.id) for order in world.orders_of(buyer.id)]
    (root / "needles").write_text("\n".join([buyer.email.lower(), str(buyer.id), *orders]))
    (root / "backup").write_text(backup.id)
    return root


@pytest.fixture
def at(past: Path, tmp_path: Path) -> Past:
    for name in ("home", "before"):
        shutil.copytree(past / name, tmp_path / name)
    # every key that there ever was lies with the old home again, as if somebody had kept the place of keys as well
    for copy in (past / "home" / "backup-keys").rglob("*.json"):
        shutil.copyfile(copy, tmp_path / "before" / "backup-keys" / copy.parent.name / copy.name)
    needles = frozenset((past / "needles").read_text().splitlines())
    return Past(
        home=tmp_path / "home", before=tmp_path / "before", backup=(past / "backup").read_text(), needles=needles
    )


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("IGNYTE_") and name != "IGNYTE_SHARED"]:
        monkeypatch.delenv(name)


def now(at: Past) -> AbstractContextManager[Stores]:
    return open_stores(Settings(home=at.home))


def then(at: Past) -> AbstractContextManager[Stores]:
    """The old control plane, its files and its keys, with the backups and the journal as they are today."""
    return open_stores(Settings(home=at.before, backups=str(at.home / "backups")))


def only(stores: Stores) -> Workspace:
    (workspace,) = stores.plane.workspaces.all()
    return workspace


def shown(stores: Stores, at: Past, folder: Path) -> set[str]:
    """Which of the person's e-mail and ids any query, file or backup of a home shows."""
    found = backed_up(stores, at.backup, folder, kept=True)
    for datasource in stores.plane.datasources.of(only(stores).id):
        if stores.plane.files.current_source(datasource.id) is not None:
            with open_for_reading(stores, datasource) as source:
                found |= cells(source.connection, "source")
    if stores.plane.files.published(only(stores).id) is not None:
        with open_metrics(stores, only(stores)) as metrics:
            found |= cells(metrics, "metrics")
    return {needle for needle in at.needles if needle in found}


def calculated(stores: Stores) -> dict[str, int]:
    """How many rows each published table has; when they were calculated is rightly another moment."""
    with open_metrics(stores, only(stores)) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: len(connection.execute(f'FROM "{name}"').fetchall()) for name in names}


def test_before_the_erasure_the_backup_shows_the_person(at: Past, tmp_path: Path) -> None:
    """The positive control: what is looked for can be found."""
    with open_stores(Settings(home=at.before)) as stores:
        assert backed_up(stores, at.backup, tmp_path) >= at.needles
        assert shown(stores, at, tmp_path) == at.needles


def test_with_the_control_plane_of_today_nothing_shows_the_person(at: Past, tmp_path: Path) -> None:
    with now(at) as stores:
        before = calculated(stores)
        assert shown(stores, at, tmp_path) == set()
        done = restore(stores, at.backup)
        assert {each.fate for each in done.files if each.platform in PLATFORMS} == {Fate.PREDATES}
        assert shown(stores, at, tmp_path) == set()
        assert calculated(stores) == before


def test_with_an_old_control_plane_and_its_old_keys_nothing_shows_the_person(at: Past, tmp_path: Path) -> None:
    with then(at) as stores:
        dead = [file.key_id for file in stores.plane.files.of(only(stores).id)]
        assert shown(stores, at, tmp_path) == at.needles
        done = restore(stores, at.backup)
        assert done.keys >= len(PLATFORMS)
        assert shown(stores, at, tmp_path) == set()
        for key in dead:
            assert stores.plane.keys.get(key).wrapped is None
            with pytest.raises(Stop, match="destroyed"):
                stores.keys.plain(key)


def test_names_alone_leave_the_person_out_before_anyone_can_open_the_file(
    at: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutation: the journal's keys are not replayed. The rows are left out by the names of whom was erased."""
    original, replay = Journal.of, replaying.replayed
    monkeypatch.setattr(Journal, "of", lambda self, of: replace(original(self, of), keys={}))
    refused = []

    def looked_at(stores: Stores, datasource: object, restored: object) -> int:
        for each in stores.plane.datasources.of(only(stores).id):
            file = stores.plane.files.current_source(each.id)
            if file is None:
                with pytest.raises(Refused, match="nothing was loaded"), open_for_reading(stores, each):
                    pass
                refused.append(each.id)
        assert getattr(restored, "state", None) is FileState.RESTORED
        return replay(stores, datasource, restored)  # type: ignore[arg-type]

    monkeypatch.setattr(restoring, "replayed", looked_at)
    with now(at) as stores:
        expected = calculated(stores)
    with then(at) as stores:
        for file in stores.data_root.rglob("sources/*.duckdb"):
            file.unlink()
        for each in stores.plane.files.of(only(stores).id):
            stores.plane.files.mark(each.id, FileState.DELETED)
        done = restore(stores, at.backup)
        assert refused
        assert {each.fate for each in done.files if each.platform in PLATFORMS} == {Fate.REPLAYED}
        assert done.rows > 0
        assert shown(stores, at, tmp_path) == set()
        assert calculated(stores) == expected


def test_without_keys_and_names_the_person_is_shown(at: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are skipped: this drill can fail."""
    monkeypatch.setattr(Journal, "of", lambda *_: Gone(keys={}, tombstones=(), strangers=0))
    with then(at) as stores:
        for file in stores.data_root.rglob("sources/*.duckdb"):
            file.unlink()
        # what is looked for lies in the sources, and calculating takes its time
        stores.plane.workspaces.restrict(only(stores).id, "a test")
        restore(stores, at.backup)
        stores.plane.workspaces.restrict(only(stores).id, "")
        assert shown(stores, at, tmp_path) == at.needles


def test_the_drill_restores_as_if_this_home_were_lost_and_changes_nothing(at: Past) -> None:
    with now(at) as stores:
        workspace = only(stores)
        made = create(stores, workspace)
        before = [(each.name, each.size) for each in stores.keeper.target.found()]
        copies = stores.keeper.copies.ids(workspace.id)
        done = drill(stores, workspace)
        assert (done.backup_id, done.sources, done.tombstones) == (made.id, len(PLATFORMS), 0)
        assert {each.fate for each in done.files} == {Fate.RESTORED}
        assert done.source_rows > 100
        assert done.metrics_rows > 100
        assert [(each.name, each.size) for each in stores.keeper.target.found()] == before
        assert stores.keeper.copies.ids(workspace.id) == copies
        assert not list(at.home.glob("drill-*"))
        last = [entry for entry in stores.audit.entries() if entry.verb == "backup.drill"][-1]
        assert (last.result, last.details["sources"]) == ("done", len(PLATFORMS))
