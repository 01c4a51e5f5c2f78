"""ignyte rates: what currencies were worth, day by day."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import add, counted, fields, show, table

app = Group(
    help="What currencies were worth, day by day: amounts without a rate are left out and counted, never guessed."
)
_File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV: day, from_currency, rate, to_currency.")]


@app.command("upload")
def upload(
    workspace: WorkspaceName,
    file: _File,
    *,
    accept_valid: Annotated[bool, typer.Option("--accept-valid", help="Take the rows without a fault.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check; take nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Check a file of rates row by row, show what is wrong with it, and take it: whole, or not at all.

    A row says how many units of to_currency (the workspace's if empty) one unit of from_currency was worth on the day.
    Exit code 3 if rows have faults and --accept-valid is not given.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import take
    from ignyte_pipelines.uploads.rates import read_rates
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        summary = read_rates(opened, named, file)
        take(opened, named, UploadKind.RATES, summary, accept_valid=accept_valid, check_only=check, as_json=as_json)


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the uploads and, for each pair of currencies, the days that have a rate."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import list_uploads
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        uploads = [each for each in opened.plane.inputs.uploads(named.id) if each.kind is UploadKind.RATES]
        rates = [each.rate for each in opened.plane.inputs.rates(named.id)]
    made = table("from", "to", "days", "first", "last", right=["days"])
    for pair in sorted({(each.from_currency, each.to_currency) for each in rates}):
        days = [each.day for each in rates if (each.from_currency, each.to_currency) == pair]
        add(made, *pair, f"{len(days):,}", f"{min(days)}", f"{max(days)}")
    document = {"uploads": [fields(each) for each in uploads], "rates": [fields(each) for each in rates]}
    parts = [list_uploads(uploads, now=now), "", made]
    show(document, *(parts if uploads else ["No rates yet. See `ignyte rates upload`."]), as_json=as_json)


@app.command("withdraw")
def withdraw(
    workspace: WorkspaceName,
    upload_id: Annotated[str, typer.Argument(metavar="UPLOAD", help="See `ignyte rates list`.")],
    *,
    as_json: Json = False,
) -> None:
    """Take an upload back with all its rows: the way to correct a wrong rate."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.uploading import take_back
    from resources.control_plane.inputs import UploadKind

    with stores() as opened:
        named = opened.plane.workspaces.get(workspace)
        gone = take_back(opened, named, UploadKind.RATES, upload_id)
    show({"withdrawn": fields(gone)}, f"{counted(gone.rows, 'rate')} of {gone.file_name} withdrawn.", as_json=as_json)
