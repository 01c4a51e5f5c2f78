"""ignyte status: the data panel."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Json
from ignyte_pipelines.cli.output import add, ago, show, table

# the counts of a workspace, and what they are headed by
_COUNTS = {
    "datasources": "sources",
    "reauthorize": "reauth.",
    "inactive": "paused",
    "failing": "failing",
    "late": "late",
}


def status(
    workspace: Annotated[
        str | None, typer.Argument(metavar="[WORKSPACE]", help="Its name or id; all if left out.")
    ] = None,
    *,
    fleet: Annotated[bool, typer.Option("--fleet", help="One line a workspace.")] = False,
    as_json: Json = False,
) -> None:
    """Show the data panel: each datasource's connection, sync status and last successful sync.

    Connection and sync are independent: a paused datasource stays connected, and one that needs new authorization may
    be active.
    """
    from ignyte_pipelines.cli.opening import standing_workspaces, stores
    from ignyte_pipelines.cli.panel import panel, shown, summary

    with stores() as opened:
        named = [opened.plane.workspaces.get(workspace)] if workspace else standing_workspaces(opened)
        panels = [panel(opened, each) for each in named]
    if fleet:
        lines = [summary(each) for each in panels]
        show({"workspaces": lines}, _fleet(lines, panels), as_json=as_json)
        return
    documents = [each.document() for each in panels]
    parts = [part for each in panels for part in shown(each)]
    nothing = [] if panels else ["No workspace yet. See `ignyte workspace create` or `ignyte demo`."]
    show(documents[0] if workspace else {"workspaces": documents}, *parts, *nothing, as_json=as_json)


def _fleet(lines: list[dict[str, Any]], panels: list[Any]) -> Any:  # noqa: ANN401 -- their types would import the control plane
    from ignyte_pipelines.cli.standing import state

    times = ("oldest sync", "metrics")
    made = table(
        "workspace", "state", *_COUNTS.values(), *times, right=_COUNTS.values(), wraps=["workspace", "state", *times]
    )
    for line, each in zip(lines, panels, strict=True):
        counts = [str(line[name]) for name in _COUNTS]
        clocks = [ago(line[name], each.now) for name in ("oldest_success", "metrics_at")]
        add(made, line["name"], state(each.workspace), *counts, *clocks)
    return made
