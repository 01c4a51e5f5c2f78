"""Restoring where the control plane is lost, or comes from an old copy: what was destroyed stays destroyed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from backup_rows import ANN, BOB, emails, erase, land, made_datasource

from resources.backups import create, restore
from resources.backups.fates import Fate
from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, Workspace
from resources.control_plane.inputs import Rate, UploadKind
from resources.errors import Refused, Stop
from resources.escrow.journal import Gone, Journal
from resources.revoking import disconnect
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.suppression import suppress

Old = Callable[[str], AbstractContextManager[Stores]]


@contextmanager
def lost(home: Path) -> Iterator[Stores]:
    """The disk is lost; what lay elsewhere is left: the backups, their keys, and the data's master key."""
    fresh = home.with_name(f"fresh-{len(list(home.parent.iterdir()))}")
    shutil.copytree(home / "keys" / "data", fresh / "keys" / "data")
    for folder in (fresh, fresh / "keys"):
        folder.chmod(0o700)
    with open_stores(_here(home, fresh)) as opened:
        yield opened


def _here(home: Path, other: Path, keys: str = "now") -> Settings:
    place = {"now": home, "then": other}[keys] / "backup-keys"
    return Settings(home=other, backups=str(home / "backups"), backup_keys=str(place))


@pytest.fixture
def as_it_was(stores: Stores, home: Path) -> Callable[[], Old]:
    """Copies the home as it is now, and later opens the copy, with the backups and keys of "now" or of "then"."""

    def copied() -> Old:
        stores.plane.scrub()
        old = home.with_name("old")
        shutil.copytree(home, old)
        return lambda keys: open_stores(_here(home, old, keys))

    return copied


