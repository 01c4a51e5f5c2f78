"""ignyte lineage: what is made of what, from a platform's column to a metric and back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ignyte_pipelines.cli.command import Json

if TYPE_CHECKING:
    from rich.tree import Tree

    from assets.privacy.lineage import Lineage


def lineage(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TABLE|COLUMN|DATASOURCE",
            help="A mart or model, one of its columns (mart.column), a raw table or column (raw_shopify.orders.email), "
            "a platform, or a datasource's id.",
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Show where a table or column comes from and what is made of it, with limits of age and personal data."""
    from assets.privacy.known_lineage import project_lineage
    from ignyte_pipelines.cli import lineage_tree
    from ignyte_pipelines.cli.output import show

    found = project_lineage()
    name = _platform_of(what) if what.startswith("ds_") else what
    document, tree = _answered(found, lineage_tree, what, name)
    show(document, tree, as_json=as_json)


def _answered(found: "Lineage", trees: Any, what: str, name: str) -> "tuple[dict[str, Any], Tree]":  # noqa: ANN401 -- a module
    from resources.platforms import KEYS

    if name in KEYS:
        documented, drawn = trees.of_platform(found, name, what)
    elif name in found.tables:
        documented, drawn = trees.of_table(found, name)
    else:
        table, _, column = name.rpartition(".")
        if table not in found.tables or column not in found.tables[table].columns:
            hint = _like(found, name)
            raise typer.BadParameter(
                f"there is no such table, column, platform or datasource.{hint}", param_hint="WHAT"
            )
        documented, drawn = trees.of_column(found, table, column)
    return documented, drawn


def _platform_of(datasource_id: str) -> str:
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        return opened.plane.datasources.get(datasource_id).platform


def _like(found: "Lineage", name: str) -> str:
    from difflib import get_close_matches

    table, _, column = name.rpartition(".")
    known = [f"{table}.{each}" for each in found.tables[table].columns] if table in found.tables else [*found.tables]
    near = get_close_matches(name, known, n=3)
    return f" Did you mean {' or '.join(near)}?" if near and column else ""
