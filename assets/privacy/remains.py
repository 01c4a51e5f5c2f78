"""What is left inside a file of rows that its tables don't show any more: it goes by writing the file anew only."""

from collections.abc import Iterable

import duckdb

from resources.decode.paths import quoted
from resources.identity import identifying
from resources.platform import Platform, Stream


def has_remains(
    connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform, streams: Iterable[Stream]
) -> bool:
    """Whether an attached file of a platform with people in it may still hold rows that were deleted or replaced.

    A load changes a file in place: what it deletes is struck out only, and what it replaces may lie in free blocks.
    """
    held = list(streams)
    if not any(identifying(stream) for stream in held):
        return False
    free = connection.execute("SELECT free_blocks FROM pragma_database_size() WHERE database_name = ?", [catalog])
    if (free.fetchone() or (0,))[0]:
        return True
    return any(_struck_out(connection, catalog, declared, stream) for stream in held)


def _struck_out(connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform, stream: Stream) -> bool:
    place = ".".join(map(quoted, (catalog, declared.schema, stream.name)))
    found = connection.execute(
        "SELECT coalesce(sum(count), 0) FROM pragma_storage_info($place) WHERE column_id = 0 "
        "AND segment_type <> 'VALIDITY'",
        {"place": place},
    )
    kept = connection.execute(f"SELECT count(*) FROM {place}").fetchone()
    return (found.fetchone() or (0,))[0] != (kept or (0,))[0]
