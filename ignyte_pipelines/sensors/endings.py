"""Closes in the control plane what a run that died left open, so that it holds no build up."""

import dagster as dg

from assets.failures import Guarded
from resources.stores import open_stores


@dg.run_failure_sensor(
    name="ended_badly",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    description="Writes down the end of runs whose process could not.",
)
def ended_badly(context: dg.RunFailureSensorContext) -> None:
    with Guarded(), open_stores() as stores:
        stores.plane.runs.abandon(context.dagster_run.run_id, stores.clock())
