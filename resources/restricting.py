"""Persons whose data may be kept but not used (GDPR art. 18): their rows are in no view that a build sees."""

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from resources.control_plane.privacy_facts import RequestKind, RequestState
from resources.decode.paths import quoted
from resources.judging import Judge
from resources.platform import Platform
from resources.stores import Stores

STEP: Final = "set aside"  # of a request to restrict; its fact has the keyed names of the person
NAMES: Final = "names"


def set_aside(stores: Stores, workspace_id: str) -> list[str]:
    """The keyed names of everybody whose data may not be used now."""
    requests = stores.plane.requests
    standing = [
        each
        for each in requests.of(workspace_id)
        if each.kind is RequestKind.RESTRICT and each.state is RequestState.RUNNING
    ]
    steps = [requests.steps(each.id).get(STEP) for each in standing]
    return sorted({name for step in steps if step for name in step.facts[NAMES].split()})


def left_out(
    connection: duckdb.DuckDBPyConnection, declared: Platform, catalog: str, held: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Stream → the table with the rowids of the rows that no view of this file may show; `held` has the columns."""
    judge = Judge(connection, declared, anonymise=False)
    found = {}
    for stream in judge.streams:
        if columns := held.get(stream.name):
            place = ".".join(map(quoted, (catalog, declared.schema, stream.name)))
            if verdict := judge.judge(stream, place, "rowid", columns):
                # the verdict is this connection's own, and builds clone it
                table = f"memory.main.{quoted(f'set_aside_{catalog}_{stream.name}')}"
                connection.execute(f"CREATE OR REPLACE TABLE {table} AS {verdict.gone()}")
                found[stream.name] = table
    return found
