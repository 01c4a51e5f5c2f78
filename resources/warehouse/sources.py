"""The file of one datasource: made, opened for a load, opened to be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb

from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, LeaseMode
from resources.errors import Refused
from resources.stores import Stores
from resources.warehouse.holding import Held, held
from resources.warehouse.opening import CATALOG, attach, detach, digest, memory

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class OpenSource:
    """A datasource's file, attached as `source`: to write under an exclusive lease, or to read under a shared one."""

    connection: duckdb.DuckDBPyConnection
    file: FileGeneration
    holding: Held


def lease_name(datasource_id: str) -> str:
    return f"file of {datasource_id}"


def _current(stores: Stores, datasource: Datasource) -> FileGeneration:
    """The file in use; a first one is announced, and its key made, if there is none."""
    if file := stores.plane.files.current_source(datasource.id):
        return file
    if stores.plane.datasources.get(datasource.id).connection is Connection.DISCONNECTED:
        # a sync that was under way must not begin anew what has just been destroyed
        raise Refused("it is disconnected.", to=f"datasource {datasource.id}", do_next="Connect the account again.")
    generation = stores.plane.files.next_generation(datasource.workspace_id, datasource.id)
    key_id, key = stores.keys.new(datasource.workspace_id, datasource.id, generation, stores.clock())
    key.close()
    return stores.plane.files.begin(
        workspace_id=datasource.workspace_id,
        datasource_id=datasource.id,
        generation=generation,
        path=f"workspaces/{datasource.workspace_id}/sources/{datasource.id}-{generation}.duckdb",
        key_id=key_id,
        schema_version=SCHEMA_VERSION,
        now=stores.clock(),
    )


@contextmanager
def open_for_load(stores: Stores, datasource: Datasource) -> Iterator[OpenSource]:
    """Waits for the file, opens it for writing, and closes it checkpointed, whatever happens inside."""
    with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock) as holding:
        file = _current(stores, datasource)
        path = stores.data_root / file.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = memory(stores.scratch)
        try:
            with stores.keys.plain(file.key_id) as key:
                attach(connection, path, CATALOG, key)
            path.chmod(0o600)
            yield OpenSource(connection=connection, file=file, holding=holding)
            detach(connection, CATALOG)
        finally:
            connection.close()


@contextmanager
def open_for_reading(stores: Stores, datasource: Datasource) -> Iterator[OpenSource]:
    """Opens the file in use read-only, beside other readers; whoever loads into it waits, or is waited for.

    Raises:
        Refused: nothing was ever loaded.
    """
    with held(stores.plane, lease_name(datasource.id), LeaseMode.SHARED, stores.clock) as holding:
        file = stores.plane.files.current_source(datasource.id)
        if file is None:
            raise Refused(
                "nothing was loaded yet.", to=f"datasource {datasource.id}", do_next="Run `ignyte sync` first."
            )
        connection = memory(stores.scratch)
        try:
            with stores.keys.plain(file.key_id) as key:
                attach(connection, stores.data_root / file.path, CATALOG, key, read_only=True)
            yield OpenSource(connection=connection, file=file, holding=holding)
        finally:
            connection.close()


def mark_loading(stores: Stores, source: OpenSource) -> None:
    """Said before the first commit: from here until `mark_clean` nothing is built from the file."""
    stores.plane.files.mark(source.file.id, FileState.LOADING)


def mark_clean(stores: Stores, datasource: Datasource) -> FileGeneration:
    """The load is whole: the file is hashed and may be built from."""
    with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock):
        file = _current(stores, datasource)
        size, sha256 = digest(stores.data_root / file.path)
        return stores.plane.files.mark(file.id, FileState.CLEAN, size=size, sha256=sha256)
