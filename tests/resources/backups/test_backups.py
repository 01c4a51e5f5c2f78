"""Making, looking at and restoring backups in the home they came from."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from backup_rows import ANN, BOB, current_path, emails, erase, land, made_datasource

from resources.backups import create, restore, verify
from resources.backups.fates import Fate, Restored
from resources.control_plane.facts import Datasource, Workspace
from resources.control_plane.privacy_facts import BackupState, Rule
from resources.errors import Refused, Stop, TryLater
from resources.escrow.places import Folder, places_of
from resources.settings import Settings
from resources.stores import Stores
from resources.suppression import suppress
from resources.warehouse.sources import mark_loading, open_for_load


def fates(done: Restored) -> dict[str, Fate]:
    return {each.platform: each.fate for each in done.files}


def test_a_backup_is_ciphertext_without_keys_and_holds_what_was_there(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    made = create(stores, workspace)
    assert (made.state, made.files) == (BackupState.COMPLETE, 1)
    assert made.expires_at - made.created_at == timedelta(days=30)
    target = b"".join(file.read_bytes() for file in (home / "backups").rglob("*") if file.is_file())
    assert ANN.encode() not in target
    assert b"Juniper" not in target
    wrapped = [record.wrapped for record in stores.plane.keys.of(workspace.id) if record.wrapped]
    assert wrapped
    assert not [key for key in wrapped if key in target]
    copies = sorted(file.stem for file in (home / "backup-keys").rglob("*.json"))
    assert {datasource.id, "backup"} <= {stores.plane.keys.get(key).owner for key in copies}
    found = verify(stores, made.id)
    assert found.holds
    assert (found.files[0].rows or 0) >= 2
    assert stores.plane.backups.get(made.id).verified_at is not None


def test_the_shortest_rule_says_when_it_ends(
    stores: Stores, workspace: Workspace, datasource: Datasource, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert datasource
    monkeypatch.setenv("IGNYTE_BACKUP_DAYS", "90")
    object.__setattr__(stores, "settings", Settings())
    made = create(stores, workspace)
    assert made.expires_at - made.created_at == timedelta(days=30)
    now = stores.clock()
    stores.plane.rules.put(
        Rule(workspace_id=workspace.id, platform="", stream="", days=7, reason="contract", set_at=now)
    )
    made = create(stores, workspace)
    assert made.expires_at - made.created_at == timedelta(days=7)


def test_a_damaged_file_comes_back_and_an_untouched_one_is_kept(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    other = made_other(stores, workspace)
    made = create(stores, workspace)
    before = stores.plane.files.current_source(datasource.id)
    path = current_path(stores, datasource)
    path.write_bytes(b"\0" * 100)
    done = restore(stores, made.id)
    assert {each.datasource_id: each.fate for each in done.files} == {
        datasource.id: Fate.RESTORED,
        other.id: Fate.KEPT,
        "metrics": Fate.WITHHELD,
    }
    assert emails(stores, datasource) == {"ch_1": ANN, "ch_2": BOB}
    after = stores.plane.files.current_source(datasource.id)
    assert before
    assert after
    assert after.generation > before.generation
    assert not path.exists()
    # the same backup helps a second time, and so does the next load
    current_path(stores, datasource).unlink()
    restore(stores, made.id)
    assert emails(stores, datasource) == {"ch_1": ANN, "ch_2": BOB}
    land(stores, datasource, {"ch_3": BOB})
    assert set(emails(stores, datasource)) == {"ch_1", "ch_2", "ch_3"}


def made_other(stores: Stores, workspace: Workspace) -> Datasource:
    stores.plane.workspaces.restrict(workspace.id, "")
    other = made_datasource(stores, workspace, "acct_2")
    land(stores, other, {"ch_9": BOB})
    stores.plane.workspaces.restrict(workspace.id, "a test")
    return other


def test_a_newer_file_is_replaced_only_when_asked_and_its_backups_live(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    old = create(stores, workspace)
    land(stores, datasource, {"ch_3": BOB})
    newer = create(stores, workspace)
    with pytest.raises(Refused, match="newer files would be replaced: stripe"):
        restore(stores, old.id)
    assert set(emails(stores, datasource)) == {"ch_1", "ch_2", "ch_3"}
    stores.plane.workspaces.hold(workspace.id, "a court asks")
    with pytest.raises(Refused, match="held"):
        restore(stores, old.id, over_newer=True)
    stores.plane.workspaces.hold(workspace.id, "")
    restore(stores, old.id, over_newer=True)
    assert set(emails(stores, datasource)) == {"ch_1", "ch_2"}
    restore(stores, newer.id, over_newer=True)
    assert set(emails(stores, datasource)) == {"ch_1", "ch_2", "ch_3"}


def test_a_backup_from_before_an_erasure_is_dead(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    made = create(stores, workspace)
    key = stores.plane.files.current_source(datasource.id)
    assert key
    erase(stores, datasource, ANN)
    assert not list((home / "backup-keys").rglob(f"{key.key_id}.json"))
    assert list((home / "backups" / "journal").rglob(f"key-{key.key_id}.json"))
    found = verify(stores, made.id)
    assert found.holds
    assert [each.rows for each in found.files] == [None]
    assert fates(restore(stores, made.id))["stripe"] is Fate.PREDATES
    assert emails(stores, datasource) == {"ch_2": BOB}


def test_a_row_that_the_file_still_has_is_left_out_before_anyone_sees_it(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    made = create(stores, workspace)
    # suppressed, but the file's own key never destroyed: as if the erasure had found nothing there
    suppress(stores, workspace.id, {f"e:{ANN}"}, [], "act_test")
    old = stores.plane.files.current_source(datasource.id)
    assert old
    current_path(stores, datasource).unlink()
    done = restore(stores, made.id)
    assert (fates(done)["stripe"], done.rows) == (Fate.REPLAYED, 1)
    assert emails(stores, datasource) == {"ch_2": BOB}
    assert stores.plane.keys.get(old.key_id).wrapped is None
    assert [each.rows for each in verify(stores, made.id).files] == [None]


def test_half_a_load_is_left_out_or_refused(stores: Stores, workspace: Workspace, datasource: Datasource) -> None:
    other = made_other(stores, workspace)
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
    heard: list[str] = []
    assert create(stores, workspace, tell=heard.append).files == 1
    assert any("left out" in line for line in heard)
    with open_for_load(stores, other) as source:
        mark_loading(stores, source)
    with pytest.raises(TryLater, match="no load is whole"):
        create(stores, workspace)


def test_nothing_loaded_a_changed_file_and_a_deleted_workspace_are_not_backed_up(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    path = current_path(stores, datasource)
    content = path.read_bytes()
    path.write_bytes(content + b"\0")
    with pytest.raises(Stop, match="not as it was left"):
        create(stores, workspace)
    assert not list((home / "backups").glob("bak_*"))
    assert {each.state for each in stores.plane.backups.all()} == {BackupState.EXPIRED}
    empty = stores.plane.workspaces.create("Empty", now=stores.clock())
    with pytest.raises(Refused, match="nothing was loaded"):
        create(stores, empty)


def test_the_places_may_not_lie_in_one_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_BACKUPS", str(home / "there"))
    monkeypatch.setenv("IGNYTE_BACKUP_KEYS", str(home / "there" / "keys"))
    with pytest.raises(Refused, match="in one another"):
        places_of(Settings())
    monkeypatch.setenv("IGNYTE_BACKUP_KEYS", str(home / "there-too"))
    assert isinstance(places_of(Settings()).keys, Folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_away_is_tried_later(home: Path) -> None:
    (home / "closed").mkdir(mode=0o500)
    with pytest.raises(TryLater):
        Folder(home / "closed").put("a/b", b"x")


def test_an_unknown_id_is_refused(stores: Stores) -> None:
    for name in ("bak_0000000000000000", "../manifest", ""):
        with pytest.raises(Refused, match="there is none"):
            restore(stores, name)
