"""Starts the syncs that are due, each datasource at its own rhythm."""

import json
from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.failures import Guarded
from assets.labels import DATASOURCE_TAG, WORKSPACES
from assets.outside import Outside, outside_of
from ignyte_pipelines.jobs import sync_name
from ignyte_pipelines.sensors.due import Plan, SyncWanted, plan
from resources.control_plane.facts import WorkspaceState

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def wanted_syncs(jobs: Sequence[Any]) -> dg.SensorDefinition:
    """The sensor over the jobs that it may start."""

    @dg.sensor(
        name="due_syncs",
        jobs=jobs,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"outside"},
        description="Starts each datasource's sync when its time has come.",
    )
    def due_syncs(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        outside = outside_of(context)
        with Guarded():
            due = outside.stores.plane.due.due_syncs(outside.stores.clock())
            return _result(context, outside, plan(due, _asked(context.cursor), _under_way(context.instance)))

    return due_syncs


def _result(context: dg.SensorEvaluationContext, outside: Outside, planned: Plan) -> dg.SensorResult:
    for datasource_id in planned.taken:
        outside.stores.plane.due.scheduled(datasource_id, outside.stores.clock())
    known = set(context.instance.get_dynamic_partitions(str(WORKSPACES.name)))
    active = (each for each in outside.stores.plane.workspaces.all() if each.state is WorkspaceState.ACTIVE)
    unknown = [each.id for each in active if each.id not in known]
    return dg.SensorResult(
        run_requests=[_request(each) for each in planned.wanted],
        dynamic_partitions_requests=[WORKSPACES.build_add_request(unknown)] if unknown else [],
        # Dagster keeps the cursor together with the requests, so that a crash between loses neither
        cursor=json.dumps([each.key for each in planned.wanted]),
    )


def _request(wanted: SyncWanted) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=wanted.key,
        job_name=sync_name(wanted.platform),
        partition_key=wanted.workspace_id,
        tags={DATASOURCE_TAG: wanted.datasource_id},
    )


def _asked(cursor: str | None) -> frozenset[str]:
    return frozenset(json.loads(cursor)) if cursor else frozenset()


def _under_way(instance: dg.DagsterInstance) -> frozenset[str]:
    runs = instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY))
    return frozenset(run.tags[DATASOURCE_TAG] for run in runs if DATASOURCE_TAG in run.tags)
