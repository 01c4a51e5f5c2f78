"""Copies in backups that are not what is in use: whoever left a file since the backup still lies in its copy there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from resources.backups.creating import turn_of
from resources.backups.drilling import remove_left
from resources.backups.ending import abandoned, discard_restored, end, known_manifest
from resources.backups.manifest import Manifest
from resources.control_plane.facts import FileGeneration, LeaseMode
from resources.escrow.unheard import unheard_of
from resources.stores import Stores
from resources.warehouse.holding import held


def outdated(stores: Stores, workspace_id: str) -> frozenset[str]:
    """The datasources of which a backup has another state under the very key that is in use.

    Only a new key ends such a copy. What crashes left goes at once: backups never finished, restored files never put
    in place, homes of killed drills. So do copies of keys that this control plane never heard of, as after a lost
    disk: nobody could say what lies under them. Waits for whoever makes or restores a backup.

    Raises:
        TryLater: a place can't be reached, or a backup is being made or restored.
    """
    remove_left(stores, workspace_id)
    with held(stores.plane, turn_of(workspace_id), LeaseMode.EXCLUSIVE, stores.clock):
        for crashed in abandoned(stores, workspace_id, stores.clock()):
            end(stores, crashed)
        discard_restored(stores, workspace_id, stores.clock())
        _end_unheard_of(stores, workspace_id)
        return frozenset(_differing(stores, workspace_id))


def _end_unheard_of(stores: Stores, workspace_id: str) -> None:
    for record in unheard_of(stores, workspace_id):
        dead = replace(record, wrapped=None, destroyed_at=stores.clock())
        # written down here first: what can't be noted outside now is then behind, and made up for
        stores.plane.restoring.key(dead)
        stores.keeper.destroyed(dead)


def _differing(stores: Stores, workspace_id: str) -> Iterable[str]:
    current = {
        datasource.id: file
        for datasource in stores.plane.datasources.of(workspace_id)
        if (file := stores.plane.files.current_source(datasource.id))
    }
    ids = {file.id: file for file in stores.plane.files.of(workspace_id)}
    others = {backup.id for backup in stores.plane.backups.all() if backup.workspace_id != workspace_id}
    for backup_id, objects in _objects(stores).items():
        if backup_id in others:
            continue
        manifest = known_manifest(stores, backup_id)
        copies = _copies(manifest, workspace_id) if manifest else [ids[each] for each in objects if each in ids]
        for copy in copies:
            file = current.get(copy.datasource_id or "")
            if file and file.key_id == copy.key_id and (manifest is None or file.sha256 != copy.sha256):
                yield file.datasource_id or ""


def _copies(manifest: Manifest, workspace_id: str) -> Iterable[FileGeneration]:
    return manifest.files if manifest.workspace.id == workspace_id else ()


def _objects(stores: Stores) -> Mapping[str, list[str]]:
    """Every backup's objects at the target, whether it is known here or not."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in stores.keeper.target.found("bak_"):
        backup_id, _, name = each.name.partition("/")
        found[backup_id].append(name)
    return found
