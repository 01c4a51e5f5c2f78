"""What happens by the clock alone: a look at every table once a day, so that a sync that never came is noticed."""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from assets.failures import Guarded
from assets.outside import outside_of
from ignyte_pipelines.jobs import CHECKS
from resources.control_plane.facts import Workspace, WorkspaceState


def checks_of(workspaces: Sequence[Workspace], day: datetime, known: frozenset[str]) -> list[dg.RunRequest]:
    """One run a day for each active workspace that Dagster knows."""
    # a job of checks alone has no partitions of its own to validate against, but its steps read the tag
    return [
        dg.RunRequest(run_key=f"checks:{each.id}:{day:%Y-%m-%d}", tags={PARTITION_NAME_TAG: each.id})
        for each in workspaces
        if each.state is WorkspaceState.ACTIVE and each.id in known
    ]


@dg.schedule(
    cron_schedule="30 5 * * *",
    job_name=CHECKS,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Checks every raw table once a day.",
)
def daily_checks(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    outside = outside_of(context)
    with Guarded():
        known = frozenset(context.instance.get_dynamic_partitions("workspace"))
        return checks_of(outside.stores.plane.workspaces.all(), context.scheduled_execution_time, known)
