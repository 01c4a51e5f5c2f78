"""The one list of all that Dagster loads; it needs no secret, no network and no home."""

import dagster as dg

from assets.checks import raw_checks
from assets.metrics import metrics_assets, workspace_tables
from assets.outside import Outside, outside
from assets.privacy.known_lineage import project_lineage
from assets.privacy.ledgers import ledgers, privacy_checks
from assets.privacy.lineage import nothing_personal_in_marts
from assets.raw import raw_assets
from ignyte_pipelines.forgetting import forgetter
from ignyte_pipelines.jobs import jobs, privacy_jobs, sync_jobs
from ignyte_pipelines.schedules import daily_backups, daily_checks, daily_expiry, daily_retention
from ignyte_pipelines.sensors import (
    due_deletions,
    ended_badly,
    open_erasures,
    request_deadlines,
    revoked_grants,
    waiting_notices,
    wanted_builds,
    wanted_syncs,
)

nothing_personal_in_marts(project_lineage())
_raw, _metrics, _checks = raw_assets(), metrics_assets(), raw_checks()
_syncs = sync_jobs(_raw)
_ledgers, _privacy_checks = ledgers(forgetter), privacy_checks()


def definitions(given: Outside | dg.ResourceDefinition) -> dg.Definitions:
    """Everything, over stores that are open already or that open when a run starts."""
    return dg.Definitions(
        assets=[*_raw, _metrics, *workspace_tables(), *_ledgers],
        asset_checks=[*_checks, *_privacy_checks],
        jobs=[*_syncs, *jobs(_raw, _metrics, _checks), *privacy_jobs(_privacy_checks)],
        schedules=[daily_checks, daily_retention, daily_expiry, daily_backups],
        sensors=[
            wanted_syncs(_syncs),
            wanted_builds,
            ended_badly,
            open_erasures,
            due_deletions,
            request_deadlines,
            revoked_grants,
            waiting_notices,
        ],
        resources={"outside": given},
        # a process for each step would import everything again, which takes longer than most steps
        executor=dg.in_process_executor,
    )


defs = definitions(outside)
