"""An account's life: what may happen to a workspace, in which state and at what moment. Facts in, answers out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Step
from resources.control_plane.tombstones import Tombstone
from resources.errors import Refused


class Event(StrEnum):
    """What somebody, or the clock, wants of a workspace."""

    USE = "use"  # to read a platform for it, to build it, to query it
    CONNECT = "connect"
    DISCONNECT = "disconnect"
    DESTROY = "destroy"  # a part of its data: what a person or a rule of age takes
    CANCEL = "cancel"
    REACTIVATE = "reactivate"
    DELETE = "delete"  # once the grace is over
    DELETE_NOW = "delete now"  # whatever the grace says
    RESTRICT = "restrict"
    UNRESTRICT = "unrestrict"
    HOLD = "hold"
    RELEASE = "release"


Rule = Callable[[Workspace, datetime], Refused | None]


def grace_ends(workspace: Workspace) -> datetime | None:
    """The first moment at which a cancelled workspace can't come back any more; None if it is not cancelled."""
    if workspace.state is not WorkspaceState.CANCELLED:
        return None
    return workspace.state_since + timedelta(days=workspace.grace_days)


def deletable_at(workspace: Workspace) -> datetime | None:
    """The moment from which it is deleted without anybody's word; None if it stands, is held or is deleted already.

    It is the very moment at which reactivation ends: before it one may come back, from it on it is due.
    """
    return None if workspace.hold else grace_ends(workspace)


def may_reactivate(workspace: Workspace, now: datetime) -> bool:
    return not isinstance(decide(workspace, Event.REACTIVATE, now), Refused)


def decide(workspace: Workspace, event: Event, now: datetime) -> WorkspaceState | Refused:
    """The state after the event, or the refusal that says why there is none; nothing is raised."""
    for rule in _RULES[event]:
        if refusal := rule(workspace, now):
            return refusal
    return _NEXT.get(event, workspace.state)


def require(workspace: Workspace, event: Event, now: datetime) -> WorkspaceState:
    """The state after the event.

    Raises:
        Refused: the event may not happen in this state or at this moment.
    """
    decided = decide(workspace, event, now)
    if isinstance(decided, Refused):
        raise decided
    return decided


def _refused(workspace: Workspace, what: str, do_next: str) -> Refused:
    return Refused(what, to=f"workspace {workspace.id}", do_next=do_next)


def _is_there(workspace: Workspace, _: datetime) -> Refused | None:
    if workspace.state is not WorkspaceState.DELETED:
        return None
    return _refused(workspace, "it is deleted.", "Create a new one; `ignyte certificate show` proves what is gone.")


def _stands(workspace: Workspace, _: datetime) -> Refused | None:
    ends = grace_ends(workspace)
    if ends is None:
        return None
    return _refused(
        workspace,
        f"it was cancelled on {workspace.state_since:%Y-%m-%d}.",
        f"Reactivate it before {_moment(ends)}: `ignyte workspace reactivate`.",
    )


def _was_cancelled(workspace: Workspace, _: datetime) -> Refused | None:
    if workspace.state is WorkspaceState.CANCELLED:
        return None
    return _refused(workspace, "it is active.", "There is nothing to take back.")


def _in_grace(workspace: Workspace, now: datetime) -> Refused | None:
    ends = grace_ends(workspace)
    if ends is None or now < ends:
        return None
    return _refused(workspace, f"its grace ended at {_moment(ends)}.", "Create a new one.")


def _grace_is_over(workspace: Workspace, now: datetime) -> Refused | None:
    ends = grace_ends(workspace)
    if workspace.state is WorkspaceState.ACTIVE:
        return _refused(workspace, "it is active.", "Cancel it first, or add --now to delete it at once.")
    if ends is None or now >= ends:
        return None
    return _refused(workspace, f"it may come back until {_moment(ends)}.", "Wait, or add --now to delete it at once.")


def _not_held(workspace: Workspace, _: datetime) -> Refused | None:
    # a deletion that has begun is carried to its end: it began when nothing was held
    if not workspace.hold or workspace.state is WorkspaceState.DELETED:
        return None
    return _refused(workspace, f"it is held: {workspace.hold}", "Nothing of it is deleted until the hold is lifted.")


def _unrestricted(workspace: Workspace, _: datetime) -> Refused | None:
    if not workspace.restricted:
        return None
    return _refused(
        workspace,
        f"its use is restricted: {workspace.restricted}",
        "It is only kept until the restriction is lifted: `ignyte workspace restrict --lift`.",
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


_RULES: Final[Mapping[Event, tuple[Rule, ...]]] = {
    Event.USE: (_is_there, _stands, _unrestricted),
    Event.CONNECT: (_is_there, _stands, _unrestricted),
    Event.DISCONNECT: (_is_there, _not_held),
    Event.DESTROY: (_is_there, _not_held),
    Event.CANCEL: (_is_there, _stands),
    Event.REACTIVATE: (_is_there, _was_cancelled, _in_grace),
    Event.DELETE: (_not_held, _grace_is_over),
    Event.DELETE_NOW: (_not_held,),
    Event.RESTRICT: (_is_there,),
    Event.UNRESTRICT: (_is_there,),
    Event.HOLD: (_is_there,),
    Event.RELEASE: (_is_there,),
}
_NEXT: Final[Mapping[Event, WorkspaceState]] = {
    Event.CANCEL: WorkspaceState.CANCELLED,
    Event.REACTIVATE: WorkspaceState.ACTIVE,
    Event.DELETE: WorkspaceState.DELETED,
    Event.DELETE_NOW: WorkspaceState.DELETED,
}


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """What shorter rules took from a workspace since it was cancelled: it does not come back with the rest.

    `retention` are the steps of what rules of age deleted, `datasources` the ids of those disconnected, `people` how
    many tokens of erased people were set.
    """

    retention: tuple[Step, ...]
    datasources: tuple[str, ...]
    people: int

    @property
    def nothing(self) -> bool:
        return not (self.retention or self.datasources or self.people)


def meanwhile(workspace: Workspace, steps: Iterable[Step], tombstones: Sequence[Tombstone]) -> Meanwhile:
    """What of the given steps of retention and tombstones came after the cancellation."""
    since = workspace.state_since
    later = [each for each in tombstones if each.created_at >= since]
    return Meanwhile(
        retention=tuple(each for each in steps if each.done_at >= since),
        datasources=tuple(each.subject for each in later if each.kind == "datasource"),
        people=sum(each.kind == "person" for each in later),
    )


def retention_acts(workspace: Workspace, now: datetime) -> list[str]:
    """The ids of the acts of retention that can have happened since the state last changed: one a day."""
    days = (now.date() - workspace.state_since.date()).days
    return [f"retention {workspace.id} {workspace.state_since.date() + timedelta(days=day)}" for day in range(days + 1)]
