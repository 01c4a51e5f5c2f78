"""ignyte workspace: one brand each, with its own datasources, files and keys."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli import keeping, leaving
from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import Cell, add, ago, command, facts, fields, say, show, status, table

app = Group(help="Workspaces: one brand each, with its own datasources, files and keys.")
app.command("cancel")(leaving.cancel)
app.command("reactivate")(leaving.reactivate)
app.command("delete")(leaving.delete)
app.command("restrict")(keeping.restrict)
app.command("hold")(keeping.hold)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    *,
    currency: Annotated[str, typer.Option(help="ISO 4217 code in which its metrics are.")] = "USD",
    time_zone: Annotated[str, typer.Option(help="IANA zone by which its days are cut.")] = "UTC",
    region: Annotated[
        str | None, typer.Option(help="Where its data must be stored; this home's own (IGNYTE_REGION) unless said.")
    ] = None,
    fiscal_year_start: Annotated[int, typer.Option(min=1, max=12, help="First month of the fiscal year.")] = 1,
    primary_platform: Annotated[str, typer.Option(help="Where most is sold.")] = "shopify",
    as_json: Json = False,
) -> None:
    """Create a workspace. Its id is opaque, since it outlives what it names."""
    from ignyte_pipelines.cli import standing
    from ignyte_pipelines.cli.opening import known_platform, stores
    from ignyte_pipelines.instance import instance, register_workspace
    from resources.residency import require

    known_platform(primary_platform)
    with stores() as opened, instance(opened.settings) as dagster:
        place = region or opened.settings.region
        require(opened.settings, name, place)
        made = opened.plane.workspaces.create(
            name,
            region=place,
            currency=currency,
            time_zone=time_zone,
            fiscal_year_start=fiscal_year_start,
            primary_platform=primary_platform,
            now=opened.clock(),
        )
        register_workspace(dagster, made.id)
        now = opened.clock()
    show(standing.document(made), facts(_described(made, now)), as_json=as_json)
    then = command("ignyte", "datasource", "connect", made.name, "shopify", "--account", "SHOP.myshopify.com")
    say(f"\nNext: {then}")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the workspaces: those that stand, and those whose deletion is not proved yet."""
    from assets.privacy import purging
    from ignyte_pipelines.cli import standing
    from ignyte_pipelines.cli.opening import standing_workspaces, stores

    with stores() as opened:
        unproved, now = purging.unfinished(opened)[0], opened.clock()
        found = [*standing_workspaces(opened), *(opened.plane.workspaces.get(each) for each in unproved)]
        sources = {each.id: len(opened.plane.datasources.of(each.id)) for each in found}
    columns = ("name", "id", "state", "sources", "currency", "created")
    shown = table(*columns, right=["sources"], wraps=["name", "state", "created"])
    for each in found:
        row: list[Cell] = [each.name, each.id, standing.state(each), str(sources[each.id]), each.currency]
        add(shown, *row, ago(each.created_at, now))
    document = [{**standing.document(each), "datasources": sources[each.id]} for each in found]
    show(
        {"workspaces": document},
        shown if found else "No workspace yet. See `ignyte workspace create`.",
        as_json=as_json,
    )
    for gone in unproved:
        say(f"Not proved to be gone yet: {command('ignyte', 'workspace', 'delete', gone)} goes on with it.")


@app.command("show")
def show_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """Show one workspace: its settings, its files and its latest runs."""
    from ignyte_pipelines.cli import standing
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        found, now = opened.plane.workspaces.get(workspace), opened.clock()
        files = [each for each in opened.plane.files.of(found.id) if each.state.value not in {"deleted", "retired"}]
        runs = opened.plane.runs.of(found.id, limit=10)
        sources = opened.plane.datasources.of(found.id)
    platforms = {each.id: each.platform for each in sources}
    file_table = table("file of", "datasource", "state", "generation", "bytes", right=["generation", "bytes"])
    for file in files:
        of, size = platforms.get(file.datasource_id or "", "metrics"), "-" if file.size is None else f"{file.size:,}"
        add(file_table, of, file.datasource_id or "all", status(file.state.value), str(file.generation), size)
    run_table = table("latest runs", "of", "started", "outcome", "rows", right=["rows"])
    for run in runs:
        outcome = run.outcome.value if run.outcome else "running"
        of = platforms.get(run.datasource_id or "", "all metrics")
        add(run_table, run.kind.value, of, ago(run.started_at, now), outcome, f"{run.rows:,}")
    document = {
        **standing.document(found),
        "files": [fields(each) for each in files],
        "runs": [fields(each) for each in runs],
    }
    show(document, facts(_described(found, now)), "", file_table, "", run_table, as_json=as_json)


def _described(workspace: Any, now: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 -- its type would import the control plane
    from ignyte_pipelines.cli import standing

    return [
        ("workspace", workspace.name),
        ("id", workspace.id),
        *standing.described(workspace, now),
        ("region", workspace.region),
        ("currency", workspace.currency),
        ("time zone", workspace.time_zone),
        ("fiscal year", f"starts in month {workspace.fiscal_year_start}"),
        ("primary platform", workspace.primary_platform),
    ]
