"""The published metrics, opened to be asked; apart from how they are built, so that who only asks starts quickly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

from resources.control_plane.facts import Workspace
from resources.errors import Refused, Stop
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.warehouse.opening import attach, digest, memory

CATALOG: Final = "metrics"


@contextmanager
def open_metrics(stores: Stores, workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published metrics, read-only and locked down: no other file, no network, no setting can be reached by SQL.

    Raises:
        Refused: nothing is published yet, or the workspace may not be used now.
        Stop: the file is not the one that was published.
    """
    require(stores.plane.workspaces.get(workspace.id), Event.USE, stores.clock())
    file = stores.plane.files.published(workspace.id)
    if file is None:
        raise Refused("it has no metrics yet.", to=f"workspace {workspace.name}", do_next="Run `ignyte sync` first.")
    path = stores.data_root / file.path
    if not path.exists() or digest(path) != (file.size, file.sha256):
        raise Stop(
            "it is not the file that was published.",
            to=f"metrics of {workspace.name}",
            do_next="Run `ignyte sync` to build it anew, and find out who changed it.",
        )
    connection = memory(stores.scratch)
    try:
        with stores.keys.plain(file.key_id) as key:
            attach(connection, path, CATALOG, key, read_only=True)
        _lock(connection, stores)
        yield connection
    finally:
        connection.close()


def _lock(connection: duckdb.DuckDBPyConnection, stores: Stores) -> None:
    connection.execute(f"USE {CATALOG}")
    connection.execute(f"SET GLOBAL memory_limit = '{stores.settings.query_memory_limit}'")
    connection.execute(f"SET GLOBAL threads = {stores.settings.query_threads}")
    # nothing spills: what does not fit into memory is too much to ask
    connection.execute("SET GLOBAL temp_directory = ''")
    connection.execute("SET GLOBAL enable_external_access = false")
    connection.execute("SET GLOBAL lock_configuration = true")
