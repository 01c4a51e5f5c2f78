"""Published metrics: built into a new file, read whole, then put in the place of the old one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import duckdb

from resources.control_plane.facts import FileGeneration, FileState, LeaseMode, Workspace
from resources.dbt import BuildResult, DbtRunner, Progress
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.warehouse.holding import Held, held
from resources.warehouse.opening import attach, detach, digest, memory, prepare, read_whole
from resources.warehouse.published import CATALOG, open_metrics
from resources.warehouse.recalculating import build_turn
from resources.warehouse.session import Part, open_session, parts_of, remove
from resources.warehouse.sources import SCHEMA_VERSION

__all__ = ["CATALOG", "Published", "build", "open_metrics"]


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a build left behind: the file now in use, its rows per table, and what dbt did."""

    file: FileGeneration
    rows: dict[str, int]
    result: BuildResult


def build(stores: Stores, workspace: Workspace, on_event: Callable[[Progress], None] | None = None) -> Published:
    """Builds all metrics of a workspace from its sources and publishes them.

    Raises:
        Refused: the workspace may not be used now, or not any more.
        Stop: a model or a test failed. What was published before stays.
        TryLater: a source is being loaded, or its last load is not whole.
    """
    with held(stores.plane, build_turn(workspace.id), LeaseMode.EXCLUSIVE, stores.clock) as turn:
        _require_use(stores, workspace)
        with parts_of(stores, workspace) as parts:
            return _built(stores, workspace, parts, turn, on_event)


def _require_use(stores: Stores, workspace: Workspace) -> None:
    require(stores.plane.workspaces.get(workspace.id), Event.USE, stores.clock())


def _built(
    stores: Stores,
    workspace: Workspace,
    parts: list[Part],
    turn: Held,
    on_event: Callable[[Progress], None] | None,
) -> Published:
    file, key = _announce(stores, workspace)
    with ExitStack() as undo:
        undo.callback(_discard, stores, file)
        with key:
            result, rows = _fill(stores, workspace, parts, file, key, on_event)
        # it may have been cancelled while the models ran
        _require_use(stores, workspace)
        undo.pop_all()
    return Published(file=_publish(stores, file, turn), rows=rows, result=result)


def _announce(stores: Stores, workspace: Workspace) -> tuple[FileGeneration, DataKey]:
    generation = stores.plane.files.next_generation(workspace.id, CATALOG)
    key_id, key = stores.keys.new(workspace.id, CATALOG, generation, stores.clock())
    file = stores.plane.files.begin(
        workspace_id=workspace.id,
        datasource_id=None,
        generation=generation,
        path=f"workspaces/{workspace.id}/metrics/{generation}.duckdb",
        key_id=key_id,
        schema_version=SCHEMA_VERSION,
        now=stores.clock(),
    )
    return file, key


def _fill(
    stores: Stores,
    workspace: Workspace,
    parts: list[Part],
    file: FileGeneration,
    key: DataKey,
    on_event: Callable[[Progress], None] | None,
) -> tuple[BuildResult, dict[str, int]]:
    path = stores.data_root / file.path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def ready(connection: duckdb.DuckDBPyConnection) -> None:
        prepare(connection, stores.scratch)
        open_session(connection, stores, workspace, parts)
        attach(connection, path, CATALOG, key)

    runner = DbtRunner(target_dir=stores.scratch / "dbt")
    result = runner.build(ready, on_event=on_event, finish=lambda connection: detach(connection, CATALOG))
    result.or_stop()
    path.chmod(0o600)
    connection = memory(stores.scratch)
    try:
        attach(connection, path, CATALOG, key, read_only=True)
        return result, read_whole(connection, CATALOG)
    finally:
        connection.close()


def _publish(stores: Stores, file: FileGeneration, turn: Held) -> FileGeneration:
    size, sha256 = digest(stores.data_root / file.path)
    turn.check()
    published = stores.plane.files.publish(file.id, size=size, sha256=sha256, now=stores.clock())
    retired = [old for old in stores.plane.files.of(file.workspace_id) if old.state is FileState.RETIRED]
    for old in retired:
        # who has it open reads on to the end; nobody opens it anew
        _discard(stores, old)
    return published


def _discard(stores: Stores, file: FileGeneration) -> None:
    stores.keys.destroy(file.key_id, stores.clock())
    remove(stores.data_root / file.path)
    stores.plane.files.mark(file.id, FileState.DELETED)
