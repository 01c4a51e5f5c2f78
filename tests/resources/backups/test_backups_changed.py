"""Whatever somebody changes at one of the places is found before anything of it is used."""

import json
from pathlib import Path

import pytest
from backup_rows import ANN, current_path

from resources.backups import create, restore, verify
from resources.control_plane.facts import Datasource, FileState, Workspace
from resources.control_plane.privacy_facts import Backup
from resources.errors import Problem, Stop
from resources.stores import Stores
from resources.suppression import suppress


@pytest.mark.parametrize("what", ["manifest", "file"])
@pytest.mark.parametrize("how", ["flipped", "cut", "gone"])
def test_whatever_is_changed_at_the_target_is_found_and_nothing_restored(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, what: str, how: str
) -> None:
    made = create(stores, workspace)
    current_path(stores, datasource).unlink()
    before = stores.plane.files.of(workspace.id)
    folder = home / "backups" / made.id
    (object_,) = [file for file in folder.iterdir() if (file.name == "manifest") == (what == "manifest")]
    content = bytearray(object_.read_bytes())
    if how == "gone":
        object_.unlink()
    else:
        content[len(content) // 2] ^= 1
        object_.write_bytes(content if how == "flipped" else content[:-1])
    if (what, how) == ("file", "gone"):
        assert not verify(stores, made.id).holds
    with pytest.raises(Problem):
        restore(stores, made.id)
    standing = [file for file in stores.plane.files.of(workspace.id) if file.state is not FileState.DELETED]
    assert standing == before
    assert not list(stores.data_root.rglob("*.duckdb"))


def test_a_changed_key_copy_or_journal_is_found(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    made = create(stores, workspace)
    suppress(stores, workspace.id, {f"e:{ANN}"}, [], "act_test")
    (entry,) = (home / "backups" / "journal" / workspace.id).glob("tombstones-*")
    said = json.loads(entry.read_bytes())
    original = entry.read_bytes()
    stores.keeper.journal._seen.clear()
    said["stones"][0]["subject"] = "0" * 64
    entry.write_text(json.dumps(said))
    with pytest.raises(Stop, match="journal"):
        restore(stores, made.id)
    entry.write_bytes(original)
    file = stores.plane.files.current_source(datasource.id)
    assert file
    copy = home / "backup-keys" / workspace.id / f"{file.key_id}.json"
    copy.write_bytes(copy.read_bytes().replace(datasource.id.encode(), b"ds_0000000000000000"))
    current_path(stores, datasource).unlink()
    with pytest.raises(Stop):
        verify_or_raise(stores, made)


def verify_or_raise(stores: Stores, made: Backup) -> None:
    found = verify(stores, made.id)
    raise Stop(found.files[0].problem, to="backup", do_next="") if not found.holds else AssertionError
