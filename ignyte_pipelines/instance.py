"""Dagster's instance in this home: its workspaces, and whole runs in this process."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import dagster as dg

from assets.labels import BUILD_TAG, FULL_TAG, PRIVACY_GROUP, STAGING_GROUP, WORKSPACE_GROUP, WORKSPACES
from assets.outside import Listen, Outside
from ignyte_pipelines.configuration import environment, write_configuration
from ignyte_pipelines.jobs import BUILD, EVERYTHING, sync_name
from ignyte_pipelines.pace import unhurried
from resources.control_plane.facts import Connection, Workspace
from resources.platforms import platforms
from resources.settings import Settings
from resources.stores import Stores

_SILENT: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_BUILD_STEP: Final = "metrics"


@dataclass(frozen=True, kw_only=True)
class RunEnded:
    """How a run in this process went. `failures` has a sentence for each step that failed, in order."""

    run_ids: tuple[str, ...]
    built: bool
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.failures

    def then(self, later: "RunEnded") -> "RunEnded":
        return RunEnded(
            run_ids=self.run_ids + later.run_ids, built=later.built, failures=self.failures + later.failures
        )


@contextmanager
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance of this home, made on first use."""
    home = write_configuration(settings)
    os.environ.update(environment(settings))
    with unhurried(home), dg.DagsterInstance.from_config(str(home)) as opened:
        yield opened


def register_workspace(dagster: dg.DagsterInstance, workspace_id: str) -> None:
    """Makes the workspace a partition; once is enough, twice does no harm."""
    dagster.add_dynamic_partitions(str(WORKSPACES.name), [workspace_id])


def run_everything(
    dagster: dg.DagsterInstance,
    stores: Stores,
    workspace: Workspace,
    *,
    tell: Listen = lambda _: None,
    platform: str | None = None,
    full: bool = False,
) -> RunEnded:
    """Syncs the workspace's datasources (those of one platform, if named) and builds: one Dagster run, in this process.

    Where a sync failed the run ends before its build; a second one then builds from what is whole, as it does where
    one platform is named. Nothing is printed: who wants to show progress passes `tell`.
    """
    outside = Outside(stores=stores, tell=tell)
    tags = {FULL_TAG: "true"} if full else {}
    register_workspace(dagster, workspace.id)
    if platform:
        ended = _run(dagster, outside, workspace, sync_name(platform), tags)
    else:
        datasources = stores.plane.datasources.of(workspace.id)
        connected = {each.platform for each in datasources if each.connection is not Connection.DISCONNECTED}
        ended = _run(dagster, outside, workspace, EVERYTHING, tags, about(connected))
    if not ended.built:
        ended = ended.then(_run(dagster, outside, workspace, BUILD, {BUILD_TAG: workspace.id}))
    return ended


def run_act(
    dagster: dg.DagsterInstance,
    outside: Outside,
    job: str,
    *,
    partition: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """One run in this process of what retains, erases, purges or expires; returns its id.

    How it went, the listener of `outside` is told. A purge has no partition, since that goes with the workspace.
    """
    if partition is not None:
        register_workspace(dagster, partition)
    return _executed(dagster, outside, job, partition, tags or {}).run_id


def about(connected: Collection[str]) -> list[dg.AssetKey]:
    """The assets that a workspace with these platforms has: each planned one costs Dagster several writes."""
    from ignyte_pipelines.definitions import defs  # noqa: PLC0415 -- as below

    foreign = {each.schema for each in platforms() if each.key not in connected}
    return [
        spec.key
        for spec in defs.resolve_all_asset_specs()
        if spec.group_name not in (WORKSPACE_GROUP, PRIVACY_GROUP)
        and spec.key.path[0] not in foreign
        and not (spec.group_name == STAGING_GROUP and {dep.asset_key.path[0] for dep in spec.deps} & foreign)
    ]


def _run(
    dagster: dg.DagsterInstance,
    outside: Outside,
    workspace: Workspace,
    job: str,
    tags: Mapping[str, str],
    assets: Sequence[dg.AssetKey] | None = None,
) -> RunEnded:
    result = _executed(dagster, outside, job, workspace.id, tags, assets)
    failed = [event for event in result.all_events if event.is_step_failure]
    return RunEnded(
        run_ids=(result.run_id,),
        built=any(event.is_step_start and event.step_key == _BUILD_STEP for event in result.all_events),
        failures=tuple(_sentence(event) for event in failed),
    )


def _executed(
    dagster: dg.DagsterInstance,
    outside: Outside,
    job: str,
    partition: str | None,
    tags: Mapping[str, str],
    assets: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    from ignyte_pipelines.definitions import definitions  # noqa: PLC0415 -- takes seconds, and few commands need it

    return (
        definitions(outside)
        .resolve_job_def(job)
        .execute_in_process(
            run_config=_SILENT,
            instance=dagster,
            partition_key=partition,
            tags=dict(tags),
            asset_selection=assets,
            raise_on_error=False,
        )
    )


def _sentence(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data.user_failure_data
    return (failure and failure.description) or f"The step {event.step_key} failed; see it in Dagster."
