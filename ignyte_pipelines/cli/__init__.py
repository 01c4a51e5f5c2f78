"""The command line: one program, `ignyte`, whose commands import what they need only when they run."""

from ignyte_pipelines.cli import (
    audit,
    backup,
    certificate,
    config,
    contacts,
    costs,
    datasources,
    demo,
    doctor,
    door,
    export,
    keys,
    lineage,
    metrics,
    platforms,
    privacy,
    queries,
    rates,
    report,
    retention,
    rights,
    sandbox,
    security_pack,
    shell,
    status,
    subprocessors,
    syncing,
    targets,
    ui,
    webhooks,
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
KEEP = "Keep, erase, prove"
CHECK = "Check"
DESK = "The reviewer's desk"
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
privacy.app.command("access")(rights.access)
privacy.app.command("restrict")(rights.restrict)
privacy.app.command("lift")(rights.lift)
app.add_typer(privacy.app, name="privacy", rich_help_panel=KEEP)
app.add_typer(retention.app, name="retention", rich_help_panel=KEEP)
app.add_typer(backup.app, name="backup", rich_help_panel=KEEP)
app.add_typer(certificate.app, name="certificate", rich_help_panel=KEEP)
app.command("lineage", rich_help_panel=KEEP)(lineage.lineage)
app.command("doctor", rich_help_panel=CHECK)(doctor.doctor)
app.add_typer(door.app, name="door", rich_help_panel=CHECK)
app.add_typer(audit.app, name="audit", rich_help_panel=CHECK)
app.add_typer(keys.app, name="keys", rich_help_panel=CHECK)
app.command("security-pack", rich_help_panel=DESK)(security_pack.security_pack)
app.add_typer(subprocessors.app, name="subprocessors", rich_help_panel=DESK)
app.add_typer(contacts.app, name="contacts", rich_help_panel=DESK)
app.add_typer(config.app, name="config", rich_help_panel=DESK)
app.add_typer(webhooks.app, name="webhooks", rich_help_panel=DESK)

__all__ = ["app"]
