"""ignyte sync: read what is new, then calculate."""

from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName
from ignyte_pipelines.cli.failures import FAILED


def sync(
    workspace: WorkspaceName,
    *,
    platform: Annotated[str | None, typer.Option(metavar="P", help="Only this platform's datasources.")] = None,
    full: Annotated[bool, typer.Option("--full", help="The whole history again, not just what is new.")] = False,
    as_json: Json = False,
) -> None:
    """Sync a workspace's datasources and calculate its metrics, in one Dagster run. Exit code 1 if anything failed.

    A datasource that fails keeps its last good state, and the metrics published before stay.
    """
    from ignyte_pipelines.cli.opening import known_platform, stores
    from ignyte_pipelines.cli.output import errors, facts, show
    from ignyte_pipelines.cli.running import documented, run, told, untold

    declared = known_platform(platform) if platform else None
    with stores("all") as opened:
        found = opened.plane.workspaces.get(workspace)
        ran = run(opened, found, platform=declared.key if declared else None, full=full)
    show(documented(ran), facts(told(ran)), as_json=as_json)
    if not ran.ended.ok:
        for failure in untold(ran):
            errors().print(failure, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(FAILED)
