"""The metrics' definitions: from a workspace's own catalogue, or from the declarations where none was built yet."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import typer
from rich.panel import Panel

from ignyte_pipelines.cli.opening import standing_workspaces
from ignyte_pipelines.cli.output import facts
from ignyte_pipelines.cli.results import rows_of
from resources.control_plane.facts import Workspace
from resources.stores import Stores


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric as its declaration says; `last_calculated` is None outside a workspace."""

    name: str
    label: str
    definition: str
    formula: str
    included: str | None
    excluded: str | None
    date_anchor: str
    sources: str
    unit: str
    good_direction: str
    grain: str
    model: str
    column_name: str
    only_where: str | None
    over_days: str
    ours: bool
    last_calculated: datetime | None

    def document(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def metrics(stores: Stores, workspace: str | None) -> list[Metric]:
    """All metrics by table and name: as last published in the workspace, else as declared."""
    chosen = _published(stores, workspace)
    if chosen is None:
        return sorted(declared(), key=_order)
    return sorted((Metric(**row) for row in rows_of(stores, chosen, "FROM metric_catalog")), key=_order)


def metric(stores: Stores, workspace: str | None, name: str) -> Metric:
    """One metric, by its name or its label.

    Raises:
        typer.BadParameter: there is none, or several tables have one of this name.
    """
    known = metrics(stores, workspace)
    found = [each for each in known if name.lower() in {each.name, each.label.lower(), f"{each.model}.{each.name}"}]
    if len(found) > 1:
        names = ", ".join(f"{each.model}.{each.name}" for each in found)
        raise typer.BadParameter(f"several tables have it: {names}", param_hint="NAME")
    if not found:
        names = ", ".join(sorted({each.name for each in known}))
        raise typer.BadParameter(f"there is none. Known are: {names}", param_hint="NAME")
    return found[0]


def panel(found: Metric, calculated: str) -> Panel:
    """The info panel of one metric."""
    pairs = [
        ("definition", found.definition),
        ("formula", found.formula),
        ("included", found.included or "-"),
        ("excluded", found.excluded or "-"),
        ("date anchor", found.date_anchor),
        ("sources", found.sources),
        ("unit", f"{found.unit}, {_direction(found.good_direction)}"),
        ("lies in", f"{found.model}.{found.column_name}, one row per {found.grain}"),
        *([("only where", found.only_where)] if found.only_where else []),
        ("over days", found.over_days),
        ("whose", "our own working definition" if found.ours else "as the platforms and the product define it"),
        ("last calculated", calculated),
    ]
    return Panel(facts([*pairs]), title=found.label, title_align="left", border_style="dim", padding=(0, 1))


def _direction(word: str) -> str:
    return "neither way is good" if word == "none" else f"{word} is good"


def _over_days(said: str | dict[str, str]) -> str:
    return said if isinstance(said, str) else f"ratio of the sums of {said['divide']} and {said['by']}"


def _order(found: Metric) -> tuple[str, str]:
    return found.model, found.name


def _published(stores: Stores, name: str | None) -> Workspace | None:
    chosen = [stores.plane.workspaces.get(name)] if name is not None else standing_workspaces(stores)
    built = [each for each in chosen if stores.plane.files.published(each.id)]
    # definitions are the same in all of them; only when they were calculated differs
    return built[0] if built else None


def declared() -> Iterator[Metric]:
    """All metrics as dbt's manifest has them, in its order."""
    # dbt takes seconds to import, and a built workspace does without it
    from resources.dbt import manifest_path

    nodes = orjson.loads(manifest_path().read_bytes())["nodes"].values()
    for model in (node for node in nodes if node["resource_type"] == "model"):
        for column in model["columns"].values():
            meta = (column.get("config") or {}).get("meta") or column.get("meta") or {}
            for said in [*([meta["metric"]] if "metric" in meta else []), *meta.get("more_metrics", [])]:
                yield _metric(model, column, said)


def _metric(model: dict[str, Any], column: dict[str, Any], said: dict[str, Any]) -> Metric:
    return Metric(
        name=said.get("name") or column["name"],
        label=said["label"],
        definition=said.get("definition") or " ".join(column["description"].split()),
        formula=said["formula"],
        included=said.get("included"),
        excluded=said.get("excluded"),
        date_anchor=said["date_anchor"],
        sources=", ".join(said["sources"]),
        unit=said["unit"],
        good_direction=said["good_direction"],
        grain=model["config"]["meta"]["grain"],
        model=model["name"],
        column_name=column["name"],
        only_where=said.get("only_where"),
        over_days=_over_days(said.get("over_days", "none")),
        ours=said.get("ours", False),
        last_calculated=None,
    )
