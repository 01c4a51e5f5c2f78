"""Nothing erased comes back: not by the next sync, a full refresh, an old cursor, a load under way or killed."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from crash_child import STEPS
from merchant import join
from worlds import PLATFORMS, optional

from assets import loading
from assets.loading import Sync, sync
from resources.control_plane.facts import Datasource, FileState
from resources.errors import TryLater
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.suppression import FOUND_BY, Suppression, change, suppress
from resources.warehouse.landing import Landing, cursors_in
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load, open_for_reading
from sandbox.serve import Sandbox
from sandbox.world.entities import Person

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CHILD = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from crash_child import STEPS, arm
from assets.loading import sync
from resources.settings import Settings
from resources.stores import open_stores
module, attribute, well, made = STEPS[sys.argv[3]]
arm(module, attribute, well, made=made)
with open_stores(Settings(home=Path(sys.argv[1]))) as stores:
    sync(stores, stores.plane.datasources.get(sys.argv[2]), full=True)
"""
Rows = dict[str, Counter[tuple[object, ...]]]


@pytest.fixture(scope="module")
def people(sandbox: Sandbox) -> list[Person]:
    """A few with rows in all tables together: a subscriber, one who gave back, one who disputes, an odd spelling."""
    world = sandbox.state.full
    subscribers = [row.person for row in world.subscriptions]
    givers = [back.charge.order.person for back in world.charge_refunds if back.charge.order.person]
    disputers = [case.charge.order.person for case in world.disputes if case.charge.order.person]
    odd = [each for each in world.people if each.email != each.email.lower()]
    return list(dict.fromkeys([subscribers[0], givers[0], *disputers[:1], *odd[:1]]))


def tokens(people: list[Person]) -> set[str]:
    return {
        token
        for each in people
        for token in (
            f"e:{each.email.lower()}",
            f"c:shopify:{each.id}",
            f"c:stripe:{each.stripe_id}",
            f"c:klaviyo:{each.klaviyo_id}",
            f"c:recharge:{each.recharge_id}",
        )
    }


def needles(sandbox: Sandbox, people: list[Person]) -> set[str]:
    """What the truth of the sandbox knows of them: their addresses and ids, and those of all that is theirs."""
    world, mine = sandbox.state.full, {each.id for each in people}
    found = {each.email.lower() for each in people}
    for each in people:
        found |= {str(each.id), each.stripe_id, str(each.klaviyo_id), str(each.recharge_id)}
        found |= {str(order.id) for order in world.orders_of(each.id)}
    charges = [row for row in world.charges if row.order.person and row.order.person.id in mine]
    return found | {row.id for row in charges}


@pytest.fixture(scope="module")
def prepared(whole_home: Path) -> Path:
    """A home that was synced before anybody was erased."""
    return whole_home


@pytest.fixture(scope="module")
def erased(prepared: Path, people: list[Person], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same home after they were erased."""
    home = tmp_path_factory.mktemp("erased")
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home)) as stores:
        erase(stores, people)
    return home


@pytest.fixture
def stores_of(home: Path) -> Iterator[Callable[[Path], Stores]]:
    """Opens a copy of a home."""
    opened = []

    def open_copy(source: Path) -> Stores:
        shutil.copytree(source, home, dirs_exist_ok=True)
        opened.append(open_stores(Settings(home=home)))
        return opened[0].__enter__()

    yield open_copy
    for each in opened:
        each.__exit__(None, None, None)


def datasources(stores: Stores) -> list[Datasource]:
    (workspace,) = stores.plane.workspaces.all()
    return [each for each in stores.plane.datasources.of(workspace.id) if each.platform in PLATFORMS]


def one(stores: Stores, key: str) -> Datasource:
    return next(each for each in datasources(stores) if each.platform == key)


def erase(stores: Stores, people: list[Person]) -> None:
    suppress(stores, datasources(stores)[0].workspace_id, tokens(people), (), "request")
    for datasource in datasources(stores):
        rewrite(stores, datasource, change(stores, datasource))


def rows_of(stores: Stores, datasource: Datasource) -> Rows:
    """Every row of the platform's tables, without what a load adds to it."""
    with open_for_reading(stores, datasource) as source:
        schema = platform(datasource.platform).schema
        names = source.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' AND schema_name = ? "
            "AND NOT starts_with(table_name, '_')",
            [schema],
        ).fetchall()
        added = "EXCLUDE (_synced_at)"
        return {
            name: Counter(source.connection.execute(f'SELECT * {added} FROM source."{schema}"."{name}"').fetchall())
            for (name,) in names
        }


