"""ignyte backup as a person types it: made, looked at, drilled, restored, ended."""

import shutil
from pathlib import Path

import pytest
from terminal import SYNCED, Synced, typed

from resources.settings import Settings
from resources.stores import open_stores

pytestmark = pytest.mark.slow


def test_a_backup_from_its_making_to_its_end(synced: Synced, home: Path) -> None:
    shutil.copytree(synced.home, home, dirs_exist_ok=True)
    assert typed("workspace", "create", "nothing loaded").code == 0
    assert typed("backup", "create", "nothing loaded").code == 3
    made = typed("backup", "create", "brand", "--json")
    assert made.code == 0, made.err
    backup = made.document["id"]
    assert [each["id"] for each in typed("backup", "list", "brand", "--json").document["backups"]] == [backup]
    assert backup in typed("backup", "list", columns=200).out
    looked = typed("backup", "verify", backup, "--json").document
    assert (looked["holds"], len(looked["files"])) == (True, len(SYNCED) + 1)

    drilled = typed("backup", "drill", "brand", "--json")
    assert drilled.code == 0, drilled.err
    assert drilled.document["sources"] == len(SYNCED)
    acts = typed("audit", "show", "--verb", "backup.drill", "--json").document["acts"]
    assert [act["result"] for act in acts] == ["done"]

    with open_stores(Settings(home=home)) as stores:
        (stripe,) = stores.plane.datasources.of(stores.plane.workspaces.get("brand").id, "stripe")
        file = stores.plane.files.current_source(stripe.id)
        assert file
        (stores.data_root / file.path).write_bytes(b"\0" * 4096)
    restored = typed("backup", "restore", backup, "--json")
    assert restored.code == 0, restored.err
    assert {each["platform"]: each["fate"] for each in restored.document["files"]} == {
        **dict.fromkeys(SYNCED, "kept"),
        "stripe": "restored",
        "metrics": "built anew",
    }
    # building once more shows nothing new
    assert typed("workspace", "restrict", "brand", "--reason", "a test").code == 0
    assert "kept" in typed("backup", "restore", backup).out

    assert typed("backup", "expire", "--json").document == {"ended": []}
    object_ = next(file for file in (home / "backups" / backup).iterdir() if file.name != "manifest")
    object_.write_bytes(object_.read_bytes()[:-1])
    damaged = typed("backup", "verify", backup)
    assert (damaged.code, "It is damaged" in damaged.out) == (1, True)
    with open_stores(Settings(home=home)) as stores:
        assert len(stores.plane.backups.all(stores.plane.workspaces.get("brand").id)) == 1
    assert typed("backup", "verify", "bak_0000000000000000").code == 3
