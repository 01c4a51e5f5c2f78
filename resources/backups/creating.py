"""Making a backup: each file as it lies, under a lease that keeps writers away, and the manifest at the end."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Final

from resources import residency
from resources.backups import manifest as manifests
from resources.backups.ending import abandoned, end
from resources.backups.manifest import Head
from resources.control_plane.facts import Connection, FileGeneration, FileState, LeaseMode, Workspace
from resources.control_plane.privacy_facts import Backup
from resources.errors import Refused, Stop, TryLater
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.opening import digest
from resources.warehouse.recalculating import build_turn
from resources.warehouse.sources import lease_name

Tell = Callable[[str], None]
LONGEST: Final = timedelta(days=30)
_BEFORE_ALL: Final = Event.HOLD  # whatever is not deleted may be kept


def create(stores: Stores, workspace: Workspace, *, tell: Tell = lambda _: None) -> Backup:
    """Backs up a workspace: its sources' files, its published metrics, and what is needed to put them back.

    A datasource whose last load is not whole is left out, and said to be.

    Raises:
        Refused: the workspace is deleted, nothing was ever loaded, or a place lies outside of the workspace's region.
        TryLater: no load is whole, or a place can't be reached.
        Stop: a file is not as it was left; nothing was backed up.
    """
    require(stores.plane.workspaces.get(workspace.id), _BEFORE_ALL, stores.clock())
    residency.require(stores.settings, workspace.id, workspace.region)
    with (
        stores.audit.act("backup.create", f"workspace {workspace.id}", workspace_id=workspace.id) as act,
        held(stores.plane, turn_of(workspace.id), LeaseMode.EXCLUSIVE, stores.clock),
    ):
        made = _created(stores, workspace, tell)
        act.found(backup=made.id, files=made.files, bytes=made.bytes, expires=made.expires_at.date().isoformat())
    return made


def turn_of(workspace_id: str) -> str:
    """The name of the lease that whoever makes, restores or ends a workspace's backups holds."""
    return f"backups of {workspace_id}"


def expiry(stores: Stores, workspace_id: str, now: datetime) -> datetime:
    """When a backup made now ends: the shortest of the promise, the setting and the workspace's own rules."""
    rules = (timedelta(days=rule.days) for rule in stores.plane.rules.of(workspace_id))
    return now + min(LONGEST, timedelta(days=stores.settings.backup_days), *rules)


def _created(stores: Stores, workspace: Workspace, tell: Tell) -> Backup:
    keeper, now = stores.keeper, stores.clock()
    keeper.settle(workspace.id)
    _require_something(stores, workspace)
    for crashed in abandoned(stores, workspace.id, now):
        end(stores, crashed)
    generation = stores.plane.files.next_generation(workspace.id, manifests.OWNER)
    key_id, key = stores.keys.new(workspace.id, manifests.OWNER, generation, now)
    stones = stores.plane.tombstones.of(workspace.id)
    backup = stores.plane.backups.begin(
        workspace_id=workspace.id,
        key_id=key_id,
        place=str(keeper.target),
        generation=stones[-1].generation if stones else 0,
        now=now,
        expires_at=expiry(stores, workspace.id, now),
    )
    with key, ExitStack() as undo:
        undo.callback(end, stores, backup)
        # first of all: a target that can't be reached is known before a large file is sent there
        keeper.copy(stores.plane.keys.get(key_id))
        keeper.keep_workspace_keys(workspace.id)
        files, left_out = _sent(stores, backup, tell)
        manifest = manifests.described(stores, workspace, files, left_out)
        content = manifests.written(_head(backup), manifest, key)
        keeper.target.put(manifests.manifest_name(backup.id), content)
        undo.pop_all()
    size = sum(file.size or 0 for file in files) + len(content)
    return stores.plane.backups.complete(
        backup.id, files=len(files), size=size, sha256=hashlib.sha256(content).hexdigest()
    )


def _require_something(stores: Stores, workspace: Workspace) -> None:
    states = {file.state for file in stores.plane.files.of(workspace.id) if file.datasource_id}
    if FileState.CLEAN in states:
        return
    if FileState.LOADING in states:
        raise TryLater("no load is whole.", to=f"workspace {workspace.id}", do_next="Sync it, then back it up.")
    raise Refused("nothing was loaded yet.", to=f"workspace {workspace.id}", do_next="Run `ignyte sync` first.")


def _sent(stores: Stores, backup: Backup, tell: Tell) -> tuple[tuple[FileGeneration, ...], tuple[str, ...]]:
    """Sends every file; returns those sent, and the datasources that were left out."""
    files, left_out = [], []
    for datasource in stores.plane.datasources.of(backup.workspace_id):
        if datasource.connection is Connection.DISCONNECTED:
            continue
        with held(stores.plane, lease_name(datasource.id), LeaseMode.SHARED, stores.clock):
            file = stores.plane.files.current_source(datasource.id)
            if file is not None and file.state is not FileState.CLEAN:
                tell(f"{datasource.platform}: left out, since its last load is not whole.")
                left_out.append(datasource.id)
            elif file is not None:
                tell(f"{datasource.platform}: {file.size or 0:,} bytes.")
                files.append(_send(stores, backup, file))
    with held(stores.plane, build_turn(backup.workspace_id), LeaseMode.SHARED, stores.clock):
        if metrics := stores.plane.files.published(backup.workspace_id):
            tell(f"metrics: {metrics.size or 0:,} bytes.")
            files.append(_send(stores, backup, metrics))
    return tuple(files), tuple(left_out)


def _send(stores: Stores, backup: Backup, file: FileGeneration) -> FileGeneration:
    path = stores.data_root / file.path
    if not path.exists() or digest(path) != (file.size, file.sha256):
        raise Stop(
            "it is not as it was left.", to=f"file {path.name}", do_next="Restore an older backup, or sync it anew."
        )
    stores.keeper.copy(stores.plane.keys.get(file.key_id))
    stores.keeper.target.send(manifests.object_name(backup, file.id), path)
    return file


def _head(backup: Backup) -> Head:
    return Head(
        backup_id=backup.id,
        workspace_id=backup.workspace_id,
        key_id=backup.key_id,
        created_at=backup.created_at,
        expires_at=backup.expires_at,
    )
