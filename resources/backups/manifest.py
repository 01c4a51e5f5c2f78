"""The manifest of a backup: what the control plane knew of the workspace, sealed under the backup's own key."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from resources.control_plane.facts import Datasource, FileGeneration, KeyRecord, Workspace
from resources.control_plane.privacy_facts import Backup
from resources.control_plane.restoring import Given, Uploaded
from resources.control_plane.tombstones import Tombstone
from resources.errors import Refused, Stop
from resources.escrow.places import Place
from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.vault.datakeys import context_of
from resources.vault.envelope import NONCE_BYTES, open_, seal

OWNER: Final = "backup"
_NAME: Final = "manifest"
_ID: Final = re.compile(r"bak_[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Head:
    """The plain part of a manifest: opaque ids and moments, by which a backup is found and ended without a key."""

    backup_id: str
    workspace_id: str
    key_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The sealed part. `left_out` are datasources whose last load was not whole, by their ids."""

    workspace: Workspace
    datasources: tuple[Datasource, ...]
    files: tuple[FileGeneration, ...]
    given: Given
    tombstones: tuple[Tombstone, ...]
    left_out: tuple[str, ...]


_HEAD: Final = TypeAdapter(Head)
_MANIFEST: Final = TypeAdapter(Manifest)


def described(
    stores: Stores, workspace: Workspace, files: tuple[FileGeneration, ...], left_out: tuple[str, ...]
) -> Manifest:
    """What the control plane knows of a workspace at this moment, without grants and without people's requests."""
    plane = stores.plane
    uploads = plane.inputs.uploads(workspace.id)
    costs, rates = plane.inputs.costs(workspace.id), plane.inputs.rates(workspace.id)
    given = Given(
        uploads=tuple(
            Uploaded(
                upload=upload,
                costs=tuple(each.cost for each in costs if each.upload.id == upload.id),
                rates=tuple(each.rate for each in rates if each.upload.id == upload.id),
            )
            for upload in uploads
        ),
        targets=tuple(plane.inputs.targets(workspace.id)),
        rules=tuple(plane.rules.of(workspace.id)),
    )
    return Manifest(
        workspace=plane.workspaces.get(workspace.id),
        datasources=tuple(plane.datasources.of(workspace.id)),
        files=files,
        given=given,
        tombstones=tuple(plane.tombstones.of(workspace.id)),
        left_out=left_out,
    )


def written(head: Head, manifest: Manifest, key: DataKey, random: Callable[[int], bytes] = os.urandom) -> bytes:
    """A manifest as it lies at the target; the head is bound to what is sealed behind it."""
    said = _HEAD.dump_json(head)
    sealed = seal(_MANIFEST.dump_json(manifest), {"backup": said.decode()}, key, random(NONCE_BYTES))
    return said + b"\n" + sealed


def head_of(content: bytes, backup_id: str) -> Head:
    """The plain part.

    Raises:
        Stop: it is damaged, or another backup's.
    """
    try:
        head = _HEAD.validate_json(content.partition(b"\n")[0])
    except ValidationError:
        raise _damaged(backup_id) from None
    if head.backup_id != backup_id:
        raise _damaged(backup_id)
    return head


def opened(content: bytes, key: DataKey, backup_id: str) -> Manifest:
    """The sealed part.

    Raises:
        Stop: it was changed, or is another backup's.
    """
    said, _, sealed = content.partition(b"\n")
    try:
        return _MANIFEST.validate_json(open_(sealed, {"backup": said.decode(errors="replace")}, key))
    except (Stop, ValidationError):
        raise _damaged(backup_id) from None


def read(place: Place, backup_id: str) -> bytes:
    """A manifest as it lies at the target.

    Raises:
        Refused: there is no backup of this id.
    """
    content = place.read(manifest_name(backup_id)) if _ID.fullmatch(backup_id) else None
    if content is None:
        raise Refused("there is none.", to=f"backup {backup_id}", do_next="See `ignyte backup list`.")
    return content


def heads(place: Place) -> Iterator[Head]:
    """The heads of all backups at a target that can be read."""
    for found in place.found("bak_"):
        backup_id, _, name = found.name.partition("/")
        if name == _NAME:
            try:
                yield head_of(place.read(found.name) or b"", backup_id)
            except Stop:
                # nobody can say whose it was; `expire` ends it by its age
                continue


def key_for(stores: Stores, workspace_id: str, key_id: str) -> DataKey | None:
    """A key by its copy outside, which is what proves that it still lives; None if it was destroyed."""
    record = copy_of(stores, workspace_id, key_id)
    if record is None:
        return None
    context = context_of(record.workspace_id, record.owner, record.generation)
    return stores.keys.kms.unwrap(record.wrapped or b"", context)


def copy_of(stores: Stores, workspace_id: str, key_id: str) -> KeyRecord | None:
    return stores.keeper.copies.get(workspace_id, key_id)


def manifest_of(stores: Stores, content: bytes, head: Head) -> Manifest:
    """The sealed part, opened by the backup's own key.

    Raises:
        Refused: its key is destroyed.
        Stop: it was changed.
    """
    key = key_for(stores, head.workspace_id, head.key_id)
    if key is None:
        raise Refused("its key is destroyed.", to=f"backup {head.backup_id}", do_next="Take another backup.")
    with key:
        return opened(content, key, head.backup_id)


def manifest_name(backup_id: str) -> str:
    return f"{backup_id}/{_NAME}"


def object_name(backup: Backup | Head, file_id: str) -> str:
    return f"{backup.id if isinstance(backup, Backup) else backup.backup_id}/{file_id}"


def _damaged(backup_id: str) -> Stop:
    return Stop(
        "its manifest is damaged, or not its own.", to=f"backup {backup_id}", do_next="Take another; nothing was used."
    )
