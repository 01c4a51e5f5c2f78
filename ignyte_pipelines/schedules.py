"""What happens by the clock alone: every table is looked at once a day, and what is too old goes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from assets.failures import Guarded
from assets.labels import BUILD_TAG
from assets.outside import outside_of
from assets.privacy.ageing_facts import facts_of
from assets.privacy.plan import Act, Plan, plan
from ignyte_pipelines.jobs import BACK_UP, CHECKS, EXPIRE_BACKUPS, RETENTION
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


def retention_of(made: Plan, known: Collection[str]) -> list[dg.RunRequest]:
    """One run a day for each workspace that has a limit of age, if Dagster knows it; rows are counted by the run."""
    due = {item.workspace_id for item in made.of(Act.CUT) if not item.blocked}
    return [
        dg.RunRequest(run_key=f"retention:{each}:{made.at:%Y-%m-%d}", partition_key=each, tags={BUILD_TAG: each})
        for each in sorted(due & set(known))
    ]


@dg.schedule(
    cron_schedule="0 3 * * *",
    job_name=RETENTION,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Takes what is older than the rules allow, once a day.",
)
def daily_retention(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    stores = outside_of(context).stores
    with Guarded():
        known = context.instance.get_dynamic_partitions("workspace")
        return retention_of(plan(facts_of(stores, count=False), context.scheduled_execution_time), known)


@dg.schedule(
    cron_schedule="30 3 * * *",
    job_name=EXPIRE_BACKUPS,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Destroys the backups whose time is over, once a day.",
)
def daily_expiry(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    # asked for whatever the plan says: what crashes left of backups is not in it
    return dg.RunRequest(run_key=f"expiry:{context.scheduled_execution_time:%Y-%m-%d}")


def backups_of(workspaces: Mapping[str, bool], day: datetime, known: Collection[str]) -> list[dg.RunRequest]:
    """One run a day for each active workspace, by its id, that Dagster knows and that has something to be copied."""
    return [
        dg.RunRequest(run_key=f"backup:{each}:{day:%Y-%m-%d}", partition_key=each)
        for each, filled in sorted(workspaces.items())
        if filled and each in known
    ]


@dg.schedule(
    cron_schedule="0 4 * * *",
    job_name=BACK_UP,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Backs up every active workspace, once a day, after what was due to go has gone.",
)
def daily_backups(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    plane = outside_of(context).stores.plane
    with Guarded():
        known = context.instance.get_dynamic_partitions("workspace")
        active = [each.id for each in plane.workspaces.all() if each.state is WorkspaceState.ACTIVE]
        filled = {each: plane.files.published(each) is not None for each in active}
        return backups_of(filled, context.scheduled_execution_time, known)
