"""Killed with signal 9 while backing up or restoring: nothing unfinished is opened, and the next run ends it."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from backup_child import STEPS
from backup_rows import ANN, BOB, emails

from resources.backups import create, expire, restore, verify
from resources.control_plane.facts import Datasource, FileState, Workspace
from resources.control_plane.privacy_facts import BackupState
from resources.errors import Problem
from resources.stores import Stores
from resources.suppression import suppress

pytestmark = pytest.mark.slow
CHILD = Path(__file__).with_name("backup_child.py")
ROOT = Path(__file__).parents[3]


def killed(step: str, subject: str) -> None:
    done = subprocess.run(  # noqa: S603 -- our own interpreter and file
        [sys.executable, str(CHILD), step, subject], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("create")])
def test_a_killed_backup_is_none_and_is_cleared_away(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path, step: str
) -> None:
    assert datasource
    killed(step, workspace.id)
    (half,) = stores.plane.backups.all()
    assert half.state is BackupState.WRITING
    made = create(stores, workspace)
    assert verify(stores, made.id).holds
    assert stores.plane.backups.get(half.id).state is BackupState.EXPIRED
    assert stores.plane.keys.get(half.key_id).wrapped is None
    assert [folder.name for folder in (home / "backups").glob("bak_*")] == [made.id]


def test_a_killed_backup_ends_by_itself(
    stores: Stores, workspace: Workspace, datasource: Datasource, home: Path
) -> None:
    assert datasource
    killed("create: before the manifest", workspace.id)
    assert expire(stores, stores.clock()) == []
    (half,) = stores.plane.backups.all()
    assert expire(stores, stores.clock() + timedelta(days=1)) == [half.id]
    assert not list((home / "backups").glob("bak_*"))


@pytest.mark.parametrize("step", [step for step in STEPS if step.startswith("restore")])
def test_a_killed_restore_shows_nobody_who_was_erased_and_can_be_run_again(
    stores: Stores, workspace: Workspace, datasource: Datasource, step: str
) -> None:
    made = create(stores, workspace)
    old = stores.plane.files.current_source(datasource.id)
    assert old
    suppress(stores, workspace.id, {f"e:{ANN}"}, [], "act_test")
    (stores.data_root / old.path).unlink()
    killed(step, made.id)
    try:
        seen = emails(stores, datasource)
    except Problem:
        seen = {}
    assert ANN not in seen.values()
    restored = [file for file in stores.plane.files.of(workspace.id) if file.state is FileState.RESTORED]
    current = stores.plane.files.current_source(datasource.id)
    assert current not in restored
    if step in ("restore: after it is in use", "restore: before older keys end"):
        assert seen == {"ch_2": BOB}
        restore(stores, made.id, over_newer=True)
    else:
        restore(stores, made.id)
    assert emails(stores, datasource) == {"ch_2": BOB}
    assert stores.plane.keys.get(old.key_id).wrapped is None
    assert len(list(stores.data_root.rglob("*.duckdb"))) == 1
    standing = [file for file in stores.plane.files.of(workspace.id) if file.state is not FileState.DELETED]
    assert [file.state for file in standing] == [FileState.CLEAN]
