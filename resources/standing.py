"""How an account stands, and changing it: cancelled, taken back, restricted, held. Each is on record."""

from dataclasses import dataclass

from resources.control_plane.facts import Connection, Workspace
from resources.lifecycle import Event, Meanwhile, meanwhile, require, retention_acts
from resources.stores import Stores


@dataclass(frozen=True, kw_only=True)
class Reactivated:
    """A workspace that came back, the ids of the datasources that are read again, and what did not come back."""

    workspace: Workspace
    resumed: tuple[str, ...]
    meanwhile: Meanwhile


def cancel(stores: Stores, workspace_id: str, *, grace_days: int | None = None, reason: str = "") -> Workspace:
    """Ends the use of an active workspace. Everything is kept until its grace is over; the grants are kept too.

    Raises:
        Refused: it is not active, or the days are negative.
    """
    found = stores.plane.workspaces.get(workspace_id)
    state = require(found, Event.CANCEL, stores.clock())
    days = found.grace_days if grace_days is None else grace_days
    with stores.audit.act(
        "workspace.cancel", f"workspace {found.id}", workspace_id=found.id, reason=reason, details={"grace_days": days}
    ):
        stores.plane.workspaces.agree(found.id, grace_days=grace_days)
        return stores.plane.workspaces.mark(found.id, state, stores.clock())


def reactivate(stores: Stores, workspace_id: str) -> Reactivated:
    """Takes a cancellation back: what is connected is due for a sync now.

    Raises:
        Refused: it was not cancelled, or its grace is over.
    """
    plane, now = stores.plane, stores.clock()
    found = plane.workspaces.get(workspace_id)
    state = require(found, Event.REACTIVATE, now)
    steps = [step for act in retention_acts(found, now) for step in plane.requests.steps(act).values()]
    gone = meanwhile(found, steps, plane.tombstones.of(found.id))
    with stores.audit.act("workspace.reactivate", f"workspace {found.id}", workspace_id=found.id) as act:
        back = plane.workspaces.mark(found.id, state, now)
        connected = [each for each in plane.datasources.of(found.id) if each.connection is Connection.CONNECTED]
        for each in connected:
            plane.due.at_once(each.id, now)
        act.found(datasources=len(connected), retention=len(gone.retention), people=gone.people)
    return Reactivated(workspace=back, resumed=tuple(each.id for each in connected), meanwhile=gone)


def restrict(stores: Stores, workspace_id: str, reason: str) -> Workspace:
    """Has a workspace only kept, for this reason; an empty one lifts that.

    Raises:
        Refused: it is deleted.
    """
    event = Event.RESTRICT if reason.strip() else Event.UNRESTRICT
    found = _asked(stores, workspace_id, event)
    with stores.audit.act(f"workspace.{event}", f"workspace {found.id}", workspace_id=found.id, reason=reason):
        return stores.plane.workspaces.restrict(found.id, reason)


def hold(stores: Stores, workspace_id: str, reason: str) -> Workspace:
    """Forbids every deletion of a workspace, for this reason; an empty one lifts that.

    Raises:
        Refused: it is deleted.
    """
    event = Event.HOLD if reason.strip() else Event.RELEASE
    found = _asked(stores, workspace_id, event)
    with stores.audit.act(f"workspace.{event}", f"workspace {found.id}", workspace_id=found.id, reason=reason):
        return stores.plane.workspaces.hold(found.id, reason)


def _asked(stores: Stores, workspace_id: str, event: Event) -> Workspace:
    found = stores.plane.workspaces.get(workspace_id)
    require(found, event, stores.clock())
    return found
