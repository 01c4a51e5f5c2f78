"""Acts that delete, at a person's word: each one Dagster run in this process, whose outcome is handed back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from assets.labels import AT_ONCE_TAG, BUILD_TAG, PURGE_TAG
from assets.outside import Ended, Event, Outside, Said
from assets.privacy.erasure import Erased
from assets.privacy.ledgers import Expired
from assets.privacy.plan import Act, Plan
from assets.privacy.purging import Purged
from assets.privacy.retention import Done
from ignyte_pipelines.instance import instance, run_act
from ignyte_pipelines.jobs import ERASURE, EXPIRE_BACKUPS, PURGE, RETENTION
from resources.errors import Problem, Stop
from resources.stores import Stores

Tell = Callable[[str], None]


@dataclass(kw_only=True)
class _Ear:
    """Listens to one run: passes the words on, and keeps how it ended."""

    tell: Tell
    ended: list[Ended] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        if isinstance(event, Said):
            self.tell(event.words)
        elif isinstance(event, Ended):
            self.ended.append(event)


def erase(stores: Stores, workspace_id: str, *, tell: Tell) -> list[Erased]:
    """Erases everybody of the workspace who asked for it; empty if another run was quicker.

    Raises:
        Problem: as `assets.privacy.erasure.erase` says.
    """
    tags = {BUILD_TAG: workspace_id}
    return cast("list[Erased]", _acted(stores, ERASURE, tell, partition=workspace_id, tags=tags))


def retain(stores: Stores, workspace_id: str, *, tell: Tell) -> list[Done]:
    """Takes from the workspace what is older than its rules allow; empty if nothing is.

    Raises:
        Problem: the plan could not be made. What of it could not be done is said in the list.
    """
    tags = {BUILD_TAG: workspace_id}
    return cast("list[Done]", _acted(stores, RETENTION, tell, partition=workspace_id, tags=tags))


def purge(stores: Stores, subject: str, *, reason: str = "", at_once: bool = False, tell: Tell) -> Purged:
    """Purges the workspace or datasource with this id.

    Raises:
        Problem: as `assets.privacy.purging` says.
    """
    tags = {PURGE_TAG: subject, **({AT_ONCE_TAG: "true"} if at_once else {})}
    return cast("Purged", _acted(stores, PURGE, tell, reason=reason, tags=tags))


def expire(stores: Stores, *, tell: Tell) -> Expired:
    """Destroys the backups whose time is over, and drops the oldest of the audit log.

    Raises:
        Problem: a place can't be reached; what is left ends the next time.
    """
    return cast("Expired", _acted(stores, EXPIRE_BACKUPS, tell))


def carry_out(stores: Stores, made: Plan, *, tell: Tell = lambda _: None) -> list[Done]:
    """Does what a plan says, each act in a run of its own. What fails does not keep the rest from being tried."""
    done = [Done(item=item) for item in made.items if item.blocked or item.act in (Act.KEEP, Act.REMIND)]
    for workspace_id in dict.fromkeys(item.workspace_id for item in made.todo if item.act is Act.CUT):
        done += _tried(made, Act.CUT, workspace_id, lambda each: retain(stores, each, tell=tell))
    for item in made.todo:
        if item.act is Act.PURGE:
            done += _tried(made, Act.PURGE, item.workspace_id, lambda each: purge(stores, each, tell=tell))
    for act in (Act.EXPIRE, Act.DROP):
        if any(item.act is act for item in made.todo):
            done += _tried(made, act, None, lambda _: expire(stores, tell=tell))
    return sorted(done, key=lambda each: list(Act).index(each.item.act))


def _tried(made: Plan, act: Act, workspace_id: str | None, do: Callable[[str], object]) -> list[Done]:
    items = [item for item in made.todo if item.act is act and workspace_id in (None, item.workspace_id)]
    try:
        result = do(workspace_id or "")
    except Problem as problem:
        return [Done(item=item, problem=str(problem)) for item in items]
    if isinstance(result, list):
        return [each for each in result if isinstance(each, Done)]
    return [Done(item=item) for item in items]


def _acted(
    stores: Stores,
    job: str,
    tell: Tell,
    *,
    reason: str = "",
    partition: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> object:
    ear = _Ear(tell=tell)
    with instance(stores.settings) as dagster:
        run_id = run_act(
            dagster, Outside(stores=stores, tell=ear.hear, reason=reason), job, partition=partition, tags=tags
        )
    results = [each.result for each in ear.ended if each.problem is None]
    problems: list[Problem] = [each.problem for each in ear.ended if each.problem is not None]
    if results:
        # of what could not be done the result speaks itself
        return results[0]
    raise (
        problems[0]
        if problems
        else Stop("it ended unexpectedly.", to=f"run {run_id}", do_next="See it in Dagster: `ignyte ui`.")
    )
