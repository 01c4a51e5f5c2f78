"""The command line: one program, `ignyte`, whose commands import what they need only when they run."""

from ignyte_pipelines.cli import (
    audit,
    costs,
    datasources,
    demo,
    doctor,
    door,
    export,
    keys,
    metrics,
    platforms,
    queries,
    rates,
    report,
    sandbox,
    shell,
    status,
    syncing,
    targets,
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
GIVE = "Give what no platform knows"
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
app.command("shell", rich_help_panel=LOOK)(shell.shell)
app.command("export", rich_help_panel=LOOK)(export.export)
app.command("report", rich_help_panel=LOOK)(report.report)
app.add_typer(metrics.app, name="metrics", rich_help_panel=LOOK)
app.add_typer(costs.app, name="costs", rich_help_panel=GIVE)
app.add_typer(rates.app, name="rates", rich_help_panel=GIVE)
app.add_typer(targets.app, name="targets", rich_help_panel=GIVE)
app.command("doctor", rich_help_panel=CHECK)(doctor.doctor)
app.add_typer(door.app, name="door", rich_help_panel=CHECK)
app.add_typer(audit.app, name="audit", rich_help_panel=CHECK)
app.add_typer(keys.app, name="keys", rich_help_panel=CHECK)

__all__ = ["app"]
