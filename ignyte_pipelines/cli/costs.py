"""ignyte costs: what products cost, for profit and margin."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import add, counted, fields, show, table, value

app = Group(
    help="What products cost, from which day on: what gross profit and contribution margin are calculated with."
)
_File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV: sku (or product_id), cost, effective_date, currency.")
]


@app.command("upload")
def upload(
    workspace: WorkspaceName,
    file: _File,
    *,
    accept_valid: Annotated[bool, typer.Option("--accept-valid", help="Take the rows without a fault.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check; take nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Check a file of costs row by row, show what is wrong with it, and take it: whole, or not at all.

    A cost holds from its effective date until the product's next one; earlier uploads stay. The currency is the
    workspace's where it is empty. Exit code 3 if rows have faults and --accept-valid is not given.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import take
    from ignyte_pipelines.uploads.costs import read_costs
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        summary = read_costs(opened, named, file)
        take(opened, named, UploadKind.COSTS, summary, accept_valid=accept_valid, check_only=check, as_json=as_json)


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the uploads and the costs, old ones too."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import list_uploads
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        uploads = [each for each in opened.plane.inputs.uploads(named.id) if each.kind is UploadKind.COSTS]
        costs = opened.plane.inputs.costs(named.id)
    made = table("product", "from", "cost", "currency", "file", right=["cost"], wraps=["product", "file"])
    for each in costs:
        cost = each.cost
        add(
            made,
            cost.sku or cost.product_id or "",
            f"{cost.effective_from}",
            value(cost.cost),
            cost.currency,
            each.upload.file_name,
        )
    document = {
        "uploads": [fields(each) for each in uploads],
        "costs": [{**fields(each.cost), "upload": each.upload.id, "file": each.upload.file_name} for each in costs],
    }
    parts = [list_uploads(uploads, now=now), "", made, f"[dim]{counted(len(costs), 'cost')}[/]"]
    show(document, *(parts if uploads else ["No costs yet. See `ignyte costs upload`."]), as_json=as_json)


@app.command("withdraw")
def withdraw(
    workspace: WorkspaceName,
    upload_id: Annotated[str, typer.Argument(metavar="UPLOAD", help="See `ignyte costs list`.")],
    *,
    as_json: Json = False,
) -> None:
    """Take an upload back with all its rows: the way to correct a wrong cost."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import take_back
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        gone = take_back(opened, named, UploadKind.COSTS, upload_id)
    show({"withdrawn": fields(gone)}, f"{counted(gone.rows, 'cost')} of {gone.file_name} withdrawn.", as_json=as_json)
