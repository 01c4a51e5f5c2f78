"""The one list of all that Dagster loads; it needs no secret, no network and no home."""

import dagster as dg

from assets.checks import raw_checks
from assets.metrics import metrics_assets, workspace_tables
from assets.outside import Outside, outside
from assets.raw import raw_assets
from ignyte_pipelines.jobs import jobs, sync_jobs
from ignyte_pipelines.schedules import daily_checks
from ignyte_pipelines.sensors import ended_badly, wanted_builds, wanted_syncs

_raw, _metrics, _checks = raw_assets(), metrics_assets(), raw_checks()
_syncs = sync_jobs(_raw)


def definitions(given: Outside | dg.ResourceDefinition) -> dg.Definitions:
    """Everything, over stores that are open already or that open when a run starts."""
    return dg.Definitions(
        assets=[*_raw, _metrics, *workspace_tables()],
        asset_checks=_checks,
        jobs=[*_syncs, *jobs(_raw, _metrics, _checks)],
        schedules=[daily_checks],
        sensors=[wanted_syncs(_syncs), wanted_builds, ended_badly],
        resources={"outside": given},
        # a process for each step would import everything again, which takes longer than most steps
        executor=dg.in_process_executor,
    )


defs = definitions(outside)
