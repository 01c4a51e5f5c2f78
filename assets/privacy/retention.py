"""Retention: a plan carried out, each file written anew once at most; what a crash leaves is finished later."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from assets.privacy.ageing import ageing
from assets.privacy.ageing_facts import facts_of, limits_for
from assets.privacy.plan import Act, Item, Plan, plan
from resources.audit import Act as Audited
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import BackupState
from resources.errors import Problem, Refused
from resources.lifecycle import Event, require
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.recalculating import recalculate
from resources.warehouse.rewriting import Rewritten, rewrite

RETENTION: Final = "retention.run"
_logger: Final = logging.getLogger(__name__)
Tell = Callable[[str], None]
ForgetRuns = Callable[[str], int]


@dataclass(frozen=True, kw_only=True)
class Done:
    """An item that was carried out, its rows as they were really cut; `problem` says why it was not."""

    item: Item
    problem: str = ""

    @property
    def line(self) -> str:
        """The plan's sentence again, as what was done."""
        return f"could not {self.item.what}: {self.problem}" if self.problem else self.item.line(done=True)


def planned(stores: Stores, workspace: Workspace | None = None) -> Plan:
    """The plan as of now, rows counted."""
    return plan(facts_of(stores, workspace), stores.clock())


def carry_out(
    stores: Stores, made: Plan, tell: Tell = lambda _: None, *, forget_runs: ForgetRuns | None = None
) -> list[Done]:
    """Does what a plan says. What fails does not keep the rest from being tried, and is due again the next time.

    Each file is written anew once at most, and a workspace's metrics calculated once. `forget_runs` is what a purge
    needs; without it workspaces are not purged.
    """
    carry_on(stores)
    done: list[Done] = []
    for act, same in groupby(made.items, key=lambda item: item.act):
        items = list(same)
        if act is Act.CUT:
            done += [each for found in _by_workspace(items) for each in _tried(_cut, stores, found)]
        elif act is Act.PURGE:
            done += [each for item in items for each in _tried(_purged(forget_runs), stores, [item])]
        elif act in (Act.EXPIRE, Act.DROP):
            done += _tried(_expired if act is Act.EXPIRE else _dropped, stores, items)
        else:
            done += [Done(item=item) for item in items]
    for each in done:
        tell(each.line)
    return done


def carry_on(stores: Stores) -> int:
    """Finishes what processes that died began to cut; returns how many. Costs nothing where there is none."""
    finished = 0
    for orphan in stores.audit.left_open(RETENTION):
        if act := stores.audit.taken_up(orphan):
            workspace = stores.plane.workspaces.get(orphan.entry.target.rpartition(" ")[2])
            try:
                with act:
                    _through(stores, workspace, planned(stores, workspace).of(Act.CUT), act)
            except Problem as problem:
                _logger.warning("%s", problem)
            finished += 1
    return finished


def _by_workspace(items: Iterable[Item]) -> Iterator[list[Item]]:
    for _, found in groupby(sorted(items, key=lambda item: item.workspace_id), key=lambda item: item.workspace_id):
        yield list(found)


def _tried(do: Callable[[Stores, list[Item]], list[Done]], stores: Stores, items: list[Item]) -> list[Done]:
    """What is blocked is only said; a problem is said of each item that it concerns."""
    blocked = [Done(item=item) for item in items if item.blocked]
    todo = [item for item in items if not item.blocked]
    try:
        return blocked + (do(stores, todo) if todo else [])
    except Problem as problem:
        _logger.warning("%s", problem)
        return blocked + [Done(item=item, problem=str(problem)) for item in todo]


def _cut(stores: Stores, items: list[Item]) -> list[Done]:
    workspace = stores.plane.workspaces.get(items[0].workspace_id)
    require(workspace, Event.DESTROY, stores.clock())
    target = f"workspace {workspace.id}"
    with stores.audit.act(RETENTION, target, workspace_id=workspace.id, reason="limits of age") as act:
        return _through(stores, workspace, items, act)


def _through(stores: Stores, workspace: Workspace, items: Iterable[Item], act: Audited) -> list[Done]:
    now = stores.clock()
    act_id, todo = f"retention {workspace.id} {now:%Y-%m-%d}", list(items)
    cut: dict[tuple[str, str], int] = {}
    for datasource_id in dict.fromkeys(item.subject for item in todo):
        datasource = stores.plane.datasources.get(datasource_id)
        change = ageing(platform(datasource.platform), limits_for(stores, datasource))
        rewritten = rewrite(stores, datasource, change)
        cut |= {(datasource_id, name.partition(".")[2]): rows for name, rows in rewritten.left_out.items()}
        stores.plane.requests.note_step(act_id, f"rewritten {datasource_id}", now, _step(rewritten))
    # also where nothing is left to cut: whoever died after the last cut had not calculated anew
    built = recalculate(stores, workspace.id)
    stores.plane.requests.note_step(act_id, "rebuilt", now, {"file": built.id if built else ""})
    act.found(rows=sum(cut.values()), files=len({source for source, _ in cut}), rebuilt=built is not None)
    if cut:
        # imported here: the verifier must not come in by way of whoever deletes
        from assets.privacy.verifying import certify  # noqa: PLC0415 -- as it says above

        act.found(certificate=certify(stores, act_id, "retention").id)
    return [Done(item=replace(item, rows=cut.get((item.subject, item.stream), 0))) for item in todo]


def _step(rewritten: Rewritten) -> dict[str, str]:
    return {
        "old_file": rewritten.old.id,
        "old_sha256": rewritten.old.sha256 or "",
        "old_key": rewritten.old.key_id,
        "new_file": rewritten.file.id,
        "new_sha256": rewritten.file.sha256 or "",
        "rows": str(sum(rewritten.left_out.values())),
    }


def _purged(forget_runs: ForgetRuns | None) -> Callable[[Stores, list[Item]], list[Done]]:
    def purge(stores: Stores, items: list[Item]) -> list[Done]:
        if forget_runs is None:
            to = f"workspace {items[0].workspace_id}"
            raise Refused("Dagster's runs can't be forgotten from here.", to=to, do_next="Use `ignyte retention run`.")
        # imported here: a purge brings the platforms' doors with it, and most runs have none
        from assets.privacy.purging import purge_workspace  # noqa: PLC0415 -- as it says above

        for item in items:
            purge_workspace(stores, item.workspace_id, reason="its days of grace are over", forget_runs=forget_runs)
        return [Done(item=item) for item in items]

    return purge


def _expired(stores: Stores, items: list[Item]) -> list[Done]:
    from resources.backups.expiring import expire  # noqa: PLC0415 -- the same

    ended = set(expire(stores, stores.clock()))
    kept = "it is not ended yet"
    return [Done(item=item, problem="" if item.subject in ended or _is_over(stores, item) else kept) for item in items]


def _is_over(stores: Stores, item: Item) -> bool:
    return stores.plane.backups.get(item.subject).state is BackupState.EXPIRED


def _dropped(stores: Stores, items: list[Item]) -> list[Done]:
    dropped = stores.audit.chain.drop_older()
    return [Done(item=replace(item, rows=dropped)) for item in items]
