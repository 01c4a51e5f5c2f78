"""A datasource's file written anew under a new key, leaving out what must go; every older copy is then unreadable."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from resources.control_plane.facts import Datasource, FileGeneration, FileState, LeaseMode
from resources.decode.paths import quoted
from resources.errors import Refused, Stop, TryLater
from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.warehouse.holding import held
from resources.warehouse.opening import attach, detach, digest, memory, read_whole
from resources.warehouse.session import remove
from resources.warehouse.sources import SCHEMA_VERSION, lease_name

Keep = Callable[[str, str], str]  # schema and table to the SQL condition of the rows that stay
_OLD, _NEW = "old", "new"


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """The file now in use, and how many rows of each table stayed and went."""

    file: FileGeneration
    kept: dict[str, int]
    left_out: dict[str, int]


def everything(_schema: str, _table: str) -> str:
    """Keeps all rows: a rotation of the key, or a compaction."""
    return "true"


def rewrite(stores: Stores, datasource: Datasource, keep: Keep = everything) -> Rewritten:
    """Rewrites the datasource's file into the next generation; whoever loads or builds waits, or is waited for.

    Raises:
        Refused: nothing was ever loaded.
        TryLater: its last load is not whole, or others are still at work on it.
        Stop: the old file is not as it was left, or the new one is not what was to be written; the old one stays.
    """
    with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock) as turn:
        old = _whole(stores, datasource)
        clear_away(stores, datasource)
        new, key = _announced(stores, datasource)
        with key:
            try:
                kept, left_out = _copied(stores, old, new, key, keep)
            except BaseException:
                _discard(stores, new)
                raise
        size, sha256 = digest(stores.data_root / new.path)
        turn.check()
        published = stores.plane.files.publish(new.id, size=size, sha256=sha256, now=stores.clock())
        clear_away(stores, datasource)
    return Rewritten(file=published, kept=kept, left_out=left_out)


def clear_away(stores: Stores, datasource: Datasource) -> int:
    """Destroys the keys of files that are no longer, or not yet, in use, and unlinks them; returns how many.

    They are what a rewrite replaced, or what one left behind that was killed. Under the file's exclusive lease only.
    """
    mine = [file for file in stores.plane.files.of(datasource.workspace_id) if file.datasource_id == datasource.id]
    stale = [file for file in mine if file.state in (FileState.RETIRED, FileState.BUILDING)]
    for file in stale:
        _discard(stores, file)
    return len(stale)


def _whole(stores: Stores, datasource: Datasource) -> FileGeneration:
    to = f"datasource {datasource.id}"
    file = stores.plane.files.current_source(datasource.id)
    if file is None:
        raise Refused("nothing was loaded yet.", to=to, do_next="Run `ignyte sync` first.")
    if file.state is not FileState.CLEAN:
        raise TryLater("its last load is not whole.", to=to, do_next="The next sync completes it; then try again.")
    if digest(stores.data_root / file.path) != (file.size, file.sha256):
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


def _copied(
    stores: Stores, old: FileGeneration, new: FileGeneration, key: DataKey, keep: Keep
) -> tuple[dict[str, int], dict[str, int]]:
    path = stores.data_root / new.path
    # a file of this name can only be a leftover of a killed rewrite, under a key that is gone
    remove(path)
    with closing(memory(stores.scratch)) as connection:
        with stores.keys.plain(old.key_id) as old_key:
            attach(connection, stores.data_root / old.path, _OLD, old_key, read_only=True)
        attach(connection, path, _NEW, key)
        path.chmod(0o600)
        connection.execute(f"COPY FROM DATABASE {_OLD} TO {_NEW} (SCHEMA)")
        tables = _tables(connection)
        for schema, table in tables:
            place = f"{quoted(schema)}.{quoted(table)}"
            rows = f"SELECT * FROM {_OLD}.{place} WHERE {keep(schema, table)}"
            connection.execute(f"INSERT INTO {_NEW}.{place} {rows}")
        expected = {f"{schema}.{table}": _seen(connection, _OLD, schema, table, keep) for schema, table in tables}
        all_rows = {
            f"{schema}.{table}": _seen(connection, _OLD, schema, table, everything)[0] for schema, table in tables
        }
        detach(connection, _NEW)
    _verify(stores, path, key, keep, expected)
    kept = {name: count for name, (count, _) in expected.items()}
    return kept, {name: all_rows[name] - count for name, count in kept.items() if all_rows[name] != count}


def _verify(stores: Stores, path: Path, key: DataKey, keep: Keep, expected: dict[str, tuple[int, int]]) -> None:
    """Opens the new file as a stranger would, reads all of it, and compares each table with what was to be copied."""
    with closing(memory(stores.scratch)) as connection:
        attach(connection, path, _NEW, key, read_only=True)
        counts = read_whole(connection, _NEW)
        places = {name: name.split(".", 1) for name in counts}
        found = {name: _seen(connection, _NEW, schema, table, keep) for name, (schema, table) in places.items()}
    if found != expected:
        raise Stop("what was written is not what was read.", to=f"file {path.name}", do_next="The old file stays.")


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [_OLD]
    ).fetchall()


def _seen(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str, keep: Keep) -> tuple[int, int]:
    """Rows of a table and a digest of their values, whatever their order; equal rows don't cancel each other out."""
    relation = f"{catalog}.{quoted(schema)}.{quoted(table)}"
    query = f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM {relation} AS t WHERE {keep(schema, table)}"
    count, total = connection.execute(query).fetchone() or (0, 0)
    return int(count), int(total)


def _discard(stores: Stores, file: FileGeneration) -> None:
    stores.keys.destroy(file.key_id, stores.clock())
    remove(stores.data_root / file.path)
    stores.plane.files.mark(file.id, FileState.DELETED)
