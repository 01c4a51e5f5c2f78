"""What time takes and when: facts in, a plan out, in words that serve before and after. No clock, no I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from assets.privacy.cutoffs import NO_AGE, cut_offs, expired, limits_of
from assets.privacy.requests import WATCHED
from resources.audit.chain import FLOOR
from resources.control_plane.facts import Connection, Datasource, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Backup, BackupState, Request, RequestState, Rule
from resources.lifecycle import grace_ends
from resources.platform import Platform

__all__ = ["Act", "Facts", "Item", "Plan", "cut_offs", "expired", "plan"]


class Act(StrEnum):
    """What an item of a plan is, in the order in which they are done."""

    PURGE = "purge"  # a workspace whose grace is over
    CUT = "cut"  # rows past their limit
    KEEP = "keep"  # a limit that can't be applied, and why
    EXPIRE = "expire"  # a backup
    DROP = "drop"  # the oldest of the audit log
    REMIND = "remind"  # a request that must be answered soon


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that the plan does. `what` is a verb with its object, `why` the rule that won.

    `rows` is None where they were not counted; `marts` are the tables that are calculated anew without them; `blocked`
    says why it is not done. `due` is since when, or until when for a request.
    """

    act: Act
    workspace_id: str
    subject: str
    what: str
    why: str
    due: datetime
    stream: str = ""
    before: datetime | None = None
    rows: int | None = None
    marts: tuple[str, ...] = ()
    blocked: str = ""

    def line(self, *, done: bool) -> str:
        """The item as a sentence: "would …" before it is done, "did …" afterwards, otherwise the same."""
        tense = "did" if done else "would"
        if self.blocked:
            return f"{tense} not {self.what}: {self.blocked} ({self.why})"
        return f"{tense} {self.what} ({self.why})"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done at this moment, in its order."""

    at: datetime
    items: tuple[Item, ...]

    @property
    def todo(self) -> tuple[Item, ...]:
        """What changes something: not what is blocked, kept or only said."""
        return tuple(each for each in self.items if not each.blocked and each.act not in (Act.KEEP, Act.REMIND))

    def of(self, act: Act) -> tuple[Item, ...]:
        return tuple(each for each in self.items if each.act is act)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a plan is made from.

    `rows` has, per datasource and stream, how many rows are past their limit; None leaves them uncounted. `marts` has
    per raw table what is calculated from it. `audit_until` is the youngest line of the log's oldest sealed segment.
    """

    workspaces: tuple[Workspace, ...]
    datasources: tuple[Datasource, ...] = ()
    rules: tuple[Rule, ...] = ()
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    backups: tuple[Backup, ...] = ()
    requests: tuple[Request, ...] = ()
    audit_until: datetime | None = None
    rows: Mapping[tuple[str, str], int] | None = None
    marts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def held(self) -> dict[str, str]:
        """Why nothing of a workspace may be deleted, by its id."""
        return {each.id: f"the workspace is held: {each.hold}" for each in self.workspaces if each.hold}


def plan(facts: Facts, now: datetime) -> Plan:
    """What is due at this moment; an item is in it only if its rule has run out. Pure."""
    makers = (_purges, _cuts, _backups, _audit, _requests)
    items = [item for make in makers for item in make(facts, now)]
    return Plan(at=now, items=tuple(sorted(items, key=lambda item: list(Act).index(item.act))))


def _purges(facts: Facts, now: datetime) -> Iterator[Item]:
    for workspace in facts.workspaces:
        ends = grace_ends(workspace)
        if ends is not None and ends <= now:
            yield Item(
                act=Act.PURGE,
                workspace_id=workspace.id,
                subject=workspace.id,
                what=f"purge workspace {workspace.id}",
                why=f"cancelled on {_day(workspace.state_since)}, {workspace.grace_days} days of grace are over",
                due=ends,
                blocked=facts.held.get(workspace.id, ""),
            )


