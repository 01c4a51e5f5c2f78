"""ignyte targets: a goal for each metric and month."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import add, ago, fields, show, table, value

app = Group(help="Goals: one for each metric and month, against which the actual figure is shown.")
_Metric = Annotated[str, typer.Argument(metavar="METRIC", help="See `ignyte metrics list`.")]
_Month = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-03.")]
_LARGEST = Decimal(10) ** 12


@app.command("set")
def set_(
    workspace: WorkspaceName,
    metric: _Metric,
    month: _Month,
    target: Annotated[str, typer.Argument(metavar="VALUE", help="A number; money in the workspace's currency.")],
    *,
    as_json: Json = False,
) -> None:
    """Set the goal of a metric for a month, in place of an earlier one."""
    from ignyte_pipelines.cli.catalogue import metric as metric_named
    from ignyte_pipelines.cli.opening import stores

    first, goal = _month(month), _number(target)
    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        found = metric_named(opened, named.name if _is_built(opened, named.id) else None, metric)
        with opened.audit.act("target.set", f"target of {found.name}", workspace_id=named.id):
            by = opened.audit.me.name
            made = opened.plane.inputs.set_target(named.id, found.name, first, goal, by, opened.clock())
    show({"target": fields(made)}, f"{found.label}, {first:%B %Y}: {value(made.target)}.", as_json=as_json)


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the goals."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        found = opened.plane.inputs.targets(named.id)
    made = table("metric", "month", "goal", "set by", "set", right=["goal"])
    for each in found:
        add(made, each.metric, f"{each.month:%Y-%m}", value(each.target), each.set_by, ago(each.set_at, now))
    document = {"targets": [fields(each) for each in found]}
    show(document, made if found else "No goals yet. See `ignyte targets set`.", as_json=as_json)


@app.command("remove")
def remove(workspace: WorkspaceName, metric: _Metric, month: _Month, *, as_json: Json = False) -> None:
    """Take a goal back."""
    from ignyte_pipelines.cli.opening import stores

    first = _month(month)
    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        with opened.audit.act("target.remove", f"target of {metric}", workspace_id=named.id):
            opened.plane.inputs.remove_target(named.id, metric, first)
    show({"removed": {"metric": metric, "month": first}}, f"The goal of {metric} for {month} is gone.", as_json=as_json)


def _is_built(opened: object, workspace_id: str) -> bool:
    from resources.stores import Stores

    return isinstance(opened, Stores) and opened.plane.files.published(workspace_id) is not None


def _month(words: str) -> date:
    try:
        return datetime.strptime(f"{words}-01 +0000", "%Y-%m-%d %z").date()
    except ValueError:
        raise typer.BadParameter("it is no month such as 2026-03", param_hint="MONTH") from None


def _number(words: str) -> Decimal:
    try:
        found = Decimal(words)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= _LARGEST:
        raise typer.BadParameter("it is no number such as 125000 or 3.5", param_hint="VALUE")
    return found
