"""Which syncs to start now: pure, over what is due, what was asked for and what is under way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from resources.control_plane.facts import DueSync

AT_MOST: Final = 50


@dataclass(frozen=True, kw_only=True)
class SyncWanted:
    """One sync to start. `key` names this turn of this datasource, so that Dagster starts it once."""

    key: str
    datasource_id: str
    workspace_id: str
    platform: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a tick does: starts `wanted`, and moves on `taken`, those of the last tick that still stand in the queue."""

    wanted: tuple[SyncWanted, ...]
    taken: tuple[str, ...]


def plan(due: Sequence[DueSync], asked: Collection[str], under_way: Collection[str], at_most: int = AT_MOST) -> Plan:
    """The plan of one tick.

    `due` is ordered by who waits longest, `asked` are the keys that the tick before asked for, `under_way` the ids of
    datasources with a run that waits or works. A datasource that was asked for and has not begun by now is moved on
    all the same: its run may never begin, and its key would be refused a second time.
    """
    free = [each for each in due if turn(each) not in asked and each.datasource_id not in under_way]
    return Plan(
        wanted=tuple(_wanted(each) for each in free[:at_most]),
        taken=tuple(each.datasource_id for each in due if turn(each) in asked),
    )


def turn(due: DueSync) -> str:
    """The name of one turn of a datasource."""
    return f"{due.datasource_id}@{due.next_sync_at.isoformat()}"


def _wanted(due: DueSync) -> SyncWanted:
    return SyncWanted(
        key=turn(due), datasource_id=due.datasource_id, workspace_id=due.workspace_id, platform=due.platform
    )
