"""The command line: one program, `ignyte`, whose commands import what they need only when they run."""

from ignyte_pipelines.cli import (
    datasources,
    demo,
    doctor,
    door,
    metrics,
    platforms,
    queries,
    sandbox,
    status,
    syncing,
    ui,
    workspaces,
)
from ignyte_pipelines.cli.command import Program

app = Program(
    name="ignyte",
    help=(
        "Read-only pipelines for ecommerce data: each platform is read into an encrypted file of its own, and metrics "
        "are calculated from all of them.\n\n"
        "New here? [bold]ignyte demo[/bold] does the whole job on pretend platforms in a minute or two.\n\n"
        "Everything lies under [bold]IGNYTE_HOME[/bold] (default .ignyte). Every command takes [bold]--json[/bold]. "
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by a rule."
    ),
)
START = "Start here"
DATA = "Connect and sync"
LOOK = "Look at the data"
CHECK = "Check"
app.command("demo", rich_help_panel=START)(demo.demo)
app.command("ui", rich_help_panel=START)(ui.ui)
app.add_typer(sandbox.app, name="sandbox", rich_help_panel=START)
app.add_typer(workspaces.app, name="workspace", rich_help_panel=DATA)
app.add_typer(datasources.app, name="datasource", rich_help_panel=DATA)
app.command("sync", rich_help_panel=DATA)(syncing.sync)
app.add_typer(platforms.app, name="platforms", rich_help_panel=DATA)
app.command("status", rich_help_panel=LOOK)(status.status)
app.command("query", rich_help_panel=LOOK)(queries.query)
app.add_typer(metrics.app, name="metrics", rich_help_panel=LOOK)
app.command("doctor", rich_help_panel=CHECK)(doctor.doctor)
app.add_typer(door.app, name="door", rich_help_panel=CHECK)

__all__ = ["app"]
