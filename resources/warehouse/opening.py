"""The one way in which DuckDB is opened and an encrypted file attached."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import duckdb_extension_httpfs

from resources.decode.paths import literal, quoted
from resources.errors import Stop
from resources.vault.datakey import DataKey

_DAMAGED = "Its last good copy is untouched: restore a backup, or sync again from the platform."
CATALOG: Final = "source"  # under which a datasource's file is attached
_PIECE = 8 * 1024 * 1024


@cache
def _httpfs() -> Path:
    # OpenSSL comes with httpfs; DuckDB's own cipher only reads. The package holds the build that fits this DuckDB
    (extension,) = Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension")
    return extension


def prepare(connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Puts every guard on an in-memory connection; what spills goes encrypted to `scratch`."""
    connection.execute(f"LOAD {literal(str(_httpfs()))}")
    for setting, value in (
        ("temp_file_encryption", "true"),
        ("temp_directory", literal(str(scratch))),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allow_persistent_secrets", "false"),
        ("python_enable_replacements", "false"),
        ("TimeZone", "'UTC'"),
    ):
        connection.execute(f"SET GLOBAL {setting} = {value}")


def memory(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A guarded connection to nothing but memory; the caller closes it."""
    connection = duckdb.connect(":memory:")
    prepare(connection, scratch)
    return connection


def attach(
    connection: duckdb.DuckDBPyConnection, file: Path, name: str, key: DataKey, *, read_only: bool = False
) -> None:
    """Attaches an encrypted file as catalog `name`; made if it is not there and not `read_only`.

    Raises:
        Stop: the key is wrong, the file damaged, or it is not encrypted as it must be.
    """
    options = f"ENCRYPTION_KEY getvariable('k'), ENCRYPTION_CIPHER 'GCM'{', READ_ONLY' if read_only else ''}"
    connection.execute("SET VARIABLE k = $k", {"k": key.for_duckdb()})
    try:
        connection.execute(f"ATTACH {literal(str(file))} AS {quoted(name)} ({options})")
    except duckdb.Error as error:
        what = f"it can't be opened ({type(error).__name__}): the key is not its key, or it is damaged."
        raise Stop(what, to=f"file {file.name}", do_next=_DAMAGED) from None
    finally:
        connection.execute("RESET VARIABLE k")
    found = connection.execute("SELECT encrypted, cipher FROM duckdb_databases() WHERE database_name = ?", [name])
    if found.fetchone() != (True, "GCM"):
        connection.execute(f"DETACH {quoted(name)}")
        raise Stop("it is not encrypted with AES-256-GCM.", to=f"file {file.name}", do_next=_DAMAGED)


def columns_in(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str) -> list[str]:
    """The columns of a table of an attached file; none if there is no such table."""
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE (database_name, schema_name, table_name) = (?, ?, ?)",
        [catalog, schema, table],
    )
    return [str(name) for (name,) in found.fetchall()]


def detach(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Writes everything into the file and lets go of it, so that it can be hashed and copied."""
    connection.execute("USE memory")
    connection.execute(f"CHECKPOINT {quoted(name)}")
    connection.execute(f"DETACH {quoted(name)}")


def digest(file: Path) -> tuple[int, str]:
    """Size in bytes and sha256 in hex of a file that nobody has open."""
    total = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            total.update(piece)
    return file.stat().st_size, total.hexdigest()


def read_whole(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    """Reads every value of every table of a catalog, and returns the rows per table.

    Raises:
        Stop: a block can't be read.
    """
    tables = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [name]
    ).fetchall()
    rows = {}
    for schema, table in tables:
        relation = f"{quoted(name)}.{quoted(schema)}.{quoted(table)}"
        try:
            # hash() forces each block of each column to be decrypted and read
            counted = connection.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {relation} AS t").fetchone()
        except duckdb.Error:
            raise Stop("a block of it can't be read.", to=f"{schema}.{table}", do_next=_DAMAGED) from None
        rows[f"{schema}.{table}"] = counted[0] if counted else 0
    return rows
