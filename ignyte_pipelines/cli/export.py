"""ignyte export: one table of metrics as a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName

Format = Literal["csv", "parquet", "xlsx", "json"]


def export(
    workspace: WorkspaceName,
    table: Annotated[str, typer.Argument(metavar="METRIC_TABLE", help='"ignyte query W SHOW TABLES" lists them.')],
    *,
    format_: Annotated[Format, typer.Option("--format", help="xlsx: texts stay texts, never formulas.")] = "csv",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="<METRIC_TABLE>.<format> if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Write one whole metric table to a file that only you can read.

    Example: ignyte export demo brand_metrics_by_date --format xlsx --out days.xlsx
    """
    from ignyte_pipelines.cli.forms import write
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import counted, show
    from ignyte_pipelines.cli.results import session

    file = out or Path(f"{table}.{format_}")
    if not file.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {file.absolute().parent}", param_hint="--out")
    with stores() as opened, session(opened, opened.plane.workspaces.get(workspace), "export") as asked:
        answer = asked.table(table).arrow()
    write(answer, format_, file)
    document = {"table": table, "format": format_, "file": str(file), "rows": answer.num_rows}
    show(document, f"{counted(answer.num_rows, 'row')} of {table} written to {file}.", as_json=as_json)
