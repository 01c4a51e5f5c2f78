"""Starts the erasures that should wait no longer, all of a workspace in one batch."""

from collections.abc import Collection, Sequence
from datetime import datetime

import dagster as dg

from assets.failures import Guarded
from assets.labels import BUILD_TAG
from assets.outside import outside_of
from assets.privacy.erasure import together
from ignyte_pipelines.jobs import ERASURE
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Request, RequestKind


def erasures_of(
    waiting: Sequence[Request], workspaces: Sequence[Workspace], known: Collection[str], now: datetime
) -> list[dg.RunRequest]:
    """One run for each workspace whose batch is ripe; asked for anew each hour for as long as it is not answered.

    A held workspace waits, and so does one that Dagster does not know yet.
    """
    may = {each.id for each in workspaces if not each.hold and each.state is not WorkspaceState.DELETED}
    ripe = {batch[0].workspace_id: batch for batch in together(waiting, now)}
    return [
        dg.RunRequest(
            run_key=f"erase:{workspace_id}:{len(batch)}:{now:%Y-%m-%dT%H}",
            partition_key=workspace_id,
            tags={BUILD_TAG: workspace_id},
        )
        for workspace_id, batch in sorted(ripe.items())
        if workspace_id in may and workspace_id in known
    ]


@dg.sensor(
    name="open_erasures",
    job_name=ERASURE,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Erases people who asked for it, in batches that no request waits too long for.",
)
def open_erasures(context: dg.SensorEvaluationContext) -> list[dg.RunRequest]:
    stores = outside_of(context).stores
    with Guarded():
        known = frozenset(context.instance.get_dynamic_partitions("workspace"))
        waiting = stores.plane.requests.unanswered(RequestKind.ERASE)
        return erasures_of(waiting, stores.plane.workspaces.all(), known, stores.clock())
