"""ignyte backup as a person types it: made, looked at, drilled, restored, ended."""

from pathlib import Path

import pytest
from terminal import typed

from resources.settings import Settings
from resources.stores import open_stores

pytestmark = pytest.mark.slow


def test_a_backup_from_its_making_to_its_end(sandbox_home: Path) -> None:
    assert typed("workspace", "create", "brand").code == 0
    assert typed("backup", "create", "brand").code == 3
    assert typed("datasource", "connect", "brand", "stripe").code == 0
    assert typed("sync", "brand").code == 0
    made = typed("backup", "create", "brand", "--json")
    assert made.code == 0, made.err
    backup = made.document["id"]
    assert [each["id"] for each in typed("backup", "list", "brand", "--json").document["backups"]] == [backup]
    assert backup in typed("backup", "list", columns=200).out
    looked = typed("backup", "verify", backup, "--json").document
    assert (looked["holds"], len(looked["files"])) == (True, 2)

    drilled = typed("backup", "drill", "brand", "--json")
    assert drilled.code == 0, drilled.err
    assert drilled.document["sources"] == 1
    acts = typed("audit", "show", "--verb", "backup.drill", "--json").document["acts"]
    assert [act["result"] for act in acts] == ["done"]

    (source,) = (sandbox_home / "data").rglob("sources/*.duckdb")
    source.write_bytes(b"\0" * 4096)
    restored = typed("backup", "restore", backup, "--json")
    assert restored.code == 0, restored.err
    assert {each["platform"]: each["fate"] for each in restored.document["files"]} == {
        "stripe": "restored",
        "metrics": "built anew",
    }
    assert "kept" in typed("backup", "restore", backup).out

    assert typed("backup", "expire", "--json").document == {"ended": []}
    object_ = next(file for file in (sandbox_home / "backups" / backup).iterdir() if file.name != "manifest")
    object_.write_bytes(object_.read_bytes()[:-1])
    damaged = typed("backup", "verify", backup)
    assert (damaged.code, "It is damaged" in damaged.out) == (1, True)
    with open_stores(Settings(home=sandbox_home)) as stores:
        (workspace,) = stores.plane.workspaces.all()
        assert len(stores.plane.backups.all(workspace.id)) == 1
    assert typed("backup", "verify", "bak_0000000000000000").code == 3