def _cuts(facts: Facts, now: datetime) -> Iterator[Item]:
    """A workspace that is purged anyway is not cut before."""
    purged = {each.workspace_id for each in _purges(facts, now)}
    standing = {each.id for each in facts.workspaces if each.state is not WorkspaceState.DELETED} - purged
    for datasource in facts.datasources:
        declared = facts.platforms.get(datasource.platform)
        if declared and datasource.workspace_id in standing and datasource.connection is not Connection.DISCONNECTED:
            rules = [each for each in facts.rules if each.workspace_id == datasource.workspace_id]
            yield from _cut(facts, datasource, declared, rules, now)


def _cut(
    facts: Facts, datasource: Datasource, declared: Platform, rules: Iterable[Rule], now: datetime
) -> Iterator[Item]:
    mine = list(rules)
    limits = cut_offs(declared, mine, now)
    where = f"datasource {datasource.id} ({declared.key})"
    for stream in declared.parents_first:
        limit, rows = limits.get(stream.name), _rows(facts, datasource, stream.name)
        if limit is not None and rows != 0:
            counted = "rows" if rows is None else f"{rows:,} row{'' if rows == 1 else 's'}"
            yield Item(
                act=Act.CUT,
                workspace_id=datasource.workspace_id,
                subject=datasource.id,
                what=f"cut {counted} from before {_day(limit.before)} out of {stream.name} of {where}",
                why=limit.why,
                due=now,
                stream=stream.name,
                before=limit.before,
                rows=rows,
                marts=facts.marts.get(f"{declared.schema}.{stream.name}", ()),
                blocked=facts.held.get(datasource.workspace_id, ""),
            )
        elif limit is None and (found := limits_of(declared, stream, mine)):
            yield Item(
                act=Act.KEEP,
                workspace_id=datasource.workspace_id,
                subject=datasource.id,
                what=f"keep {stream.name} of {where}",
                why=f"{NO_AGE}; else it would be {min(found)[1]}",
                due=now,
                stream=stream.name,
            )


def _rows(facts: Facts, datasource: Datasource, stream: str) -> int | None:
    return None if facts.rows is None else facts.rows.get((datasource.id, stream), 0)


def _backups(facts: Facts, now: datetime) -> Iterator[Item]:
    for backup in facts.backups:
        if backup.state is not BackupState.EXPIRED and backup.expires_at <= now:
            yield Item(
                act=Act.EXPIRE,
                workspace_id=backup.workspace_id,
                subject=backup.id,
                what=f"expire backup {backup.id} of workspace {backup.workspace_id}",
                why=f"made on {_day(backup.created_at)}, to be kept until {_day(backup.expires_at)}",
                due=backup.expires_at,
                blocked=facts.held.get(backup.workspace_id, ""),
            )


def _audit(facts: Facts, now: datetime) -> Iterator[Item]:
    """The log is everybody's, so one hold keeps all of it."""
    if facts.audit_until is not None and facts.audit_until <= now - FLOOR:
        yield Item(
            act=Act.DROP,
            workspace_id="",
            subject="audit log",
            what=f"drop the audit log's entries up to {_day(facts.audit_until)}",
            why=f"{FLOOR.days} days: kept for twelve months",
            due=facts.audit_until + FLOOR,
            blocked=next((f"{name} is held" for name in facts.held), ""),
        )


def _requests(facts: Facts, now: datetime) -> Iterator[Item]:
    for request in sorted(facts.requests, key=lambda each: each.due_at):
        left = request.due_at - now
        if request.state in (RequestState.RECEIVED, RequestState.RUNNING) and left <= max(WATCHED):
            within = min(each for each in WATCHED if left <= each)
            when = (
                "overdue" if left < timedelta(0) else f"due within {within.days} day{'' if within.days == 1 else 's'}"
            )
            yield Item(
                act=Act.REMIND,
                workspace_id=request.workspace_id,
                subject=request.id,
                what=f"remind of request {request.id} ({request.kind}), {when}",
                why=f"received on {_day(request.received_at)} under {request.regime}, due on {_day(request.due_at)}",
                due=request.due_at,
            )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
