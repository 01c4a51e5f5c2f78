"""ignyte config: a workspace's Reports, Saved Views and Metric Targets as a document."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import add, ago, counted, fields, show, table

app = Group(help="Reports, Saved Views and Metric Targets of a workspace. They go when the workspace goes.")


@app.command("export")
def export(
    workspace: WorkspaceName,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write; stdout if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Write the configuration as one JSON document, which `ignyte config import` takes."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.configuring.moving import exported

    with stores() as opened:
        text = exported(opened, opened.plane.workspaces.get(workspace)).model_dump_json(indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        show({"file": str(out)}, f"Written to {out}.", as_json=as_json)


@app.command("import")
def import_(
    workspace: WorkspaceName,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What export wrote.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Remove what the document does not hold.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Take a document over, whole or not at all: every table and metric it names must exist."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.configuring.moving import imported, read
    from ignyte_pipelines.configuring.tables import known

    given = read(file.read_bytes())
    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        moved = imported(opened, named, given, known(), instead=replace, would=dry_run)
    parts = [counted(moved.reports, "report"), counted(moved.saved_views, "saved view")]
    parts += [counted(moved.metric_targets, "target"), f"{moved.removed:,} removed"]
    words = "would be taken over" if dry_run else "taken over"
    show({**fields(moved), "dry_run": dry_run}, f"{', '.join(parts)}: {words}.", as_json=as_json)


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the Reports and Saved Views, and count the targets."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        saved, targets = opened.plane.saved.of(named.id), opened.plane.inputs.targets(named.id)
    made = table("kind", "name", "saved by", "saved", wraps=["name"])
    for each in saved:
        add(made, each.kind.value, each.name, each.saved_by, ago(each.saved_at, now))
    document = {"saved": [fields(each, "kind", "name", "saved_by", "saved_at") for each in saved]}
    shown = made if saved else "No Reports or Saved Views yet. See `ignyte config import`."
    show({**document, "targets": len(targets)}, shown, counted(len(targets), "target") + ".", as_json=as_json)
