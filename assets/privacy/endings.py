"""What must hold where a datasource or a workspace ended, or rows got too old."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import duckdb

from assets.privacy.cutoffs import cut_offs, past
from assets.privacy.examining import Check, keys_dead
from assets.privacy.orchestrator_swept import left_in_dagster
from resources.control_plane.facts import Connection, Datasource, FileGeneration, FileState, WorkspaceState
from resources.control_plane.privacy_facts import BackupState, Step
from resources.decode.paths import quoted
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.opening import attach, memory

_CATALOG: Final = "aged"
_GRANT: Final = "grant"
_NAMING: Final = ("account", "account_name")


def of_datasource(stores: Stores, found: Datasource, steps: Mapping[str, Step]) -> list[Check]:
    """Nothing can be read of it, nothing of it is left, and it can't come back."""
    plane = stores.plane
    files = [file for file in plane.files.of(found.workspace_id) if file.datasource_id == found.id]
    keys = [record for record in plane.keys.of(found.workspace_id) if record.owner == found.id]
    named = [path for path in stores.data_root.rglob("*") if found.id in path.name]
    stones = {(stone.kind, stone.subject) for stone in plane.tombstones.of(found.workspace_id)}
    runs = left_in_dagster(stores.settings, found.id)
    return [
        _check("it is disconnected", "control plane", found.connection, found.connection is Connection.DISCONNECTED),
        _none("its credential is gone", "control plane", [1] if plane.credentials.get(found.id, _GRANT) else []),
        _none(
            "no sync of it is due",
            "control plane",
            [1 for due in plane.due.due_syncs(_END) if due.datasource_id == found.id],
        ),
        _none("nothing names its account", "control plane", [name for name in _NAMING if getattr(found, name)]),
        keys_dead(stores, keys, "every key its files ever had is destroyed, and opens nothing"),
        _none(
            "no file of it is left", "source files", [*named, *(f for f in files if f.state is not FileState.DELETED)]
        ),
        _none("Dagster keeps no run of it", "orchestrator", runs),
        _check("it is on a tombstone", "control plane", "set", ("datasource", found.id) in stones),
        _rebuilt(stores, found.workspace_id, steps),
    ]


def _rebuilt(stores: Stores, workspace_id: str, steps: Mapping[str, Step]) -> Check:
    published = stores.plane.files.published(workspace_id)
    cut = [step.done_at for step in steps.values() if step.step.startswith("disconnected ")]
    # the rebuilding may have been under way when the step before it was noted, but never begun before
    holds = published is None or not cut or published.created_at >= min(cut)
    seen = "none are published" if published is None else f"begun {published.created_at.isoformat()}"
    return _check("the metrics were calculated without it", "metrics files", seen, holds)


def of_workspace(stores: Stores, workspace_id: str) -> list[Check]:
    """Nothing is left but ids, tombstones and proof."""
    plane = stores.plane
    workspace = plane.workspaces.get(workspace_id)
    sources = plane.datasources.of(workspace_id)
    folder = stores.data_root / "workspaces" / workspace_id
    stones = {(stone.kind, stone.subject) for stone in plane.tombstones.of(workspace_id)}
    named = [each for each in sources if any(getattr(each, name) for name in _NAMING)]
    given = [*plane.inputs.uploads(workspace_id), *plane.inputs.targets(workspace_id), *plane.rules.of(workspace_id)]
    live = [each for each in plane.backups.all(workspace_id) if each.state is not BackupState.EXPIRED]
    return [
        _check("it is deleted", "control plane", workspace.state, workspace.state is WorkspaceState.DELETED),
        _none("no credential is left", "control plane", [1 for s in sources if plane.credentials.get(s.id, _GRANT)]),
        _none("nothing names an account", "control plane", named),
        _none("no configuration is left", "control plane", given),
        _none(
            "no request of a person is open", "control plane", [r for r in plane.requests.of(workspace_id) if r.subject]
        ),
        keys_dead(stores, plane.keys.of(workspace_id), "every key it ever had is destroyed, and opens nothing"),
        _none("nothing lies in its folder", "left-over files", [*folder.rglob("*")] if folder.exists() else []),
        _none("no backup of it is left", "backups", live),
        _none(
            "Dagster keeps no run and no partition of it",
            "orchestrator",
            left_in_dagster(stores.settings, workspace_id),
        ),
        _check("it is on a tombstone", "control plane", "set", ("workspace", workspace_id) in stones),
    ]


def of_retention(stores: Stores, workspace_id: str, day: str) -> list[Check]:
    """No row of any source is past its limit, as of the moment of the run."""
    then = min(datetime.fromisoformat(day).replace(tzinfo=UTC), stores.clock())
    old, looked = 0, 0
    for source in stores.plane.datasources.of(workspace_id):
        file = stores.plane.files.current_source(source.id)
        if file is not None:
            old += _old_rows(stores, source, file, then)
            looked += 1
    return [_check("no row is past its limit of age", "source files", f"{looked} files, {old} rows", not old)]


def _old_rows(stores: Stores, source: Datasource, file: FileGeneration, then: datetime) -> int:
    declared = platform(source.platform)
    limits = cut_offs(declared, stores.plane.rules.of(source.workspace_id), then)
    with closing(memory(stores.scratch)) as connection:
        with stores.keys.plain(file.key_id) as key:
            attach(connection, stores.data_root / file.path, _CATALOG, key, read_only=True)
        held = _held(connection, declared.schema)

        def place(stream: str) -> str:
            return ".".join(map(quoted, (_CATALOG, declared.schema, stream))) if stream in held else ""

        conditions = [
            (place(stream.name), past(declared, stream, limits, place))
            for stream in declared.streams
            if place(stream.name)
        ]
        counts = [connection.execute(f"SELECT count(*) FROM {at} WHERE {what}").fetchone() for at, what in conditions]
    return sum(int(count[0]) for count in counts if count)


def _held(connection: duckdb.DuckDBPyConnection, schema: str) -> frozenset[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE (database_name, schema_name) = (?, ?)", [_CATALOG, schema]
    )
    return frozenset(str(name) for (name,) in rows.fetchall())


def _none(what: str, store: str, left: Iterable[object]) -> Check:
    count = len(list(left))
    return Check(what=what, store=store, seen=f"{count} left", holds=not count)


def _check(what: str, store: str, seen: str, holds: bool) -> Check:  # noqa: FBT001 -- the last of four facts
    return Check(what=what, store=store, seen=str(seen), holds=holds)


_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
