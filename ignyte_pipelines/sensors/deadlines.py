"""Looks at the days by which people must be answered, whenever one comes nearer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from assets.failures import Guarded
from assets.outside import outside_of
from assets.privacy.deadlines import level
from ignyte_pipelines.jobs import DEADLINES
from resources.control_plane.privacy_facts import Request
from resources.control_plane.requests import OPEN


def looks_of(requests: Mapping[str, Sequence[Request]], known: Collection[str], now: datetime) -> list[dg.RunRequest]:
    """One look a day at each workspace (by its id) that ever had a request, and one more whenever the picture changes.

    So that what was yellow or red goes green again once everybody is answered.
    """
    return [
        dg.RunRequest(run_key=_key(workspace_id, mine, now), tags={PARTITION_NAME_TAG: workspace_id})
        for workspace_id, mine in sorted(requests.items())
        if mine and workspace_id in known
    ]


def _key(workspace_id: str, requests: Sequence[Request], now: datetime) -> str:
    levels = sorted(level(each, now) or "open" for each in requests if each.state in OPEN)
    picture = "+".join(f"{levels.count(each)}x{each}" for each in dict.fromkeys(levels)) or "all answered"
    return f"deadlines:{workspace_id}:{now:%Y-%m-%d}:{picture}"


@dg.sensor(
    name="request_deadlines",
    job_name=DEADLINES,
    minimum_interval_seconds=600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Warns seven, three and one days before a request of a person must be answered.",
)
def request_deadlines(context: dg.SensorEvaluationContext) -> list[dg.RunRequest]:
    stores = outside_of(context).stores
    with Guarded():
        known = frozenset(context.instance.get_dynamic_partitions("workspace"))
        return looks_of({each: stores.plane.requests.of(each) for each in known}, known, stores.clock())
