"""ignyte demo: the whole job on pretend platforms."""

from typing import Annotated, Literal

import typer

from ignyte_pipelines.cli.command import Json
from ignyte_pipelines.cli.failures import FAILED


def demo(
    *,
    scale: Annotated[
        Literal["small", "medium", "large"],
        typer.Option(help="small: 90 days, about 2,500 orders; medium: a year; large: 120,000 orders."),
    ] = "small",
    as_json: Json = False,
) -> None:
    """Do the whole job on pretend platforms: connect, sync, calculate, show. No account and no credential is needed.

    Pretend platforms are started on this machine, a workspace "demo" is made and connected through the real
    authorization flows, everything is read over HTTPS, stored encrypted and calculated in one Dagster run. Running it
    again syncs again.
    """
    from ignyte_pipelines.cli.opening import settings
    from ignyte_pipelines.cli.output import show
    from ignyte_pipelines.demo import documented, play, told

    shown = play(settings(), scale)
    show(documented(shown), *told(shown), as_json=as_json)
    if not shown.ran.ended.ok:
        raise typer.Exit(FAILED)
