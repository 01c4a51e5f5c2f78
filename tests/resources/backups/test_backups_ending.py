"""The end of backups, of their keys, and what happens while their places are away."""

from datetime import timedelta
from pathlib import Path

import pytest
from backup_rows import ANN, erase, land

from resources.backups import create, expire, forget_workspace, restore, verify
from resources.backups.ending import end_unused_keys
from resources.control_plane.facts import Datasource, FileGeneration, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.errors import Refused, TryLater
from resources.escrow.places import Folder
from resources.stores import Stores
from resources.vault.rotation import rotate_data_master
from resources.warehouse.rewriting import rewrite

MONTH = timedelta(days=30)


def objects(home: Path) -> list[str]:
    return sorted(file.parent.name for file in (home / "backups").glob("bak_*/*"))


def test_a_backup_ends_when_its_time_is_over_and_a_held_one_stays(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    assert datasource
    made = create(stores, workspace)
    assert expire(stores, stores.clock() + MONTH - timedelta(hours=1)) == []
    stores.plane.workspaces.hold(workspace.id, "a court asks")
    assert expire(stores, stores.clock() + MONTH) == []
    stores.plane.workspaces.hold(workspace.id, "")
    assert expire(stores, stores.clock() + MONTH) == [made.id]
    assert expire(stores, stores.clock() + MONTH) == []
    assert objects(home) == []
    assert stores.plane.backups.get(made.id).state is BackupState.EXPIRED
    assert stores.plane.keys.get(made.key_id).wrapped is None
    assert not list((home / "backup-keys").rglob(f"{made.key_id}.json"))
    with pytest.raises(Refused):
        restore(stores, made.id)
    acts = [entry.verb for entry in stores.audit.entries() if entry.verb.startswith("backup.")]
    assert acts == ["backup.create", "backup.create", "backup.expire", "backup.expire"]


def test_a_backup_whose_time_is_over_is_not_restored_before_it_is_expired(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    assert datasource
    made = create(stores, workspace)
    late = stores.clock() + MONTH
    object.__setattr__(stores, "clock", lambda: late)
    with pytest.raises(Refused, match="its time was over"):
        restore(stores, made.id)


def test_backups_that_this_control_plane_never_knew_and_strays_end_too(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    assert datasource
    made = create(stores, workspace)
    stray = home / "backups" / "bak_00000000000000aa"
    stray.mkdir()
    (stray / "file_1").write_bytes(b"half")
    with stores.plane._database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM backups")
    assert expire(stores, stores.clock() + MONTH + timedelta(days=2)) == [made.id, stray.name]
    assert objects(home) == []


@pytest.fixture
def outlived(stores: Stores, workspace: Workspace, datasource: Datasource) -> tuple[str, Backup]:
    """A key by which a backup alone lives, and that backup: an older one was restored over its file."""
    first = create(stores, workspace)
    kept = stores.keeper.copies.get(workspace.id, current(stores, datasource).key_id)
    assert kept
    with pytest.MonkeyPatch.context() as patched:
        # a file loaded anew under another key, without the end of the old one
        patched.setattr(stores.keys, "destroy", lambda *_, **__: None)
        rewrite(stores, datasource)
    land(stores, datasource, {"ch_3": ANN})
    second = create(stores, workspace)
    key = current(stores, datasource).key_id
    restore(stores, first.id, over_newer=True)
    assert current(stores, datasource).key_id == kept.id
    assert [each.rows for each in verify(stores, second.id).files if each.rows]
    return key, second


def current(stores: Stores, datasource: Datasource) -> FileGeneration:
    file = stores.plane.files.current_source(datasource.id)
    assert file
    return file


def test_a_key_that_only_a_backup_needed_ends_with_it(
    stores: Stores, datasource: Datasource, outlived: tuple[str, Backup]
) -> None:
    key, _ = outlived
    assert stores.plane.keys.get(key).wrapped is not None
    expire(stores, stores.clock() + MONTH)
    assert stores.plane.keys.get(key).wrapped is None
    assert stores.plane.keys.get(current(stores, datasource).key_id).wrapped is not None


def test_an_erasure_ends_a_key_that_only_a_backup_needs(
    stores: Stores, workspace: Workspace, outlived: tuple[str, Backup]
) -> None:
    key, backup = outlived
    assert end_unused_keys(stores, workspace.id) == 1
    assert end_unused_keys(stores, workspace.id) == 0
    assert stores.plane.keys.get(key).wrapped is None
    assert [each.rows for each in verify(stores, backup.id).files] == [None]


def test_a_rewrite_ends_a_key_that_only_a_backup_needs(
    stores: Stores, datasource: Datasource, outlived: tuple[str, Backup]
) -> None:
    rewrite(stores, datasource)
    assert stores.plane.keys.get(outlived[0]).wrapped is None


def test_a_workspace_that_goes_takes_its_backups_and_every_copy_of_a_key(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    assert datasource
    create(stores, workspace)
    create(stores, workspace)
    stores.plane.workspaces.hold(workspace.id, "a court asks")
    with pytest.raises(Refused, match="held"):
        forget_workspace(stores, workspace.id)
    stores.plane.workspaces.hold(workspace.id, "")
    stores.plane.workspaces.mark(workspace.id, WorkspaceState.DELETED, stores.clock())
    assert forget_workspace(stores, workspace.id) == 2
    assert forget_workspace(stores, workspace.id) == 0
    assert objects(home) == []
    assert not list((home / "backup-keys").rglob("*.json"))


def test_a_place_that_is_away_does_not_stop_a_destruction_and_is_made_up_for(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(stores, workspace)
    old = stores.plane.files.current_source(datasource.id)
    assert old

    def away(*_: object) -> None:
        raise TryLater("it can't be used.", to="place")

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "remove", away)
        patched.setattr(Folder, "put", away)
        erase(stores, datasource, ANN)
        assert stores.plane.keys.get(old.key_id).wrapped is None
        with pytest.raises(TryLater):
            create(stores, workspace)
    behind = stores.keeper.behind(workspace.id)
    assert old.key_id in behind
    assert {stone.id for stone in stores.plane.tombstones.of(workspace.id)} <= set(behind)
    assert "backup.behind" in {entry.verb for entry in stores.audit.entries()}
    assert stores.keeper.settle(workspace.id) == len(behind)
    assert stores.keeper.behind(workspace.id) == []
    assert not list((home / "backup-keys").rglob(f"{old.key_id}.json"))
    gone = stores.keeper.journal.of(workspace.id)
    assert old.key_id in gone.keys
    assert {stone.id for stone in gone.tombstones} == {stone.id for stone in stores.plane.tombstones.of(workspace.id)}


def test_a_rotated_master_key_opens_the_backups_made_before(
    stores: Stores, workspace: Workspace, datasource: Datasource
) -> None:
    assert datasource
    made = create(stores, workspace)
    rotate_data_master(stores.plane, stores.keys)
    assert [each.rows for each in verify(stores, made.id).files if each.rows]
