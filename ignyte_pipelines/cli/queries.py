"""ignyte query: SQL over the published metrics."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName

Format = Literal["table", "csv", "json", "parquet"]


def query(
    workspace: WorkspaceName,
    sql: Annotated[str, typer.Argument(metavar="SQL", help='One question; "SHOW TABLES" lists what there is.')],
    *,
    format_: Annotated[Format, typer.Option("--format", help="json: one object a row; parquet needs --out.")] = "table",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of to stdout.")] = None,
    as_json: Json = False,
) -> None:
    """Ask the published metrics in SQL (DuckDB's). Read-only, without access to raw data, files or the network.

    Example: ignyte query demo "FROM brand_metrics_by_date ORDER BY day DESC LIMIT 14"
    """
    if format_ == "parquet" and out is None:
        raise typer.BadParameter("parquet is written to a file: name it with --out", param_hint="--format")
    if format_ == "table" and out is not None:
        raise typer.BadParameter("name a format for the file: csv, json or parquet", param_hint="--out")
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.results import answer

    with stores() as opened:
        answer(opened, opened.plane.workspaces.get(workspace), sql, "json" if as_json else format_, out)
