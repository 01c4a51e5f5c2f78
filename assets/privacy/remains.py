"""What is left inside a file of rows that its tables don't show any more: it goes by writing the file anew only."""

import duckdb

from resources.decode.paths import quoted
from resources.identity import identifying
from resources.platform import Platform


def has_remains(connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform) -> bool:
    """Whether an attached file of a platform with people in it may still hold rows that were deleted or replaced.

    A load changes a file in place: what it deletes is struck out only, and what it replaces may lie in free blocks.
    """
    if not any(identifying(stream) for stream in declared.streams):
        return False
    free = connection.execute("SELECT free_blocks FROM pragma_database_size() WHERE database_name = ?", [catalog])
    if (free.fetchone() or (0,))[0]:
        return True
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?", [catalog, declared.schema]
    )
    return any(_struck_out(connection, (catalog, declared.schema, name)) for (name,) in tables.fetchall())


def _struck_out(connection: duckdb.DuckDBPyConnection, names: tuple[str, str, str]) -> bool:
    place = ".".join(map(quoted, names))
    found = connection.execute(
        f"SELECT (SELECT coalesce(sum(count), 0) FROM pragma_storage_info($place) WHERE column_id = 0 "
        f"AND segment_type <> 'VALIDITY') <> (SELECT count(*) FROM {place})",
        {"place": place},
    )
    return bool((found.fetchone() or (False,))[0])
