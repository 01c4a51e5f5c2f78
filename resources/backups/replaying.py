"""What must stay destroyed, done again to what a backup or an old control plane brings back, before anyone sees it."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from resources.backups.manifest import Head, Manifest, copy_of
from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, KeyRecord, LeaseMode
from resources.control_plane.tombstones import Tombstone
from resources.errors import Refused, Stop
from resources.escrow.journal import DeadKey, Gone
from resources.escrow.keeping import WORKSPACE_KEYS
from resources.keyed import OWNER as SUPPRESSION
from resources.revoking import destroy_data
from resources.stores import Stores
from resources.suppression import PERSON, ROW, change
from resources.warehouse.copying import copied
from resources.warehouse.holding import held
from resources.warehouse.opening import digest
from resources.warehouse.session import remove
from resources.warehouse.sources import SCHEMA_VERSION, lease_name

WORKSPACE, DATASOURCE = "workspace", "datasource"  # kinds of tombstones


@dataclass(frozen=True, kw_only=True)
class Graves:
    """What is gone by all that is known: by this control plane, by the journal, by the backup itself.

    `since` are tombstones of persons and rows that the backup does not know: what it holds is looked through for them.
    """

    keys: Mapping[str, DeadKey]
    datasources: frozenset[str]
    tombstones: tuple[Tombstone, ...]
    since: tuple[Tombstone, ...]


def graves(stores: Stores, head: Head, manifest: Manifest, gone: Gone) -> Graves:
    """Everything that is gone from the workspace of a backup.

    Raises:
        Refused: the whole workspace is.
    """
    here = stores.plane.tombstones.of(head.workspace_id)
    stones = _once((*here, *manifest.tombstones, *gone.tombstones))
    if any(stone.kind == WORKSPACE for stone in stones):
        raise Refused("it was deleted, for good.", to=f"workspace {head.workspace_id}", do_next="Nothing is restored.")
    known = {(stone.kind, stone.subject) for stone in manifest.tombstones}
    rows = [stone for stone in stones if stone.kind in (PERSON, ROW)]
    dead = {
        record.id: DeadKey(
            id=record.id, owner=record.owner, generation=record.generation, destroyed_at=record.destroyed_at
        )
        for record in stores.plane.keys.of(head.workspace_id)
        if record.destroyed_at is not None
    }
    return Graves(
        keys={**gone.keys, **dead},
        datasources=frozenset(stone.subject for stone in stones if stone.kind == DATASOURCE),
        tombstones=stones,
        since=tuple(stone for stone in rows if (stone.kind, stone.subject) not in known),
    )


def is_dead(stores: Stores, head: Head, file: FileGeneration, found: Graves) -> bool:
    """Whether a file's key was destroyed. That it lives needs a proof, which is its copy at the place of keys."""
    return file.key_id in found.keys or copy_of(stores, head.workspace_id, file.key_id) is None


def replay_keys(stores: Stores, workspace_id: str, found: Graves) -> int:
    """Destroys again the keys that an old control plane or an old place of keys still has; returns how many."""
    now = stores.clock()
    again = [record for record in stores.plane.keys.of(workspace_id) if record.wrapped and record.id in found.keys]
    for record in again:
        stores.keys.destroy(record.id, now)
    copies = stores.keeper.copies.ids(workspace_id) & found.keys.keys()
    for key_id in copies:
        stores.keeper.copies.drop(workspace_id, key_id)
    for file in stores.plane.files.of(workspace_id):
        if file.key_id in found.keys and file.state is not FileState.DELETED:
            with held(stores.plane, lease_name(file.datasource_id or file.id), LeaseMode.EXCLUSIVE, stores.clock):
                remove(stores.data_root / file.path)
                stores.plane.files.mark(file.id, FileState.DELETED)
    return len(copies | {record.id for record in again})


def replay_datasources(stores: Stores, workspace_id: str, found: Graves) -> int:
    """Ends again the datasources that an old control plane still takes for connected; returns how many."""
    again = [
        each
        for each in stores.plane.datasources.of(workspace_id)
        if each.id in found.datasources and each.connection is not Connection.DISCONNECTED
    ]
    for each in again:
        stores.plane.datasources.disconnected(each.id, stores.clock())
        if stores.credentials is not None:
            stores.credentials.destroy(each)
        destroy_data(stores, each, stores.clock())
    return len(again)


