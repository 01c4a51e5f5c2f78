"""Rows that should be gone, recognised by keyed names alone: the tombstones' own, computed anew over what is there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from resources.columns import Personal
from resources.decode.paths import quoted
from resources.errors import Stop
from resources.identity import identifying, token_sql
from resources.platform import Platform, Stream
from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.warehouse.opening import columns_in

PERSON: Final = "person"
ROW: Final = "row"
_SUPPRESSION: Final = "suppression"  # the owner of the key for names
_BLOCK: Final = 64
_NAME: Final = "sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode({text}))))"


@dataclass(frozen=True, kw_only=True)
class Stone:
    """A keyed name that must not be found, and the act (label) that set it."""

    kind: str
    name: str
    label: str


def survivors(
    connection: duckdb.DuckDBPyConnection, catalog: str, declared: Platform, key: DataKey, stones: Iterable[Stone]
) -> Counter[str]:
    """Rows per label in the attached catalog whose keyed name is on a stone. The connection keeps no key afterwards."""
    found: Counter[str] = Counter()
    _lay_out(connection, key, stones)
    try:
        for stream in declared.streams:
            held = frozenset(columns_in(connection, catalog, declared.schema, stream.name))
            if held and (identifying(stream) or stream.belongs_to):
                relation = ".".join(map(quoted, (catalog, declared.schema, stream.name)))
                for kind, text, condition in _names(stream, declared, held):
                    found.update(_count(connection, relation, kind, text, condition))
    finally:
        for name in ("inner_pad", "outer_pad"):
            connection.execute(f"RESET VARIABLE {name}")
    return found


def _names(stream: Stream, declared: Platform, held: frozenset[str]) -> Iterable[tuple[str, str, str]]:
    """What each row is called: kind, the text under the key, and for which rows it counts."""
    columns = [column for column in identifying(stream) if column.name in held]
    tokens = {column: token_sql(column, declared.key, quoted(column.name)) for column in columns}
    strong = [token for column, token in tokens.items() if column.personal is not Personal.PHONE]
    for column, token in tokens.items():
        # a number beside a customer's id or an address says nothing about whose the row is
        alone = strong and column.personal is Personal.PHONE
        yield PERSON, token, f"coalesce({', '.join(strong)}) IS NULL" if alone else "true"
    if set(stream.key) <= held:
        keys = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in stream.key)
        yield ROW, f"'{declared.key}.{stream.name}:' || CAST(to_json([{keys}]) AS VARCHAR)", "true"


def _count(
    connection: duckdb.DuckDBPyConnection, relation: str, kind: str, text: str, condition: str
) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT label, count(*) FROM (SELECT {_NAME.format(text=text)} AS name FROM {relation} WHERE {condition}) "
        "JOIN stones USING (name) WHERE kind = ? GROUP BY label",
        [kind],
    )
    return {str(label): int(number) for label, number in rows.fetchall()}


def _lay_out(connection: duckdb.DuckDBPyConnection, key: DataKey, stones: Iterable[Stone]) -> None:
    padded = bytes(key.view()).ljust(_BLOCK, b"\0")
    for name, pad in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
        connection.execute(f"SET VARIABLE {name} = $pad", {"pad": bytes(byte ^ pad for byte in padded)})
    laid = [(each.kind, each.name, each.label) for each in stones]
    names = ("kind", "name", "label")
    given = pa.table({name: pa.array([row[at] for row in laid], pa.string()) for at, name in enumerate(names)})
    connection.register("given_stones", given)
    connection.execute("CREATE OR REPLACE TEMP TABLE stones AS FROM given_stones")
    connection.unregister("given_stones")


def suppression_key(stores: Stores, workspace_id: str) -> DataKey:
    """The key under which the workspace's tombstones name people and rows, to be closed by the caller.

    Raises:
        Stop: there is none, or it was destroyed.
    """
    mine = [record for record in stores.plane.keys.of(workspace_id) if record.owner == _SUPPRESSION]
    if not mine:
        raise Stop("nothing was ever suppressed in it.", to=f"workspace {workspace_id}", do_next="Erase again.")
    return stores.keys.plain(mine[0].id)
