"""A datasource's file written anew under a new key, leaving out what must go; every older copy is then unreadable."""

from contextlib import ExitStack
from dataclasses import dataclass

from resources.control_plane.facts import Datasource, FileGeneration, FileState, LeaseMode
from resources.errors import Refused, Stop, TryLater
from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.warehouse.copying import Change, copied
from resources.warehouse.holding import held
from resources.warehouse.opening import digest
from resources.warehouse.session import remove
from resources.warehouse.sources import SCHEMA_VERSION, lease_name

__all__ = ["Change", "Rewritten", "clear_away", "rewrite"]


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """The file that was in use, the one that is now, and how many rows of each table stayed and went."""

    old: FileGeneration
    file: FileGeneration
    kept: dict[str, int]
    left_out: dict[str, int]


def rewrite(
    stores: Stores, datasource: Datasource, change: Change | None = None, *, ends_load: bool = False
) -> Rewritten:
    """Rewrites the datasource's file into the next generation; whoever loads or builds waits, or is waited for.

    Without a change all rows stay: a rotation of the key, or a compaction. With `ends_load` it is the last step of a
    load, which is whole with it.

    Raises:
        Refused: nothing was ever loaded.
        TryLater: its last load is not whole, or others are still at work on it.
        Stop: the old file is not as it was left, or the new one is not what was to be written; the old one stays.
    """
    with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock) as turn, ExitStack() as undo:
        old = _whole(stores, datasource, FileState.LOADING if ends_load else FileState.CLEAN)
        clear_away(stores, datasource)
        new, key = _announced(stores, datasource)
        undo.callback(_discard, stores, new)
        with key, stores.keys.plain(old.key_id) as old_key:
            paths = stores.data_root / old.path, stores.data_root / new.path
            done = copied(stores.scratch, (paths[0], old_key), (paths[1], key), change)
        size, sha256 = digest(paths[1])
        turn.check()
        published = stores.plane.files.publish(new.id, size=size, sha256=sha256, now=stores.clock())
        undo.pop_all()
        clear_away(stores, datasource)
    return Rewritten(old=old, file=published, kept=done.kept, left_out=done.left_out)


def clear_away(stores: Stores, datasource: Datasource) -> int:
    """Destroys the keys of files that are no longer, or not yet, in use, and unlinks them; returns how many.

    They are what a rewrite replaced, or what one left behind that was killed. Under the file's exclusive lease only.
    """
    mine = [file for file in stores.plane.files.of(datasource.workspace_id) if file.datasource_id == datasource.id]
    stale = [file for file in mine if file.state in (FileState.RETIRED, FileState.BUILDING)]
    for file in stale:
        _discard(stores, file)
    for key_id in unused_keys(stores, datasource):
        stores.keys.destroy(key_id, stores.clock())
    return len(stale)


def unused_keys(stores: Stores, datasource: Datasource) -> list[str]:
    """Living keys of the datasource under which no file lies here any more, though one may in a backup.

    A restore of an older state leaves them. Under the file's exclusive lease only: a load makes its key first.
    """
    files = stores.plane.files.of(datasource.workspace_id)
    in_use = {file.key_id for file in files if file.state is not FileState.DELETED}
    mine = [record for record in stores.plane.keys.of(datasource.workspace_id) if record.owner == datasource.id]
    return [record.id for record in mine if record.wrapped is not None and record.id not in in_use]


def _whole(stores: Stores, datasource: Datasource, state: FileState) -> FileGeneration:
    to = f"datasource {datasource.id}"
    file = stores.plane.files.current_source(datasource.id)
    if file is None:
        raise Refused("nothing was loaded yet.", to=to, do_next="Run `ignyte sync` first.")
    if file.state is not state:
        raise TryLater("its last load is not whole.", to=to, do_next="The next sync completes it; then try again.")
    # what a load left is hashed when it is whole
    if state is FileState.CLEAN and digest(stores.data_root / file.path) != (file.size, file.sha256):
        raise Stop("its file is not as it was left.", to=to, do_next="Find out who changed it, or sync anew.")
    return file


def _announced(stores: Stores, datasource: Datasource) -> tuple[FileGeneration, DataKey]:
    generation = stores.plane.files.next_generation(datasource.workspace_id, datasource.id)
    key_id, key = stores.keys.new(datasource.workspace_id, datasource.id, generation, stores.clock())
    file = stores.plane.files.begin(
        workspace_id=datasource.workspace_id,
        datasource_id=datasource.id,
        generation=generation,
        path=f"workspaces/{datasource.workspace_id}/sources/{datasource.id}-{generation}.duckdb",
        key_id=key_id,
        schema_version=SCHEMA_VERSION,
        now=stores.clock(),
        rewrite=True,
    )
    return file, key


def _discard(stores: Stores, file: FileGeneration) -> None:
    stores.keys.destroy(file.key_id, stores.clock())
    remove(stores.data_root / file.path)
    stores.plane.files.mark(file.id, FileState.DELETED)
