"""The end of a backup: its key first, by which it is dead, then its objects, then its row."""

from datetime import datetime, timedelta
from typing import Final

from resources.backups.manifest import Head, Manifest, head_of, manifest_of, read
from resources.control_plane.facts import FileState, LeaseMode
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.errors import Refused, Stop
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.rewriting import unused_keys
from resources.warehouse.session import remove
from resources.warehouse.sources import lease_name

ABANDONED: Final = timedelta(days=1)  # what was begun longer ago than this, nobody is still at


def end(stores: Stores, backup: Backup | Head) -> None:
    """Ends a backup for good. It can be repeated."""
    backup_id = backup.id if isinstance(backup, Backup) else backup.backup_id
    for key_id in _only_here(stores, backup_id):
        stores.keys.destroy(key_id, stores.clock())
    if backup.key_id in {record.id for record in stores.plane.keys.of(backup.workspace_id)}:
        stores.keys.destroy(backup.key_id, stores.clock())
    stores.keeper.copies.drop(backup.workspace_id, backup.key_id)
    remove_objects(stores, backup_id)
    if isinstance(backup, Backup):
        stores.plane.backups.expired(backup.id)


def remove_objects(stores: Stores, backup_id: str) -> int:
    """Removes whatever lies at the target under this id; returns how many objects."""
    names = [found.name for found in stores.keeper.target.found(f"{backup_id}/")]
    for name in names:
        stores.keeper.target.remove(name)
    return len(names)


def abandoned(stores: Stores, workspace_id: str, before: datetime) -> list[Backup]:
    """Backups that were begun before a moment and never became whole."""
    mine = stores.plane.backups.all(workspace_id)
    return [each for each in mine if each.state is BackupState.WRITING and each.created_at <= before]


def discard_restored(stores: Stores, workspace_id: str, before: datetime) -> int:
    """Unlinks what a restore fetched before a moment and never put in place; returns how many files.

    Their keys stay: they may be those of the files in use, or of backups.
    """
    mine = stores.plane.files.of(workspace_id)
    stale = [file for file in mine if file.state is FileState.RESTORED and file.created_at <= before]
    for file in stale:
        with held(stores.plane, lease_name(file.datasource_id or file.id), LeaseMode.EXCLUSIVE, stores.clock):
            remove(stores.data_root / file.path)
            stores.plane.files.mark(file.id, FileState.DELETED)
    for file in mine:
        # replaced by a restore that died before it could unlink it
        if file.state is FileState.DELETED:
            remove(stores.data_root / file.path)
    return len(stale)


def end_unused_keys(stores: Stores, workspace_id: str) -> int:
    """Destroys the keys that only backups still live by, after a restore of an older state; returns how many.

    An erasure calls it: whom it does not find in the files in use may still be in those.
    """
    ended = 0
    for datasource in stores.plane.datasources.of(workspace_id):
        if unused_keys(stores, datasource):
            with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock):
                for key_id in unused_keys(stores, datasource):
                    stores.keys.destroy(key_id, stores.clock())
                    ended += 1
    return ended


def _only_here(stores: Stores, backup_id: str) -> list[str]:
    """Keys of files that nothing but this backup still needs: a restore of an older one put them out of use."""
    mine = known_manifest(stores, backup_id)
    if mine is None:
        return []
    workspace_id = mine.workspace.id
    in_use = {file.key_id for file in stores.plane.files.of(workspace_id) if file.state is not FileState.DELETED}
    living = {record.id for record in stores.plane.keys.of(workspace_id) if record.wrapped is not None}
    candidates = {file.key_id for file in mine.files} & living - in_use
    for other in stores.plane.backups.all(workspace_id) if candidates else ():
        if other.id != backup_id and other.state is BackupState.COMPLETE:
            elsewhere = known_manifest(stores, other.id)
            candidates -= {file.key_id for file in elsewhere.files} if elsewhere else candidates
    return sorted(candidates)


def known_manifest(stores: Stores, backup_id: str) -> Manifest | None:
    try:
        content = read(stores.keeper.target, backup_id)
        return manifest_of(stores, content, head_of(content, backup_id))
    except (Refused, Stop):
        # never finished, ended before, or damaged: then it keeps nothing alive that could be restored
        return None
