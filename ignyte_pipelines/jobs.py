"""What can be run: a sync of one platform, a build, both at once, the checks alone; and what deletes."""

from collections.abc import Sequence
from typing import Any, Final

import dagster as dg

BUILD: Final = "build"
EVERYTHING: Final = "everything"
CHECKS: Final = "checks"
RETENTION: Final = "retention"
ERASURE: Final = "erasure"
PURGE: Final = "purge"
EXPIRE_BACKUPS: Final = "expire_backups"
BACK_UP: Final = "back_up"
DEADLINES: Final = "deadlines"
_LEDGERS: Final = {
    RETENTION: ("retention_ledger", "Takes from a workspace what is older than its rules allow."),
    ERASURE: ("erasure_ledger", "Erases the people who asked for it from a workspace, in one batch."),
    PURGE: ("purge_ledger", "Deletes a workspace, or a datasource with all that was calculated from it."),
    BACK_UP: ("backups", "Copies a workspace's encrypted files to the place of backups."),
    EXPIRE_BACKUPS: ("backup_ledger", "Destroys the backups whose time is over."),
}


def sync_name(platform: str) -> str:
    return f"sync_{platform}"


def sync_jobs(raw: Sequence[dg.AssetsDefinition]) -> list[Any]:
    """One job a platform; it runs for one workspace, its partition."""
    return [_sync(platform) for platform in raw]


def jobs(
    raw: Sequence[dg.AssetsDefinition], metrics: dg.AssetsDefinition, checks: Sequence[dg.AssetChecksDefinition]
) -> list[Any]:
    """The other jobs of a workspace."""
    return [
        _job(BUILD, dg.AssetSelection.assets(metrics), "Calculates all metrics of a workspace and publishes them."),
        _job(EVERYTHING, dg.AssetSelection.assets(*raw, metrics), "Syncs every datasource, then builds."),
        _job(CHECKS, dg.AssetSelection.checks(*checks), "Looks at every raw table again, without reading anything."),
    ]


def privacy_jobs(checks: Sequence[dg.AssetChecksDefinition]) -> list[Any]:
    """What deletes, each job one ledger, and the look at the days by which people must be answered."""
    acts = [_job(name, dg.AssetSelection.assets(ledger), words) for name, (ledger, words) in _LEDGERS.items()]
    watch = "Looks whether every request of a person is answered in time."
    return [*acts, _job(DEADLINES, dg.AssetSelection.checks(*checks), watch)]


def _sync(platform: dg.AssetsDefinition) -> Any:  # noqa: ANN401 -- Dagster does not export the type
    (key,) = {spec.group_name for spec in platform.specs}
    return _job(sync_name(str(key)), dg.AssetSelection.assets(platform), f"Reads {key} and checks what landed.")


def _job(name: str, selection: dg.AssetSelection, description: str) -> Any:  # noqa: ANN401 -- as above
    return dg.define_asset_job(name, selection, description=description)
