"""What can be run for a workspace: a sync of one platform, a build, both at once, and the checks alone."""

from collections.abc import Sequence
from typing import Any, Final

import dagster as dg

BUILD: Final = "build"
EVERYTHING: Final = "everything"
CHECKS: Final = "checks"


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


def _sync(platform: dg.AssetsDefinition) -> Any:  # noqa: ANN401 -- Dagster does not export the type
    (key,) = {spec.group_name for spec in platform.specs}
    return _job(sync_name(str(key)), dg.AssetSelection.assets(platform), f"Reads {key} and checks what landed.")


def _job(name: str, selection: dg.AssetSelection, description: str) -> Any:  # noqa: ANN401 -- as above
    return dg.define_asset_job(name, selection, description=description)
