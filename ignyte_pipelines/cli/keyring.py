"""What lies behind `ignyte keys`: which keys there are, and what is done with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resources.audit.commitments import SALT
from resources.control_plane.facts import Connection, Datasource, FileState, KeyRecord, LeaseMode
from resources.errors import Refused
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.vault.local import LocalKms
from resources.vault.rotation import Rotated, rotate_credentials_master, rotate_data_master
from resources.warehouse.holding import held
from resources.warehouse.recalculating import recalculate
from resources.warehouse.rewriting import rewrite
from resources.warehouse.session import remove
from resources.warehouse.sources import lease_name

_OPENS = {
    "metrics": "published metrics",
    "surrogates": "nothing: it turns customer ids into surrogates",
    SALT: "nothing: it salts what stands for people in the audit log",
}


@dataclass(frozen=True, kw_only=True)
class Master:
    """A master key: what it is for, which of its versions wraps now, and how many keys it wraps."""

    purpose: str
    name: str
    versions: int
    wraps: int


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A data key as it is shown."""

    id: str
    workspace_id: str
    opens: str
    generation: int
    master: str
    created_at: datetime
    destroyed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A datasource's file under its new key."""

    datasource: str
    generation: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """What a rotation of files did."""

    sources: tuple[Fresh, ...]
    rebuilt: bool


def masters(stores: Stores) -> list[Master]:
    """The master keys that this process has."""
    alive = [record for record in _records(stores, None) if record.wrapped is not None]
    found = [_master("data", stores.keys.kms, len(alive))]
    if vault := stores.credentials:
        kept = sum(vault.wrapped(each) is not None for each in stores.plane.datasources.all())
        found.append(_master("credentials", vault.kms, kept))
    return found


def data_keys(stores: Stores, workspace: str | None, *, destroyed: bool) -> list[Listed]:
    """The data keys of one workspace or all, oldest first."""
    return [_listed(record) for record in _records(stores, workspace) if destroyed or record.destroyed_at is None]


def rotate_master(stores: Stores, purpose: str) -> Rotated:
    """Rotates a master key, on record."""
    with stores.audit.act("key.rotate", f"{purpose} master key") as act:
        if purpose == "data":
            done = rotate_data_master(stores.plane, stores.keys)
        elif stores.credentials:
            done = rotate_credentials_master(stores.plane, stores.credentials)
        else:
            raise Refused("this process may open data only.", to="credentials key", do_next="Use a process that syncs.")
        act.found(name=done.name, rewrapped=done.rewrapped, retired=done.retired)
        return done


def rotate_files(stores: Stores, target: str, tell: Callable[[str], None]) -> Rotation:
    """Writes the files of a datasource, or of all of a workspace's, under new keys, and builds the metrics anew."""
    chosen = _chosen(stores, target)
    workspace = stores.plane.workspaces.get(chosen[0].workspace_id if chosen else target)
    with stores.audit.act("key.rotate", f"files of {target}", workspace_id=workspace.id) as act:
        fresh = []
        for each in chosen:
            tell(f"Writing the file of {each.platform} anew.")
            done = rewrite(stores, each)
            fresh.append(Fresh(datasource=each.id, generation=done.file.generation, rows=sum(done.kept.values())))
        rebuilt = stores.plane.files.published(workspace.id) is not None
        if rebuilt:
            tell("Building the metrics anew.")
            recalculate(stores, workspace.id)
        act.found(files=len(fresh), rebuilt=rebuilt)
    return Rotation(sources=tuple(fresh), rebuilt=rebuilt)


def destroy_key(stores: Stores, key_id: str, reason: str) -> dict[str, Any]:
    """Destroys a data key and unlinks what it opened. Whoever has that open reads on to the end."""
    record = stores.plane.keys.get(key_id)
    require(stores.plane.workspaces.get(record.workspace_id), Event.DESTROY, stores.clock())
    stores.keys.destroy(key_id, stores.clock(), actor=stores.audit.me, reason=reason)
    files = [file for file in stores.plane.files.of(record.workspace_id) if file.key_id == key_id]
    gone = [file for file in files if file.state is not FileState.DELETED]
    for file in gone:
        with held(stores.plane, lease_name(file.datasource_id or file.id), LeaseMode.EXCLUSIVE, stores.clock):
            remove(stores.data_root / file.path)
            stores.plane.files.mark(file.id, FileState.DELETED)
    return {"key": key_id, "files": [file.path.rpartition("/")[2] for file in gone]}


def _chosen(stores: Stores, target: str) -> list[Datasource]:
    """The datasources with a file that a rotation is about."""
    if target.startswith("ds_"):
        return [stores.plane.datasources.get(target)]
    every = stores.plane.datasources.of(stores.plane.workspaces.get(target).id)
    standing = (each for each in every if each.connection is not Connection.DISCONNECTED)
    return [each for each in standing if stores.plane.files.current_source(each.id)]


def _records(stores: Stores, workspace: str | None) -> list[KeyRecord]:
    chosen = [stores.plane.workspaces.get(workspace)] if workspace else stores.plane.workspaces.all()
    return [record for each in chosen for record in stores.plane.keys.of(each.id)]


def _master(purpose: str, kms: Any, wraps: int) -> Master:  # noqa: ANN401 -- either body of Kms
    versions = len(kms.versions) if isinstance(kms, LocalKms) else 1
    return Master(purpose=purpose, name=kms.name, versions=versions, wraps=wraps)


def _listed(record: KeyRecord) -> Listed:
    return Listed(
        id=record.id,
        workspace_id=record.workspace_id,
        opens=_OPENS.get(record.owner, f"the file of {record.owner}"),
        generation=record.generation,
        master=record.kms_key,
        created_at=record.created_at,
        destroyed_at=record.destroyed_at,
    )
