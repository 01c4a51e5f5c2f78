"""Which backups end, and when: those whose time is over, that never became whole, whose workspace goes."""

from collections.abc import Callable, Iterator
from datetime import datetime

from resources.backups.creating import LONGEST, turn_of
from resources.backups.ending import ABANDONED, abandoned, discard_restored, end, remove_objects
from resources.backups.manifest import Head, heads
from resources.control_plane.facts import LeaseMode, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.warehouse.holding import held

Tell = Callable[[str], None]


def expire(stores: Stores, now: datetime, *, tell: Tell = lambda _: None) -> list[str]:
    """Ends every backup whose time is over, and what crashes left; returns the ids. A held workspace keeps its own.

    Raises:
        TryLater: a place can't be reached; what is left ends the next time.
    """
    ended = []
    for workspace in stores.plane.workspaces.all():
        stores.keeper.settle(workspace.id)
        if is_held(workspace):
            continue
        discard_restored(stores, workspace.id, now - ABANDONED)
        for backup in due(stores, workspace, now):
            _end(stores, backup, tell)
            ended.append(backup.id)
    for head in _unknown(stores, now):
        _end(stores, head, tell)
        ended.append(head.backup_id)
    return ended + _strays(stores, now)


def due(stores: Stores, workspace: Workspace, now: datetime) -> list[Backup]:
    """The workspace's backups that are to be ended, held or not."""
    standing = [each for each in stores.plane.backups.all(workspace.id) if each.state is BackupState.COMPLETE]
    gone = workspace.state is WorkspaceState.DELETED
    return [each for each in standing if gone or each.expires_at <= now] + abandoned(
        stores, workspace.id, now if gone else now - ABANDONED
    )


def forget_workspace(stores: Stores, workspace_id: str) -> int:
    """Ends all backups of a workspace, known here or not, and removes every copy of its keys; returns how many ended.

    Raises:
        Refused: it is held.
        TryLater: a place can't be reached, or a backup is being made or restored.
    """
    workspace = stores.plane.workspaces.get(workspace_id)
    if workspace.state is not WorkspaceState.DELETED:
        require(workspace, Event.DELETE_NOW, stores.clock())
    with (
        stores.audit.act("backup.forget", f"workspace {workspace_id}", workspace_id=workspace_id) as act,
        held(stores.plane, turn_of(workspace_id), LeaseMode.EXCLUSIVE, stores.clock),
    ):
        known = [each for each in stores.plane.backups.all(workspace_id) if each.state is not BackupState.EXPIRED]
        ids = {each.id for each in known}
        there = [head for head in heads(stores.keeper.target) if head.workspace_id == workspace_id]
        others = [head for head in there if head.backup_id not in ids]
        for backup in known:
            end(stores, backup)
        for head in others:
            end(stores, head)
        copies = stores.keeper.copies.forget(workspace_id)
        act.found(backups=len(known) + len(others), copies=copies)
    return len(known) + len(others)


def is_held(workspace: Workspace) -> bool:
    return bool(workspace.hold) and workspace.state is not WorkspaceState.DELETED


def _end(stores: Stores, backup: Backup | Head, tell: Tell) -> None:
    backup_id = backup.id if isinstance(backup, Backup) else backup.backup_id
    with (
        stores.audit.act("backup.expire", f"backup {backup_id}", workspace_id=backup.workspace_id),
        held(stores.plane, turn_of(backup.workspace_id), LeaseMode.EXCLUSIVE, stores.clock),
    ):
        end(stores, backup)
    tell(f"{backup_id}: its key is destroyed and its objects are removed.")


def _unknown(stores: Stores, now: datetime) -> Iterator[Head]:
    """Backups at the target that this control plane does not know, as after a lost disk, and whose time is over."""
    known = {each.id for each in stores.plane.backups.all()}
    keeping = {each.id for each in stores.plane.workspaces.all() if is_held(each)}
    for head in list(heads(stores.keeper.target)):
        if head.backup_id not in known and head.workspace_id not in keeping and head.expires_at <= now:
            yield head


def _strays(stores: Stores, now: datetime) -> list[str]:
    """Removes objects without a readable manifest that no backup can still need; returns under which ids."""
    standing = {each.id for each in stores.plane.backups.all() if each.state is not BackupState.EXPIRED}
    standing |= {head.backup_id for head in heads(stores.keeper.target)}
    found = {
        each.name.partition("/")[0]
        for each in stores.keeper.target.found("bak_")
        if each.at + LONGEST + ABANDONED <= now
    }
    strays = sorted(found - standing)
    for backup_id in strays:
        remove_objects(stores, backup_id)
    return strays
