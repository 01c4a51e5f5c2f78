"""A restore drill: the newest backup restored into a home made for it, looked through, and thrown away."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from resources.audit.keeping import AuditedKeys
from resources.backups.fates import Came, Fate
from resources.backups.restoring import restore
from resources.control_plane import ControlPlane
from resources.control_plane.facts import LeaseMode, Workspace
from resources.control_plane.privacy_facts import Backup, BackupState
from resources.errors import Refused, Stop
from resources.escrow.places import Places, Untouched
from resources.stores import Stores, keeper_of, open_log
from resources.warehouse.holding import held
from resources.warehouse.opening import read_whole
from resources.warehouse.published import CATALOG, open_metrics
from resources.warehouse.sources import open_for_reading

Tell = Callable[[str], None]
VERB: Final = "backup.drill"
_PREFIX: Final = "drill-"


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """What a drill found: each file and its fate, and the rows of all sources and of all metrics."""

    backup_id: str
    workspace_id: str
    made_at: datetime
    files: tuple[Came, ...]
    sources: int
    source_rows: int
    metrics_rows: int
    tombstones: int
    seconds: int


def drill(stores: Stores, workspace: Workspace, *, tell: Tell = lambda _: None) -> Drilled:
    """Restores the newest backup of a workspace into a scratch home, as if this one were lost, and reads all of it.

    Raises:
        Refused: there is no backup.
        Stop: something of it can't be restored.
    """
    backup = _newest(stores, workspace)
    with (
        stores.audit.act(VERB, f"backup {backup.id}", workspace_id=workspace.id) as act,
        held(stores.plane, _turn_of(workspace.id), LeaseMode.EXCLUSIVE, stores.clock),
        _scratch_home(stores, workspace.id) as scratch,
    ):
        begun = stores.clock()
        found = _looked_through(scratch, backup, tell)
        drilled = replace(found, seconds=round((stores.clock() - begun).total_seconds()))
        act.found(
            made=drilled.made_at.date().isoformat(),
            sources=drilled.sources,
            source_rows=drilled.source_rows,
            metrics_rows=drilled.metrics_rows,
            tombstones=drilled.tombstones,
            seconds=drilled.seconds,
        )
    return drilled


def remove_left(stores: Stores, workspace_id: str) -> int:
    """Removes what a killed drill left of the workspace, once none is under way; returns how many homes."""
    if not _left(stores, workspace_id):
        return 0
    with held(stores.plane, _turn_of(workspace_id), LeaseMode.EXCLUSIVE, stores.clock):
        return _remove_left(stores, workspace_id)


def _remove_left(stores: Stores, workspace_id: str) -> int:
    homes = _left(stores, workspace_id)
    for home in homes:
        shutil.rmtree(home)
    return len(homes)


def _left(stores: Stores, workspace_id: str) -> list[Path]:
    return list(stores.settings.home.glob(f"{_PREFIX}{workspace_id}-*"))


def _turn_of(workspace_id: str) -> str:
    return f"drill of {workspace_id}"


def _newest(stores: Stores, workspace: Workspace) -> Backup:
    whole = [each for each in stores.plane.backups.all(workspace.id) if each.state is BackupState.COMPLETE]
    if not whole:
        raise Refused(
            "it has no backup.", to=f"workspace {workspace.name}", do_next="Make one: `ignyte backup create`."
        )
    return whole[-1]


def _looked_through(scratch: Stores, backup: Backup, tell: Tell) -> Drilled:
    done = restore(scratch, backup.id, tell=tell)
    sources, source_rows = 0, 0
    for datasource in scratch.plane.datasources.of(backup.workspace_id):
        if scratch.plane.files.current_source(datasource.id) is not None:
            with open_for_reading(scratch, datasource) as source:
                sources += 1
                source_rows += sum(read_whole(source.connection, "source").values())
    if not sources and not any(each.fate is Fate.PREDATES for each in done.files):
        raise Stop("nothing of it came back.", to=f"backup {backup.id}", do_next="Back up again.")
    return Drilled(
        backup_id=backup.id,
        workspace_id=backup.workspace_id,
        made_at=backup.created_at,
        files=done.files,
        sources=sources,
        source_rows=source_rows,
        metrics_rows=_metrics_rows(scratch, backup.workspace_id),
        tombstones=done.tombstones,
        seconds=0,
    )


def _metrics_rows(scratch: Stores, workspace_id: str) -> int:
    if scratch.plane.files.published(workspace_id) is None:
        return 0
    with open_metrics(scratch, scratch.plane.workspaces.get(workspace_id)) as metrics:
        return sum(read_whole(metrics, CATALOG).values())


@contextmanager
def _scratch_home(stores: Stores, workspace_id: str) -> Iterator[Stores]:
    """Stores of a fresh home that read this one's places and never change them, and know no grant."""
    _remove_left(stores, workspace_id)
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{workspace_id}-", dir=stores.settings.home))
    settings = stores.settings.model_copy(update={"home": home, "database_url": None, "audit_checkpoints": None})
    settings.prepare()
    places = Places(target=Untouched(stores.keeper.target), keys=Untouched(stores.keeper.key_place))
    scratch = stores.scratch / home.name
    scratch.mkdir(mode=0o700)
    try:
        with (
            ControlPlane(settings.control_plane_url.get_secret_value()) as plane,
            closing(open_log(settings, stores.clock, stores.audit.me)) as audit,
        ):
            plane.migrate()
            keeper = keeper_of(settings, plane, audit, places, stores.clock)
            yield replace(
                stores,
                settings=settings,
                plane=plane,
                audit=audit,
                keys=AuditedKeys(plane, stores.keys.kms, audit, keeper),
                keeper=keeper,
                credentials=None,
                scratch=scratch,
            )
    finally:
        shutil.rmtree(home)
        shutil.rmtree(scratch)