def everything(stores: Stores) -> dict[str, Rows]:
    return {each.platform: rows_of(stores, each) for each in datasources(stores)}


def named_in(rows: Rows, words: set[str]) -> set[str]:
    cells = {str(cell).lower() for table in rows.values() for row in table for cell in row if cell is not None}
    return {word for word in words if any(word.lower() in cell for cell in cells)}


def assert_same(stores: Stores, erased: dict[str, Rows], words: set[str]) -> None:
    for datasource in datasources(stores):
        found = rows_of(stores, datasource)
        assert not named_in(found, words)
        assert found == erased[datasource.platform]


@pytest.fixture(scope="module")
def left(erased: Path) -> dict[str, Rows]:
    """All rows after the erasure."""
    with open_stores(Settings(home=erased)) as stores:
        return everything(stores)


def test_the_erasure_takes_their_rows_and_no_others(
    stores_of: Callable[[Path], Stores], prepared: Path, left: dict[str, Rows], sandbox: Sandbox, people: list[Person]
) -> None:
    words = needles(sandbox, people)
    for key, before in everything(stores_of(prepared)).items():
        assert named_in(before, words), key
        assert not named_in(left[key], words)
        gone = {name: before[name] - left[key][name] for name in before}
        assert not any(left[key][name] - before[name] for name in before)
        theirs = {str(row[0]) for table in gone.values() for row in table} | words
        for table in gone.values():
            assert all(named_in({"": Counter([row])}, theirs) for row in table)


def incremental(stores: Stores, datasource: Datasource) -> None:
    sync(stores, datasource)


def full(stores: Stores, datasource: Datasource) -> None:
    assert sync(stores, datasource, full=True).suppressed


def old_cursor(stores: Stores, datasource: Datasource) -> None:
    declared = platform(datasource.platform)
    with open_for_load(stores, datasource) as source:
        before = {feed: moment - timedelta(days=20) for feed, moment in cursors_in(source.connection, declared).items()}
        mark_loading(stores, source)
        with Landing(source.connection, stores.scratch, declared, stores.clock(), lambda: True) as landing:
            landing.land({}, before)
    mark_clean(stores, datasource)
    sync(stores, datasource)


@pytest.mark.parametrize("way", [incremental, full, old_cursor])
def test_a_sync_does_not_bring_them_back(
    stores_of: Callable[[Path], Stores],
    erased: Path,
    left: dict[str, Rows],
    sandbox: Sandbox,
    people: list[Person],
    way: Callable[[Stores, Datasource], None],
) -> None:
    stores = stores_of(erased)
    for datasource in datasources(stores):
        way(stores, datasource)
    assert_same(stores, left, needles(sandbox, people))


def test_without_tombstones_they_come_back(
    stores_of: Callable[[Path], Stores],
    erased: Path,
    prepared: Path,
    home: Path,
    sandbox: Sandbox,
    people: list[Person],
) -> None:
    """The positive control of all others."""
    with open_stores(Settings(home=prepared)) as before:
        whole = everything(before)
    stores = stores_of(erased)
    with sqlite3.connect(home / "control.db") as database:
        assert database.execute("DELETE FROM tombstones").rowcount
    for datasource in datasources(stores):
        sync(stores, datasource, full=True)
    assert everything(stores) == whole
    assert named_in(whole["klaviyo"], needles(sandbox, people))