def test_a_lost_home_comes_back_with_all_that_people_gave(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    rate = Rate(line=1, day=date(2026, 3, 1), from_currency="EUR", to_currency="USD", rate=Decimal("1.0834"))
    stores.plane.inputs.add(
        workspace.id,
        UploadKind.RATES,
        [rate],
        file_name="ecb.csv",
        sha256="0" * 64,
        rows_left_out=0,
        uploaded_by="ann",
        now=stores.clock(),
    )
    stores.plane.inputs.set_target(workspace.id, "net_sales", date(2026, 3, 1), Decimal(10), "ann", stores.clock())
    made = create(stores, workspace)
    before = stores.plane.files.current_source(datasource.id)
    assert before
    with lost(home) as fresh:
        done = restore(fresh, made.id)
        assert {each.fate for each in done.files} == {Fate.RESTORED, Fate.WITHHELD}
        assert emails(fresh, datasource) == {"ch_1": ANN, "ch_2": BOB}
        back = fresh.plane.datasources.get(datasource.id)
        assert (back.connection, back.account) == (Connection.REAUTHORIZE, "acct_1")
        assert fresh.plane.workspaces.get("Juniper").id == workspace.id
        assert [each.rate for each in fresh.plane.inputs.rates(workspace.id)] == [rate]
        assert [each.target for each in fresh.plane.inputs.targets(workspace.id)] == [Decimal(10)]
        assert [each.id for each in fresh.plane.backups.all(workspace.id)] == [made.id]
        after = fresh.plane.files.current_source(datasource.id)
        assert after
        assert after.generation > before.generation
        land(fresh, back, {"ch_3": BOB})
        assert len(emails(fresh, datasource)) == 3


def test_a_lost_home_does_not_bring_back_who_was_erased(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    before = create(stores, workspace)
    erase(stores, datasource, ANN)
    after = create(stores, workspace)
    with lost(home) as fresh:
        done = restore(fresh, before.id)
        assert {each.platform: each.fate for each in done.files}["stripe"] is Fate.PREDATES
        assert fresh.plane.files.current_source(datasource.id) is None
        restore(fresh, after.id)
        assert emails(fresh, datasource) == {"ch_2": BOB}
        # and the names are there, for the next sync
        assert {stone.kind for stone in fresh.plane.tombstones.of(workspace.id)} >= {"person", "row"}


@pytest.fixture
def erased(
    stores: Stores, workspace: Workspace, datasource: Datasource, as_it_was: Callable[[], Old], home: Path
) -> tuple[str, Old, FileGeneration]:
    """A backup, and the home as it was before the erasure, with every key that there ever was."""
    made, then = create(stores, workspace), as_it_was()
    file = stores.plane.files.current_source(datasource.id)
    assert file
    erase(stores, datasource, ANN)
    for copy in (home / "backup-keys" / workspace.id).iterdir():
        shutil.copyfile(copy, home.with_name("old") / "backup-keys" / workspace.id / copy.name)
    return made.id, then, file


def test_an_old_control_plane_with_old_keys_brings_nobody_back(
    workspace: Workspace, datasource: Datasource, erased: tuple[str, Old, FileGeneration]
) -> None:
    backup, then, old = erased
    with then("then") as opened:
        # positive control: the old file, the old key, the person
        assert emails(opened, datasource) == {"ch_1": ANN, "ch_2": BOB}
        assert opened.keeper.copies.get(workspace.id, old.key_id)
        done = restore(opened, backup)
        assert {each.platform: each.fate for each in done.files}["stripe"] is Fate.PREDATES
        assert done.keys == 1
        with pytest.raises(Refused, match="nothing was loaded"):
            emails(opened, datasource)
        assert opened.plane.keys.get(old.key_id).wrapped is None
        assert opened.plane.files.get(old.id).state is FileState.DELETED
        assert not list(opened.data_root.rglob("*.duckdb"))
        assert opened.keeper.copies.get(workspace.id, old.key_id) is None


def test_without_the_journal_of_keys_the_names_still_leave_the_person_out(
    datasource: Datasource, erased: tuple[str, Old, FileGeneration], monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, then, _ = erased
    read = Journal.of
    monkeypatch.setattr(Journal, "of", lambda self, of: replace(read(self, of), keys={}))
    with then("then") as opened:
        done = restore(opened, backup)
        assert (done.rows, done.keys) == (1, 0)
        assert emails(opened, datasource) == {"ch_2": BOB}


def test_without_either_the_person_is_seen(
    datasource: Datasource, erased: tuple[str, Old, FileGeneration], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation that shows that the tests above could fail."""
    backup, then, _ = erased
    monkeypatch.setattr(Journal, "of", lambda *_: Gone(keys={}, tombstones=(), strangers=0))
    with then("then") as opened:
        for file in opened.data_root.rglob("*.duckdb"):
            file.unlink()
        restore(opened, backup)
        assert ANN in emails(opened, datasource).values()


def test_an_old_control_plane_learns_of_erasures_in_what_the_backup_lacks(
    stores: Stores, workspace: Workspace, datasource: Datasource, as_it_was: Callable[[], Old]
) -> None:
    made = create(stores, workspace)
    stores.plane.workspaces.restrict(workspace.id, "")
    later = made_datasource(stores, workspace, "acct_2")
    land(stores, later, {"ch_7": ANN, "ch_8": BOB})
    stores.plane.workspaces.restrict(workspace.id, "a test")
    then = as_it_was()
    suppress(stores, workspace.id, {f"e:{ANN}"}, [], "act_test")
    with then("now") as opened:
        assert emails(opened, later) == {"ch_7": ANN, "ch_8": BOB}
        restore(opened, made.id, over_newer=True)
        assert emails(opened, later) == {"ch_8": BOB}
        assert emails(opened, datasource) == {"ch_2": BOB}


def test_without_the_key_of_the_names_nothing_is_restored(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    made = create(stores, workspace)
    suppress(stores, workspace.id, {f"e:{ANN}"}, [], "act_test")
    (key,) = [record.id for record in stores.plane.keys.of(workspace.id) if record.owner == "suppression"]
    (home / "backup-keys" / workspace.id / f"{key}.json").unlink()
    with lost(home) as fresh:
        with pytest.raises(Stop, match="0 keys"):
            restore(fresh, made.id)
        with pytest.raises(Refused, match="nothing was loaded"):
            emails(fresh, datasource)


def test_a_disconnected_datasource_and_a_deleted_workspace_do_not_come_back(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, as_it_was: Callable[[], Old]
) -> None:
    made, then = create(stores, workspace), as_it_was()
    disconnect(stores, datasource.id)
    with then("now") as opened:
        assert emails(opened, datasource)
        done = restore(opened, made.id)
        assert {each.platform: each.fate for each in done.files}["stripe"] is Fate.DISCONNECTED
        assert opened.plane.datasources.get(datasource.id).connection is Connection.DISCONNECTED
        assert not list(opened.data_root.rglob("*.duckdb"))
    with lost(home) as fresh:
        restore(fresh, made.id)
        assert fresh.plane.datasources.of(workspace.id) == []
        fresh.plane.tombstones.add(
            workspace_id=workspace.id, kind="workspace", subject=workspace.id, act_id="act", now=fresh.clock()
        )
    with lost(home) as fresh, pytest.raises(Refused, match="deleted"):
        restore(fresh, made.id)


def test_another_home_with_other_master_keys_opens_nothing(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, tmp_path: Path
) -> None:
    assert datasource
    made = create(stores, workspace)
    elsewhere = Settings(home=tmp_path / "thief", backups=str(home / "backups"), backup_keys=str(home / "backup-keys"))
    with open_stores(elsewhere) as thief, pytest.raises(Stop):
        restore(thief, made.id)
