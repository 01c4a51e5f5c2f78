"""Shows the datasources whose grant is gone, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from assets.failures import Guarded
from assets.outside import outside_of
from resources.control_plane.facts import Connection, Datasource


def gone_of(datasources: Sequence[Datasource], now: datetime) -> str:
    """One sentence for people: ids and days, and what happens meanwhile."""
    lost = [each for each in datasources if each.connection is Connection.REAUTHORIZE]
    if not lost:
        return "Every datasource that is connected may be read."
    shown = ", ".join(f"{each.id} ({each.platform}, last read {_since(each.last_success, now)})" for each in lost)
    return (
        f"{len(lost)} may not be read any more: {shown}. Nothing is asked of them. What was read is kept until "
        "somebody disconnects them (`ignyte datasource disconnect`), or gives access again."
    )


def _since(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{(now - moment).days} days ago"


@dg.sensor(
    name="revoked_grants",
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"outside"},
    description="Says which datasources lost their grant: they are not read any more, at once.",
)
def revoked_grants(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    stores = outside_of(context).stores
    with Guarded():
        return dg.SkipReason(gone_of(stores.plane.datasources.all(), stores.clock()))