def test_a_load_that_had_decoded_them_leaves_them_out_at_its_commit(
    stores_of: Callable[[Path], Stores],
    prepared: Path,
    left: dict[str, Rows],
    sandbox: Sandbox,
    people: list[Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stores = stores_of(prepared)
    decoded, go, reports = threading.Barrier(2), threading.Event(), []
    land = Sync._land

    def late(self: Sync, *given: object) -> int:
        decoded.wait(timeout=60)
        assert go.wait(timeout=60)
        return land(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Sync, "_land", late)
    worker = threading.Thread(target=lambda: reports.append(sync(stores, one(stores, "shopify"), full=True)))
    worker.start()
    decoded.wait(timeout=60)
    erase(stores, people)
    go.set()
    worker.join(timeout=60)
    assert_same(stores, left, needles(sandbox, people))
    assert reports[0].suppressed["orders"] > 0


def test_a_killed_load_is_healed_without_them(
    stores_of: Callable[[Path], Stores],
    erased: Path,
    left: dict[str, Rows],
    home: Path,
    sandbox: Sandbox,
    people: list[Person],
) -> None:
    stores = stores_of(erased)
    datasource = one(stores, "shopify")
    killed(home, datasource, "in the middle of the load")
    with pytest.raises(TryLater):
        rewrite(stores, datasource)
    sync(stores, datasource)
    assert_same(stores, left, needles(sandbox, people))


def test_what_a_dead_load_had_packed_is_never_taken_up(
    home: Path, stores: Stores, sandbox: Sandbox, people: list[Person], left: dict[str, Rows]
) -> None:
    workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
    (datasource,) = join(stores, sandbox, workspace, "shopify", optional("shopify"))
    killed(home, datasource, "before the commit")
    suppress(stores, workspace.id, tokens(people), (), "request")
    sync(stores, datasource)
    assert_same(stores, left, needles(sandbox, people))


def killed(home: Path, datasource: Datasource, step: str) -> None:
    assert step in STEPS
    command = [sys.executable, "-c", CHILD, str(home), datasource.id, step]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 -- our own
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]


def test_children_that_land_before_their_parent_are_taken_out_before_the_load_is_whole(
    stores_of: Callable[[Path], Stores],
    erased: Path,
    left: dict[str, Rows],
    home: Path,
    sandbox: Sandbox,
    people: list[Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stores = stores_of(erased)
    with sqlite3.connect(home / "control.db") as database:
        # who is erased is known, but not which rows were theirs
        assert database.execute("DELETE FROM tombstones WHERE kind = 'row'").rowcount
    datasource = one(stores, "stripe")
    declared = platform("stripe")
    before = stores.plane.files.current_source(datasource.id)
    monkeypatch.setattr(loading, "_LOAD_BYTES", 0)
    backwards = replace(declared, feeds=tuple(reversed(declared.feeds)))
    report = Sync(stores, datasource, declared=backwards, full=True).run()
    assert_same(stores, left, needles(sandbox, people))
    assert report.suppressed["refunds"] > 0
    assert before is not None
    assert report.file.key_id != before.key_id
    assert report.file.state is FileState.CLEAN


def test_children_that_come_without_their_parent_stay_away(
    stores_of: Callable[[Path], Stores], erased: Path, prepared: Path
) -> None:
    stores = stores_of(erased)
    kinds = {(each.kind, each.act_id) for each in stores.plane.tombstones.of(one(stores, "stripe").workspace_id)}
    assert ("row", FOUND_BY) in kinds
    with open_stores(Settings(home=prepared)) as before, open_for_reading(before, one(before, "stripe")) as source:
        refunds = source.connection.execute("FROM source.raw_stripe.refunds").to_arrow_table()
    with Suppression.of(stores, one(stores, "stripe").workspace_id) as suppression:
        kept = suppression.drop(platform("stripe"), {"refunds": refunds})["refunds"]
    assert 0 < kept.num_rows < refunds.num_rows
