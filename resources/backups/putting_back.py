"""The rows and files of a backup put back, unseen: nothing here makes anything fit to be opened but `promote`."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from resources.backups.ending import discard_restored
from resources.backups.manifest import Head, Manifest
from resources.backups.replaying import Graves, put_back_keys
from resources.backups.verifying import fetch, named
from resources.control_plane.facts import FileGeneration, FileKind, FileState
from resources.control_plane.plane import random_id
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.stores import Stores
from resources.warehouse.session import remove

Tell = Callable[[str], None]
_FOLDERS: Final = {FileKind.SOURCE: "sources", FileKind.METRICS: "metrics"}


def put_back_rows(
    stores: Stores, head: Head, manifest: Manifest, wanted: Sequence[FileGeneration], found: Graves
) -> bool:
    """What the control plane lacks of a workspace: itself, what people gave it, datasources, keys, the backup.

    Returns whether the workspace itself was lacking: then nothing else of it can be here.
    """
    restoring = stores.plane.restoring
    fresh = restoring.workspace(manifest.workspace, manifest.given)
    for datasource in manifest.datasources:
        if datasource.id not in found.datasources:
            restoring.datasource(datasource)
    put_back_keys(stores, head.workspace_id, wanted, found)
    restoring.backup(
        Backup(
            id=head.backup_id,
            workspace_id=head.workspace_id,
            key_id=head.key_id,
            state=BackupState.COMPLETE,
            place=str(stores.keeper.target),
            files=len(manifest.files),
            bytes=sum(file.size or 0 for file in manifest.files),
            sha256="",
            generation=max((stone.generation for stone in manifest.tombstones), default=0),
            created_at=head.created_at,
            expires_at=head.expires_at,
            verified_at=None,
        )
    )
    return fresh


def fetched(
    stores: Stores, head: Head, manifest: Manifest, files: Sequence[FileGeneration], found: Graves, tell: Tell
) -> list[FileGeneration]:
    """Fetches ciphertext to new paths and compares it: all of it or none."""
    discard_restored(stores, head.workspace_id, stores.clock())
    rows = []
    with ExitStack() as undo:
        undo.callback(lambda: discard_restored(stores, head.workspace_id, stores.clock()))
        for file in files:
            tell(f"{named(manifest, file)}: {file.size or 0:,} bytes.")
            row = _announced(stores, head.workspace_id, file, found)
            rows.append(row)
            # a file of this name can only be what an older state of this home left behind
            remove(stores.data_root / row.path)
            fetch(stores.keeper.target, head, file, stores.data_root / row.path)
        undo.pop_all()
    return rows


def promote(stores: Stores, file: FileGeneration) -> None:
    """Puts a restored file in use as it is; under the exclusive lease of its place only."""
    outside = stores.keeper.copies.ids(file.workspace_id)
    for old_id in stores.plane.restoring.promote(file.id, stores.clock()):
        old = stores.plane.files.get(old_id)
        remove(stores.data_root / old.path)
        # a key that a newer backup lives by stays until that has ended, or a rewrite ends all of them
        if old.key_id != file.key_id and old.key_id not in outside:
            stores.keys.destroy(old.key_id, stores.clock())


def _announced(stores: Stores, workspace_id: str, file: FileGeneration, found: Graves) -> FileGeneration:
    owner = file.datasource_id or FileKind.METRICS
    numbers = [dead.generation for dead in found.keys.values() if dead.owner == owner] + [file.generation]
    generation = max(stores.plane.files.next_generation(workspace_id, owner), max(numbers) + 1)
    stem = f"{file.datasource_id}-{generation}" if file.datasource_id else str(generation)
    return stores.plane.restoring.file(
        file,
        file_id=random_id("file"),
        generation=generation,
        path=f"workspaces/{workspace_id}/{_FOLDERS[file.kind]}/{stem}.duckdb",
        state=FileState.RESTORED,
        now=stores.clock(),
    )
