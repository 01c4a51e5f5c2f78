"""The facts of a plan: gathered from the control plane, the audit log and the lineage, rows counted in the files."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from assets.privacy.ageing import counted
from assets.privacy.cutoffs import CutOff, cut_offs
from assets.privacy.known_lineage import project_lineage
from assets.privacy.lineage import streams
from assets.privacy.plan import Facts
from resources.audit.entries import read
from resources.control_plane.facts import Connection, Datasource, FileState, Workspace
from resources.errors import Stop
from resources.platforms import platform, platforms
from resources.stores import Stores
from resources.warehouse.opening import CATALOG
from resources.warehouse.sources import open_for_reading


def facts_of(stores: Stores, workspace: Workspace | None = None, *, count: bool = True) -> Facts:
    """The facts of one workspace, or of all and of the installation's own log; `count` opens the files."""
    plane = stores.plane
    chosen = tuple(plane.workspaces.all() if workspace is None else [workspace])
    ids = {each.id for each in chosen}
    sources = tuple(source for each in chosen for source in plane.datasources.of(each.id))
    lineage = project_lineage()
    return Facts(
        workspaces=chosen,
        datasources=sources,
        rules=tuple(rule for each in chosen for rule in plane.rules.of(each.id)),
        platforms={each.key: each for each in platforms()},
        backups=tuple(each for each in plane.backups.all() if each.workspace_id in ids),
        requests=tuple(each for each in plane.requests.unanswered() if each.workspace_id in ids),
        audit_until=_audit_until(stores) if workspace is None else None,
        rows=dict(_counted(stores, sources)) if count else None,
        marts={name: tuple(lineage.marts([name])) for name in streams()},
    )


def limits_for(stores: Stores, datasource: Datasource) -> dict[str, CutOff]:
    """The limits of age of a datasource's streams as of now."""
    return cut_offs(platform(datasource.platform), stores.plane.rules.of(datasource.workspace_id), stores.clock())


def _counted(stores: Stores, datasources: Iterable[Datasource]) -> Iterator[tuple[tuple[str, str], int]]:
    """Files without a limit stay closed, and so do those whose last load is not whole: they can't be cut now."""
    for datasource in datasources:
        limits = limits_for(stores, datasource)
        file = stores.plane.files.current_source(datasource.id)
        connected = datasource.connection is not Connection.DISCONNECTED
        if limits and connected and file is not None and file.state is FileState.CLEAN:
            with open_for_reading(stores, datasource) as source:
                rows = counted(source.connection, CATALOG, platform(datasource.platform), limits)
            yield from (((datasource.id, name), number) for name, number in rows.items())


def _audit_until(stores: Stores) -> datetime | None:
    """The youngest line of the oldest sealed segment; None while there is only the one that is written to.

    Raises:
        Stop: it can't be read.
    """
    sealed = stores.audit.chain.segments.files()[:-1]
    if not sealed:
        return None
    try:
        return read(sealed[0].read_bytes().splitlines()[-1]).at
    except (ValueError, IndexError):
        raise Stop("it can't be read.", to="audit log", do_next="Run `ignyte audit verify`.") from None
