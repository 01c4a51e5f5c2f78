"""Sub-processors: which are in force, by the changes that were announced, told of, objected to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

NOTICE: Final = timedelta(days=30)


class Category(StrEnum):
    """What a sub-processor is for."""

    INFRASTRUCTURE = "cloud infrastructure"
    DATABASE = "database"
    EMAIL = "email"
    SUPPORT = "customer support"
    MONITORING = "monitoring and observability"
    ANALYTICS = "analytics"


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class Standing(StrEnum):
    """Where a change stands."""

    UNTOLD = "untold"  # not every contact has been told
    ANNOUNCED = "announced"
    OBJECTED = "objected"
    IN_FORCE = "in force"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Subprocessor:
    """A company that may process personal data for us: what it gets, where, and under which safeguard."""

    name: str
    category: Category
    purpose: str
    data: str
    location: str
    safeguard: str


@dataclass(frozen=True, kw_only=True)
class Objection:
    """A workspace's objection to a change; until it is settled, the change does not take effect."""

    change_id: str
    workspace_id: str
    reason: str
    made_at: datetime
    settled_at: datetime | None
    settlement: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One message about a change to one contact; unsent while `sent_at` is None."""

    change_id: str
    contact_id: str
    workspace_id: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    error: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of the register. `effective_at` is the date that was announced: it is never earlier, maybe later."""

    id: str
    action: Action
    subprocessor: Subprocessor
    announced_at: datetime
    effective_at: datetime
    withdrawn_at: datetime | None
    notices: tuple[Notice, ...]
    objections: tuple[Objection, ...]


def takes_effect(change: Change) -> datetime | None:
    """When a change takes effect: not before its date, nor within 30 days of the last notice; None while it can't.

    What came too late, an objection or a withdrawal, does not undo it: that takes another change.
    """
    sent = [notice.sent_at for notice in change.notices]
    if None in sent:
        return None
    at = max([change.effective_at, *(moment + NOTICE for moment in sent if moment)])
    early = [each for each in change.objections if each.made_at < at]
    if any(each.settled_at is None for each in early) or (change.withdrawn_at and change.withdrawn_at < at):
        return None
    return max([at, *(each.settled_at for each in early if each.settled_at)])


def standing(change: Change, now: datetime) -> Standing:
    """Where the change stands at a moment."""
    at = takes_effect(change)
    if at is not None:
        return Standing.IN_FORCE if at <= now else Standing.ANNOUNCED
    if change.withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.UNTOLD if any(each.sent_at is None for each in change.notices) else Standing.OBJECTED


def in_force(changes: Sequence[Change], now: datetime) -> Mapping[str, Subprocessor]:
    """The register at a moment, by name: all changes that have taken effect by then, in that order."""
    effective = sorted(
        ((at, number, change) for number, change in enumerate(changes) if (at := takes_effect(change)) and at <= now),
        key=lambda each: each[:2],
    )
    register: dict[str, Subprocessor] = {}
    for _, _, change in effective:
        if change.action is Action.REMOVE:
            register.pop(change.subprocessor.name, None)
        else:
            register[change.subprocessor.name] = change.subprocessor
    return dict(sorted(register.items()))


def version(changes: Sequence[Change], now: datetime) -> int:
    """The register's version at a moment: how many changes have taken effect."""
    return sum((at := takes_effect(change)) is not None and at <= now for change in changes)
