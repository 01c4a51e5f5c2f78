"""Metrics after something of their sources went: built anew without it, or taken back where nothing may be built."""

from resources.control_plane.facts import FileGeneration, FileKind, FileState, LeaseMode
from resources.errors import Refused
from resources.lifecycle import Event, decide
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.session import remove


def build_turn(workspace_id: str) -> str:
    """The name of the lease that whoever publishes or takes back metrics holds."""
    return f"build of {workspace_id}"


def recalculate(stores: Stores, workspace_id: str) -> FileGeneration | None:
    """Replaces what is published by metrics of what is left; None where nothing is published afterwards.

    Where no source is left, every table is there and empty. A workspace that may not be used is not built: what was
    published is destroyed, since it must not outlive its sources, and the next build makes it anew.

    Raises:
        Stop: a model or a test failed. What was published before stays.
        TryLater: a source is being loaded, or its last load is not whole.
    """
    if stores.plane.files.published(workspace_id) is None:
        return None
    workspace = stores.plane.workspaces.get(workspace_id)
    if isinstance(decide(workspace, Event.USE, stores.clock()), Refused):
        withdraw(stores, workspace_id)
        return None
    # imported here: dbt takes seconds, and most who delete need none
    from resources.warehouse.metrics import build  # noqa: PLC0415 -- as it says above

    return build(stores, workspace).file


def withdraw(stores: Stores, workspace_id: str) -> int:
    """Destroys every file of metrics that there is, with its key, once nobody builds; returns how many."""
    with held(stores.plane, build_turn(workspace_id), LeaseMode.EXCLUSIVE, stores.clock):
        files = [
            file
            for file in stores.plane.files.of(workspace_id)
            if file.kind is FileKind.METRICS and file.state is not FileState.DELETED
        ]
        for file in files:
            stores.keys.destroy(file.key_id, stores.clock())
            remove(stores.data_root / file.path)
            stores.plane.files.mark(file.id, FileState.DELETED)
    return len(files)
