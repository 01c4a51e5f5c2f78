"""ignyte report: the metrics as one page to send."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName


def report(
    workspace: WorkspaceName,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page, in HTML.")] = Path("report.html"),
    as_json: Json = False,
) -> None:
    """Write the metrics of a workspace as one page: tiles, trends, definitions, coverage and the data panel.

    The page is a single file without a script. It asks nothing of any network, and holds no one's personal data.

    Example: ignyte report demo --out report.html
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show, size
    from ignyte_pipelines.report.writing import write_report

    if not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.absolute().parent}", param_hint="--out")
    with stores() as opened:
        written = write_report(opened, opened.plane.workspaces.get(workspace), out)
    document = {"file": str(out), "bytes": written.bytes, "tiles": written.tiles, "charts": written.charts}
    words = f"{written.tiles} tiles and {written.charts} charts written to {out} ({size(written.bytes)})."
    show(document, words, as_json=as_json)
