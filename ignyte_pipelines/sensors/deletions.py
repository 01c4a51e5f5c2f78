"""Starts the deletion of cancelled workspaces whose grace is over, and of what platforms ask to be deleted."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from assets.failures import Guarded
from assets.labels import PURGE_TAG
from assets.outside import outside_of
from assets.privacy.purging import unfinished
from ignyte_pipelines.jobs import PURGE
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import Request, RequestKind
from resources.lifecycle import deletable_at


def deletions_of(
    workspaces: Sequence[Workspace], asked: Sequence[Request], begun: Sequence[str], now: datetime
) -> list[dg.RunRequest]:
    """One run for each workspace that is due and each datasource that is asked for; anew each hour until it is done.

    `begun` are the ids of those that a crash cut short. What is held waits.
    """
    held = {each.id for each in workspaces if each.hold}
    due = {each.id for each in workspaces if (moment := deletable_at(each)) is not None and moment <= now}
    named = {each.target for each in asked if each.kind is RequestKind.PURGE and each.workspace_id not in held | due}
    return [
        dg.RunRequest(run_key=_key(subject, now), tags={PURGE_TAG: subject})
        for subject in sorted(due | named | set(begun))
    ]


def _key(subject: str, now: datetime) -> str:
    # Dagster keeps the keys of a tick, which has no business knowing the id once it is gone
    return f"purge:{hashlib.sha256(subject.encode()).hexdigest()[:16]}:{now:%Y-%m-%dT%H}"


@dg.sensor(
    name="due_deletions",
    job_name=PURGE,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Deletes workspaces once their days of grace are over, and datasources at a platform's word.",
)
def due_deletions(context: dg.SensorEvaluationContext) -> list[dg.RunRequest]:
    stores = outside_of(context).stores
    with Guarded():
        workspaces, datasources = unfinished(stores)
        asked = stores.plane.requests.unanswered(RequestKind.PURGE)
        return deletions_of(stores.plane.workspaces.all(), asked, [*workspaces, *datasources], stores.clock())
