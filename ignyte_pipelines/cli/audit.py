"""ignyte audit: who did what, and whether the record of it is whole."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.failures import FAILED

app = Group(help="The audit log: signed, chained, with checkpoints in a second place (IGNYTE_AUDIT_CHECKPOINTS).")
Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="In UTC.")]
Who = Annotated[str, typer.Option(metavar="NAME", help="Only what this person or service did.")]
Verb = Annotated[str, typer.Option(metavar="VERB", help='Only this, such as "credential.read" or "key".')]
Where = Annotated[str, typer.Option(metavar="WORKSPACE", help="Only this workspace's.")]


@app.command("show")
def show_(
    *,
    workspace: Where = "",
    actor: Who = "",
    verb: Verb = "",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, help="The latest so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Show the latest acts: who did what to what, why, and how it ended. It holds no secret and no customer."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, fields, show, table
    from ignyte_pipelines.cli.record import Filter, acts, outcome

    with stores() as opened:
        place = opened.plane.workspaces.get(workspace).id if workspace else ""
        wanted = Filter(workspace_id=place, actor=actor, verb=verb, since=since, until=until)
        found = acts(opened.audit.entries(), wanted)[-limit:]
    made = table("entry", "when (UTC)", "who", "did", "to", "ended", "why", wraps=["to", "why"], right=["entry"])
    for each in found:
        who = each.actor if each.kind == "person" else f"{each.actor} (service)"
        add(
            made, str(each.seq), f"{each.at:%Y-%m-%d %H:%M:%S}", who, each.verb, each.target, outcome(each), each.reason
        )
    show({"acts": [fields(each) for each in found]}, made if found else "Nothing yet.", as_json=as_json)


@app.command("verify")
def verify(
    *,
    log: Annotated[Path | None, typer.Option(help="Another log than this home's: a folder or a file.")] = None,
    checkpoints: Annotated[Path | None, typer.Option(help="Another folder of checkpoints.")] = None,
    public_key: Annotated[Path | None, typer.Option(help="A copy of audit.pub that you trust.")] = None,
    as_json: Json = False,
) -> None:
    """Verify the log against its signatures, its chain and its checkpoints. Exit code 1 if something does not hold.

    `ignyte audit export` writes the verifier out as a single file that needs nothing of ours.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show
    from ignyte_pipelines.cli.record import examined
    from resources.audit.verifier import told

    with stores() as opened:
        report = examined(opened, log, checkpoints, public_key)
    colour = "green" if report.holds else "bold red"
    *sentences, last = told(report)
    document = {"holds": report.holds, **vars(report)}
    show(document, *sentences, f"[{colour}]{last}[/]", as_json=as_json)
    if not report.holds:
        raise typer.Exit(FAILED)


@app.command("export")
def export(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder that does not exist yet.")],
    workspace: Where = "",
    actor: Who = "",
    verb: Verb = "",
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Export the whole log with its checkpoints, the public key and the verifier, and a selection as JSON and CSV.

    The whole log is what can be verified; the selection (by the options, else everything) is what people read.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import facts, show
    from ignyte_pipelines.cli.record import Filter, write_export

    with stores() as opened:
        place = opened.plane.workspaces.get(workspace).id if workspace else ""
        wanted = Filter(workspace_id=place, actor=actor, verb=verb, since=since, until=until)
        counts = write_export(opened, out, wanted)
    told = [(name, f"{number:,}") for name, number in counts.items()]
    how = f"python {out}/verifier.py {out}/log {out}/checkpoints {out}/audit.pub"
    show({"out": str(out), **counts, "verify": how}, facts([*told]), f"Verify it with: {how}", as_json=as_json)
