"""ignyte workspace restrict and hold: what may not be used, what may not be deleted, and why."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName
from ignyte_pipelines.cli.output import facts, show

Reason = Annotated[str, typer.Option(help="Why; it is shown, and stays in the audit log.")]
Lift = Annotated[bool, typer.Option("--lift", help="End it.")]


def restrict(workspace: WorkspaceName, *, reason: Reason = "", lift: Lift = False, as_json: Json = False) -> None:
    """Restrict a workspace: it is kept, but not read, built, queried or connected until that is lifted.

    What is being read stops at its next request. Data can still be deleted.
    """
    from ignyte_pipelines.cli.opening import stores
    from resources import standing

    _require_either(reason, lift=lift)
    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        found, now = standing.restrict(opened, named.id, "" if lift else reason), opened.clock()
    _show(found, now, "No longer restricted." if lift else "Restricted: it is kept, and not used.", as_json=as_json)


def hold(workspace: WorkspaceName, *, reason: Reason = "", lift: Lift = False, as_json: Json = False) -> None:
    """Hold a workspace (legal hold): nothing of it is deleted until that is lifted, whatever rule or request says so.

    It holds back erasures, retention, disconnecting and the deletion of the workspace. Cancelling and restricting it
    remain possible, and the days of grace go on.
    """
    from ignyte_pipelines.cli.opening import stores
    from resources import standing

    _require_either(reason, lift=lift)
    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        found, now = standing.hold(opened, named.id, "" if lift else reason), opened.clock()
    _show(found, now, "No longer held." if lift else "Held: nothing of it is deleted.", as_json=as_json)


def _require_either(reason: str, *, lift: bool) -> None:
    if lift == bool(reason.strip()):
        raise typer.BadParameter("say why with --reason, or end it with --lift", param_hint="--reason")


def _show(found: Any, now: Any, sentence: str, *, as_json: bool) -> None:  # noqa: ANN401 -- its type would import the control plane
    from ignyte_pipelines.cli import standing

    show(standing.document(found), f"[green]{sentence}[/]", facts(standing.described(found, now)), as_json=as_json)
