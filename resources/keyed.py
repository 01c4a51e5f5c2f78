"""Names that say nothing without their key: HMAC-SHA256 of tokens and rows, one spelling in Python and in SQL."""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Final

import duckdb

from resources.errors import Stop
from resources.platform import Platform, Stream
from resources.stores import Stores
from resources.vault.datakey import DataKey

OWNER: Final = "suppression"  # under which the key lies among the workspace's keys
_BLOCK: Final = 64
_ESCAPES: Final = re.compile(r"\\\\|\\u[0-9a-f]{4}")
_INNER, _OUTER = 0x36, 0x5C


def opened(stores: Stores, workspace_id: str, *, make: bool = False) -> DataKey:
    """The workspace's key for names, to be closed by the caller; `make` makes it where there is none yet.

    Raises:
        Stop: there is none, or it is destroyed.
    """
    if make and not _mine(stores, workspace_id):
        stores.keys.new(workspace_id, OWNER, 1, stores.clock())[1].close()
    # read back even if just made: of two processes that both found none, both must go by the first
    mine = _mine(stores, workspace_id)
    if not mine:
        raise Stop("its key for suppression is missing.", to=f"workspace {workspace_id}", do_next="Restore the keys.")
    return stores.keys.plain(mine[0])


def keyed(key: DataKey, name: str) -> str:
    """HMAC-SHA256 of the name, in hex."""
    return hmac.new(key.view(), name.encode(), hashlib.sha256).hexdigest()


def lend(connection: duckdb.DuckDBPyConnection, key: DataKey) -> None:
    """Gives the connection what `keyed_sql` goes by. The key is never in the text of a statement."""
    padded = bytes(key.view()).ljust(_BLOCK, b"\0")
    for name, pad in (("inner_pad", _INNER), ("outer_pad", _OUTER)):
        connection.execute(f"SET VARIABLE {name} = $pad", {"pad": bytes(byte ^ pad for byte in padded)})


def take_back(connection: duckdb.DuckDBPyConnection) -> None:
    """The connection forgets the key."""
    connection.execute("RESET VARIABLE inner_pad")
    connection.execute("RESET VARIABLE outer_pad")


def keyed_sql(name: str) -> str:
    """The same of a SQL text; null where it is null."""
    return f"sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode({name}))))"


def place_of(platform: Platform, stream: str) -> str:
    """How a stream is called in a row's name, such as "stripe.charges"."""
    return f"{platform.key}.{stream}"


def key_text(values: Sequence[object]) -> str:
    """The JSON list of a row's key values, each as text."""
    spelled = json.dumps([str(value) for value in values], ensure_ascii=False, separators=(",", ":"))
    # DuckDB writes the digits of a control character in capitals
    return _ESCAPES.sub(lambda found: found[0][:2] + found[0][2:].upper(), spelled)


def key_sql(*columns: str) -> str:
    """The same of SQL expressions."""
    return f"CAST(to_json([{', '.join(f'CAST({column} AS VARCHAR)' for column in columns)}]) AS VARCHAR)"


def row_name(place: str, key: str) -> str:
    """What stands for one row: its place and the JSON list of its key."""
    return f"{place}:{key}"


def row_name_sql(platform: Platform, stream: Stream, *columns: str) -> str:
    """The same in SQL; `columns` hold the stream's key, which in a child has other names."""
    return f"'{place_of(platform, stream.name)}:' || {key_sql(*columns)}"


def _mine(stores: Stores, workspace_id: str) -> list[str]:
    return [record.id for record in stores.plane.keys.of(workspace_id) if record.owner == OWNER]
