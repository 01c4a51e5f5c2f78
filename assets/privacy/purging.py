"""Purges: a datasource or a whole workspace ended to the last byte, in steps that a crash can't undo, and certified."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assets.privacy.purge_steps import ForgetRuns, Todo, of_datasource, of_workspace
from resources.audit import Act
from resources.control_plane.facts import Connection, LeaseMode, WorkspaceState
from resources.control_plane.privacy_facts import Certificate, Step
from resources.errors import Problem, Refused
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.warehouse.holding import held

DATASOURCE: Final = "datasource.purge"
WORKSPACE: Final = "workspace.delete"
_logger: Final = logging.getLogger(__name__)
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What is gone: the id it had, each step with what it found, and the proof. `again`: it was all done before."""

    id: str
    workspace_id: str
    steps: Mapping[str, Step]
    certificate: Certificate
    again: bool = False


def purge_datasource(
    stores: Stores,
    datasource_id: str,
    *,
    reason: str = "",
    tell: Tell = lambda _: None,
    forget_runs: ForgetRuns,
) -> Purged:
    """Disconnects a datasource for good, calculates what is left without it, and has that proved.

    Where no datasource is left, the metrics are calculated all the same: every table is there, and empty. It can be
    repeated: what is done stays done. `forget_runs` drops what Dagster keeps under an id and says how many runs went.

    Raises:
        Refused: its workspace is held or deleted, this process may not use credentials, or the proof failed.
        Problem: a step is not done yet; what was done stays done. Asked again, it goes on there.
    """
    found = stores.plane.datasources.get(datasource_id)
    if done := proved(stores, found.id):
        return done
    require(stores.plane.workspaces.get(found.workspace_id), Event.DISCONNECT, stores.clock())
    _require_credentials(stores, f"datasource {found.id}")
    with stores.audit.act(DATASOURCE, f"datasource {found.id}", workspace_id=found.workspace_id, reason=reason) as act:
        return _purged_datasource(stores, found.id, act, tell, forget_runs)


def purge_workspace(
    stores: Stores,
    workspace_id: str,
    *,
    reason: str = "",
    at_once: bool = False,
    tell: Tell = lambda _: None,
    forget_runs: ForgetRuns,
) -> Purged:
    """Deletes a workspace whose grace is over, or any with `at_once`; nothing but ids, tombstones and proof is left.

    From its first step on the workspace is deleted, and can't come back. It can be repeated, like the above.

    Raises:
        Refused: it is held, or may still come back and `at_once` is not said; or the proof failed.
        Problem: as above.
    """
    found = stores.plane.workspaces.get(workspace_id)
    if done := proved(stores, found.id):
        return done
    require(found, Event.DELETE_NOW if at_once else Event.DELETE, stores.clock())
    _require_credentials(stores, f"workspace {found.id}")
    with stores.audit.act(WORKSPACE, f"workspace {found.id}", workspace_id=found.id, reason=reason) as act:
        return _purged_workspace(stores, found.id, act, tell, forget_runs)


def proved(stores: Stores, subject: str) -> Purged | None:
    """What was done to a workspace or datasource, if its purge is proved already."""
    for each in stores.plane.certificates.all():
        if each.act_id == subject:
            steps = stores.plane.requests.steps(subject)
            return Purged(id=subject, workspace_id=each.workspace_id, steps=steps, certificate=each, again=True)
    return None


def carry_on(stores: Stores, forget_runs: ForgetRuns) -> int:
    """Finishes the purges whose processes died; returns how many. Costs nothing where there is none."""
    if stores.credentials is None:
        return 0
    done = 0
    for verb, purged in ((WORKSPACE, _purged_workspace), (DATASOURCE, _purged_datasource)):
        for orphan in stores.audit.left_open(verb):
            if act := stores.audit.taken_up(orphan):
                subject = orphan.entry.target.rpartition(" ")[2]
                try:
                    with act:
                        purged(stores, subject, act, lambda _: None, forget_runs)
                except Problem as problem:
                    # written down as failed; whoever opened the stores wants something else
                    _logger.warning("%s", problem)
                done += 1
    return done


def unfinished(stores: Stores) -> tuple[list[str], list[str]]:
    """The ids of workspaces, and of datasources, whose purge has begun and is not proved yet: to be purged again."""
    certified = {each.act_id for each in stores.plane.certificates.all()}
    workspaces = stores.plane.workspaces.all()
    gone = {each.id for each in workspaces if each.state is WorkspaceState.DELETED}
    sources = [
        each.id
        for each in stores.plane.datasources.all()
        if each.connection is Connection.DISCONNECTED
        and each.workspace_id not in gone
        and each.id not in certified
        and stores.plane.requests.steps(each.id)
    ]
    return [each.id for each in workspaces if each.id in gone - certified], sources


def _purged_datasource(stores: Stores, datasource_id: str, act: Act, tell: Tell, forget_runs: ForgetRuns) -> Purged:
    with held(stores.plane, f"purge of {datasource_id}", LeaseMode.EXCLUSIVE, stores.clock):
        found = stores.plane.datasources.get(datasource_id)
        if done := proved(stores, found.id):
            return done
        require(stores.plane.workspaces.get(found.workspace_id), Event.DISCONNECT, stores.clock())
        _go_through(stores, found.id, of_datasource(stores, found, found.id, forget_runs), tell)
        return _proved(stores, found.id, found.workspace_id, act, "datasource", tell)


def _purged_workspace(stores: Stores, workspace_id: str, act: Act, tell: Tell, forget_runs: ForgetRuns) -> Purged:
    with held(stores.plane, f"purge of {workspace_id}", LeaseMode.EXCLUSIVE, stores.clock):
        found = stores.plane.workspaces.get(workspace_id)
        if done := proved(stores, found.id):
            return done
        _go_through(stores, found.id, of_workspace(stores, found, found.id, forget_runs), tell)
        return _proved(stores, found.id, found.id, act, "workspace", tell)


def _go_through(stores: Stores, act_id: str, todo: Iterator[Todo], tell: Tell) -> None:
    for each in todo:
        if each.name in stores.plane.requests.steps(act_id):
            continue
        facts = each.work()
        stores.plane.requests.note_step(act_id, each.name, stores.clock(), facts)
        counts = ", ".join(f"{name} {value}" for name, value in facts.items() if value.isdigit())
        tell(f"{each.sentence}{f' ({counts})' if counts else ''}")


def _proved(stores: Stores, act_id: str, workspace_id: str, act: Act, kind: str, tell: Tell) -> Purged:
    # imported here: the verifier must not come in by way of whoever deletes
    from assets.privacy.verifying import certify  # noqa: PLC0415 -- as it says above

    tell("Asking the verifier, a process of its own, to look for what is left.")
    certificate = certify(stores, act_id, kind)
    act.found(certificate=certificate.id)
    return Purged(
        id=act_id, workspace_id=workspace_id, steps=stores.plane.requests.steps(act_id), certificate=certificate
    )


def _require_credentials(stores: Stores, to: str) -> None:
    if stores.credentials is None:
        raise Refused("this process may not use credentials.", to=to, do_next="Use a process that syncs.")
