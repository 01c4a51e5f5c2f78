"""Starts one build of a workspace once all the syncs that were under way have ended."""

from collections.abc import Mapping
from datetime import datetime

import dagster as dg

from assets.failures import Guarded
from assets.labels import BUILD_TAG
from assets.outside import outside_of
from ignyte_pipelines.jobs import BUILD
from resources.control_plane.facts import WorkspaceState


def builds_of(wanted: Mapping[str, datetime | None], known: frozenset[str]) -> list[dg.RunRequest]:
    """One build for each workspace id with the end of a sync that no build has seen, if Dagster knows it."""
    return [
        dg.RunRequest(
            run_key=f"{workspace_id}@{synced.isoformat()}",
            partition_key=workspace_id,
            tags={BUILD_TAG: workspace_id},
        )
        for workspace_id, synced in sorted(wanted.items())
        if synced is not None and workspace_id in known
    ]


@dg.sensor(
    name="wanted_builds",
    job_name=BUILD,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Builds a workspace's metrics after its syncs.",
)
def wanted_builds(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    outside = outside_of(context)
    with Guarded():
        plane = outside.stores.plane
        active = [each.id for each in plane.workspaces.all() if each.state is WorkspaceState.ACTIVE]
        known = frozenset(context.instance.get_dynamic_partitions("workspace"))
        return dg.SensorResult(run_requests=builds_of({each: plane.due.build_wanted(each) for each in active}, known))