def put_back_keys(stores: Stores, workspace_id: str, files: Sequence[FileGeneration], found: Graves) -> None:
    """Puts back the keys that are needed and live, and the fact that the others are destroyed."""
    wanted = {file.key_id for file in files}
    for key_id in sorted(stores.keeper.copies.ids(workspace_id) - found.keys.keys()):
        record = copy_of(stores, workspace_id, key_id)
        if record and (record.id in wanted or record.owner in WORKSPACE_KEYS):
            stores.plane.restoring.key(record)
    for dead in found.keys.values():
        stores.plane.restoring.key(
            KeyRecord(
                id=dead.id,
                workspace_id=workspace_id,
                owner=dead.owner,
                generation=dead.generation,
                wrapped=None,
                kms_key="",
                created_at=dead.destroyed_at,
                destroyed_at=dead.destroyed_at,
            )
        )


def require_names(stores: Stores, workspace_id: str, found: Graves) -> None:
    """Makes sure that the tombstones of persons can be read: without their key everyone would come back.

    Raises:
        Stop: the key is gone, or there are two.
    """
    if not any(stone.kind in (PERSON, ROW) for stone in found.tombstones):
        return
    living = [
        record
        for record in stores.plane.keys.of(workspace_id)
        if record.owner == SUPPRESSION and record.wrapped is not None
    ]
    if len(living) != 1:
        raise Stop(
            f"people were erased from it, and {len(living)} keys are there to tell whom instead of one.",
            to=f"workspace {workspace_id}",
            do_next="Nothing was restored: see that IGNYTE_BACKUP_KEYS names the place it named before.",
        )


def replayed(stores: Stores, datasource: Datasource, restored: FileGeneration) -> int:
    """Puts a restored file in use under a new key, without whoever was erased; returns how many rows went.

    Every older key of the datasource is destroyed, as by any rewrite: under them the erased could still be read.
    """
    plane = stores.plane
    with held(plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock) as turn, ExitStack() as undo:
        generation = plane.files.next_generation(datasource.workspace_id, datasource.id)
        key_id, key = stores.keys.new(datasource.workspace_id, datasource.id, generation, stores.clock())
        new = plane.files.begin(
            workspace_id=datasource.workspace_id,
            datasource_id=datasource.id,
            generation=generation,
            path=f"workspaces/{datasource.workspace_id}/sources/{datasource.id}-{generation}.duckdb",
            key_id=key_id,
            schema_version=SCHEMA_VERSION,
            now=stores.clock(),
            rewrite=True,
        )
        undo.callback(_discard, stores, new)
        with key, stores.keys.plain(restored.key_id) as old_key:
            paths = stores.data_root / restored.path, stores.data_root / new.path
            done = copied(stores.scratch, (paths[0], old_key), (paths[1], key), change(stores, datasource))
        size, sha256 = digest(paths[1])
        turn.check()
        published = plane.files.publish(new.id, size=size, sha256=sha256, now=stores.clock())
        undo.pop_all()
        _end_older(stores, datasource, published)
    return sum(done.left_out.values())


def _end_older(stores: Stores, datasource: Datasource, current: FileGeneration) -> None:
    for record in stores.plane.keys.of(datasource.workspace_id):
        if record.owner == datasource.id and record.id != current.key_id:
            stores.keys.destroy(record.id, stores.clock())
    for file in stores.plane.files.of(datasource.workspace_id):
        if file.datasource_id == datasource.id and file.id != current.id and file.state is not FileState.DELETED:
            remove(stores.data_root / file.path)
            stores.plane.files.mark(file.id, FileState.DELETED)


def _discard(stores: Stores, file: FileGeneration) -> None:
    stores.keys.destroy(file.key_id, stores.clock())
    remove(stores.data_root / file.path)
    stores.plane.files.mark(file.id, FileState.DELETED)


def _once(stones: Sequence[Tombstone]) -> tuple[Tombstone, ...]:
    found: dict[tuple[str, str], Tombstone] = {}
    for stone in stones:
        found.setdefault((stone.kind, stone.subject), stone)
    return tuple(sorted(found.values(), key=lambda stone: stone.generation))
