"""ignyte metrics: what each figure means."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.output import add, ago, show, table

app = Group(help="What each metric means, where it comes from and when it was last calculated.")
Of = Annotated[str | None, typer.Option("--workspace", help="Whose; needed where there are several.")]


@app.command("list")
def list_(*, workspace: Of = None, as_json: Json = False) -> None:
    """List the metrics."""
    from ignyte_pipelines.cli.catalogue import metrics
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        found = metrics(opened, workspace)
    parts: list[Any] = []
    for model in dict.fromkeys(each.model for each in found):
        shown = table("name", "label", "unit", "good", "sources", title=model, wraps=["label", "sources"])
        for each in (each for each in found if each.model == model):
            add(shown, each.name, each.label, each.unit, each.good_direction, each.sources)
        parts += [shown, ""]
    document = {"metrics": [each.document() for each in found]}
    show(document, *parts, "Details: `ignyte metrics show NAME`", as_json=as_json)


@app.command("show")
def show_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="See `ignyte metrics list`.")],
    *,
    workspace: Of = None,
    as_json: Json = False,
) -> None:
    """Show one metric: definition, formula, what is in and out, date anchor, sources."""
    from ignyte_pipelines.cli.catalogue import metric, panel
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        found, now = metric(opened, workspace, name), opened.clock()
    calculated = ago(found.last_calculated, now) if found.last_calculated else "not yet in a workspace"
    show(found.document(), panel(found, calculated), as_json=as_json)
