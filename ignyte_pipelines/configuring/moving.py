"""Exporting and importing a workspace's configuration; an import is whole or changes nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from ignyte_pipelines.configuring.shapes import Configuration, MetricTarget, Report, SavedView
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.saved import Saved, SavedKind
from resources.errors import Refused
from resources.stores import Stores


@dataclass(frozen=True, kw_only=True)
class Known:
    """The tables there are, with the metrics and columns in each: a configuration may name no others."""

    metrics: frozenset[str]
    columns: dict[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What an import did, or would do."""

    reports: int
    saved_views: int
    metric_targets: int
    removed: int


def exported(stores: Stores, workspace: Workspace) -> Configuration:
    """All that people arranged in a workspace."""
    saved = stores.plane.saved.of(workspace.id)
    targets = stores.plane.inputs.targets(workspace.id)
    return Configuration(
        reports=tuple(Report.model_validate_json(each.body) for each in saved if each.kind is SavedKind.REPORT),
        saved_views=tuple(SavedView.model_validate_json(each.body) for each in saved if each.kind is SavedKind.VIEW),
        metric_targets=tuple(
            MetricTarget(metric=each.metric, month=each.month, target=each.target) for each in targets
        ),
    )


def read(text: bytes) -> Configuration:
    """A document, checked.

    Raises:
        Refused: it has not the shape; where, and which rule, is said, not what stands there.
    """
    try:
        return Configuration.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "the document"
    raise Refused(f"{where}: {fault['msg']}.", to="configuration", do_next="Correct it; nothing was changed.")


def imported(
    stores: Stores,
    workspace: Workspace,
    given: Configuration,
    known: Known,
    *,
    instead: bool = False,
    would: bool = False,
) -> Moved:
    """Takes a document over: what it names is added or replaced; with `instead`, all else of the workspace goes.

    Raises:
        Refused: a name comes twice, a table or metric is unknown, or the workspace is not active.
    """
    if workspace.state is not WorkspaceState.ACTIVE:
        raise Refused(f"it is {workspace.state}.", to=f"workspace {workspace.name}", do_next="Reactivate it first.")
    _check(given, known)
    plane, now, by = stores.plane, stores.clock(), stores.audit.me.name
    things = [
        Saved(kind=kind, name=each.name, body=each.model_dump_json(), saved_by=by, saved_at=now)
        for kind, found in ((SavedKind.REPORT, given.reports), (SavedKind.VIEW, given.saved_views))
        for each in found
    ]
    new = {(each.kind, each.name) for each in things}
    goals = {(each.metric, each.month) for each in given.metric_targets}
    stale = [each for each in plane.saved.of(workspace.id) if instead and (each.kind, each.name) not in new]
    old_goals = [t for t in plane.inputs.targets(workspace.id) if instead and (t.metric, t.month) not in goals]
    moved = Moved(
        reports=len(given.reports),
        saved_views=len(given.saved_views),
        metric_targets=len(given.metric_targets),
        removed=len(stale) + len(old_goals),
    )
    if not would:
        with stores.audit.act("config.import", f"workspace {workspace.id}", workspace_id=workspace.id) as act:
            plane.saved.put_all(workspace.id, things, instead=instead)
            for old in old_goals:
                plane.inputs.remove_target(workspace.id, old.metric, old.month)
            for goal in given.metric_targets:
                plane.inputs.set_target(workspace.id, goal.metric, goal.month, goal.target, by, now)
            act.found(**vars(moved))
    return moved


def _check(given: Configuration, known: Known) -> None:
    _once("report", (each.name for each in given.reports))
    _once("saved view", (each.name for each in given.saved_views))
    _once("target", (f"{each.metric} {each.month:%Y-%m}" for each in given.metric_targets))
    for goal in given.metric_targets:
        if goal.metric not in known.metrics:
            raise _unknown("metric", goal.metric)
    for section in (section for report in given.reports for section in report.sections):
        if section.table not in known.columns:
            raise _unknown("table", section.table)
        for column in (*section.metrics, *section.dimensions):
            if column not in known.columns[section.table]:
                raise _unknown(f"column of {section.table}", column)


def _once(what: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise Refused(f"{what} {name!r} comes {count} times.", to="configuration", do_next="Nothing was changed.")


def _unknown(what: str, name: str) -> Refused:
    return Refused(
        f"there is no {what} {name!r}.", to="configuration", do_next="See `ignyte metrics list`. Nothing was changed."
    )
