"""Every value that lies in a catalog, or in a backup under any key that is left."""

from contextlib import closing
from pathlib import Path

import duckdb

from resources.backups.manifest import head_of, key_for, manifest_of, object_name, read
from resources.decode.paths import quoted
from resources.stores import Stores
from resources.vault.datakeys import context_of
from resources.warehouse.opening import attach, memory


def cells(connection: duckdb.DuckDBPyConnection, catalog: str) -> set[str]:
    tables = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?", [catalog]
    ).fetchall()
    found = set()
    for schema, table in tables:
        rows = connection.execute(f"FROM {quoted(catalog)}.{quoted(schema)}.{quoted(table)}").fetchall()
        found |= {str(cell).lower() for row in rows for cell in row if cell is not None}
    return found


def backed_up(stores: Stores, backup_id: str, folder: Path, *, kept: bool = False) -> set[str]:
    """Every value in a backup that a key opens: by its copy, or with `kept` by whatever wrapped key is in this home."""
    content = read(stores.keeper.target, backup_id)
    head = head_of(content, backup_id)
    found: set[str] = set()
    for file in manifest_of(stores, content, head).files:
        key = key_for(stores, head.workspace_id, file.key_id)
        if key is None and kept:
            record = stores.plane.keys.get(file.key_id)
            if record.wrapped is not None:
                context = context_of(record.workspace_id, record.owner, record.generation)
                key = stores.keys.kms.unwrap(record.wrapped, context)
        if key is not None:
            path = folder / file.id
            stores.keeper.target.fetch(object_name(head, file.id), path)
            with key, closing(memory(stores.scratch)) as connection:
                attach(connection, path, "b", key, read_only=True)
                found |= cells(connection, "b")
            path.unlink()
    return found
