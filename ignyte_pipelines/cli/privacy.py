"""ignyte privacy: what people ask for, and what became of it."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Group, Json

app = Group(
    help="Requests of people: erase somebody from every source and metric, and prove it. What is typed behind an "
    "option can be seen by others and stays in the shell's history: give [bold]-[/] instead, and it is asked for."
)
Emails = Annotated[
    list[str] | None, typer.Option("--email", metavar="E", help='An address of theirs; "-" asks for it.')
]
Phones = Annotated[
    list[str] | None, typer.Option("--phone", metavar="P", help='A number, with its country\'s code; "-" asks.')
]
Ids = Annotated[
    list[str] | None, typer.Option("--id", metavar="PLATFORM:ID", help='As in shopify:42; "-" asks for it.')
]


@app.command("erase")
def erase(  # noqa: PLR0913 -- one option a parameter, as typer wants it
    workspace: Annotated[
        str | None, typer.Argument(metavar="[WORKSPACE]", help="A workspace's name or id; see --all-workspaces.")
    ] = None,
    *,
    email: Emails = None,
    phone: Phones = None,
    id_: Ids = None,
    all_workspaces: Annotated[
        bool, typer.Option("--all-workspaces", help="In every workspace in which there is something of them.")
    ] = False,
    later: Annotated[
        bool, typer.Option("--later", help="File it only: Dagster erases in batches, well before it is due.")
    ] = False,
    regime: Annotated[str, typer.Option(metavar="LAW", help="Whose clock runs: gdpr or ccpa.")] = "gdpr",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a person: found through all sources, taken out of every file and metric, kept out, and proved gone.

    Every e-mail, phone and id that belongs together is followed. The files are written anew under new keys, the
    metrics are calculated anew, backups are of no use for them any more, and no sync brings them back. At the end a
    process of its own looks for what is left, and issues a certificate.

    An address behind --email can be seen by others and stays in the shell's history: give - and type it when asked.

    Example: ignyte privacy erase demo --email -
    """
    if (workspace is None) != all_workspaces:
        raise typer.BadParameter("name one workspace, or say --all-workspaces")
    from ignyte_pipelines.cli import erasing
    from ignyte_pipelines.cli.opening import stores

    person = erasing.asked(email or [], phone or [], id_ or [])
    clock = erasing.regime(regime)
    with stores("all") as opened:
        found = erasing.looked_up(opened, workspace, person)
        if dry_run or not found:
            erasing.show_preview(found, as_json=as_json)
            return
        if not yes:
            erasing.show_preview(found, as_json=False, to_stderr=True)
            if not typer.confirm("Erase this person for good?", err=True):
                raise typer.Abort
        filed = erasing.filed(opened, found, person, clock)
        done = [] if later else [erasing.erased(opened, each) for each in filed]
    if later:
        erasing.show_filed(filed, as_json=as_json)
    else:
        erasing.show_erased(done, as_json=as_json)


@app.command("requests")
def requests(
    workspace: Annotated[str | None, typer.Argument(metavar="[WORKSPACE]", help="Only this one's.")] = None,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Only those that wait for an answer.")] = False,
    as_json: Json = False,
) -> None:
    """List the requests of people, the most urgent first: what they asked for, until when, and what became of it."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, ago, show, table
    from resources.control_plane.requests import OPEN

    with stores() as opened:
        plane, now = opened.plane, opened.clock()
        chosen = [plane.workspaces.get(workspace)] if workspace else plane.workspaces.all()
        names = {each.id: each.name for each in chosen}
        found = [each for each_workspace in chosen for each in plane.requests.of(each_workspace.id)]
    found = sorted((each for each in found if each.state in OPEN or not open_), key=lambda each: each.due_at)
    shown = table("request", "workspace", "asks to", "state", "received", "to be answered", wraps=["workspace"])
    for each in found:
        due = ago(each.due_at, now) if each.state in OPEN else "-"
        cells = [each.id, names[each.workspace_id], each.kind.value, each.state.value]
        add(shown, *cells, f"{each.received_at:%Y-%m-%d}", due)
    nobody = "Nobody waits for an answer." if open_ else "Nobody has asked for anything yet."
    show({"requests": [_document(each) for each in found]}, shown if found else nobody, as_json=as_json)


@app.command("show")
def show_(
    request: Annotated[str, typer.Argument(metavar="ID", help="As in `ignyte privacy requests`.")],
    *,
    as_json: Json = False,
) -> None:
    """Show one request: its clock, and the steps of its answer, with --json in full. Who it is about is not shown."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, ago, facts, fields, show, table
    from resources.control_plane.requests import OPEN

    with stores() as opened:
        found, now = opened.plane.requests.get(request), opened.clock()
        steps = list(opened.plane.requests.steps(found.id).values())
    made = table("step", "done (UTC)", "found", wraps=["step", "found"])
    for step in steps:
        said = ", ".join(f"{name} {value}" for name, value in step.facts.items() if value.isdigit())
        add(made, step.step, f"{step.done_at:%Y-%m-%d %H:%M:%S}", said or "-")
    waits = found.state in OPEN
    due = f"{found.due_at:%Y-%m-%d %H:%M} UTC" + (f", {ago(found.due_at, now)}" if waits else "")
    told = [
        ("request", found.id),
        ("workspace", found.workspace_id),
        ("asks to", f"{found.kind.value} ({found.policy.value})"),
        ("came by", f"{found.channel}, under {found.regime.value}"),
        ("received", f"{found.received_at:%Y-%m-%d %H:%M} UTC"),
        ("due", due),
        ("state", found.state.value),
        *([("outcome", found.outcome)] if found.outcome else []),
        *([("certificate", found.certificate_id)] if found.certificate_id else []),
    ]
    document = {**_document(found), "steps": [fields(step, "step", "done_at", "facts") for step in steps]}
    show(document, facts([*told]), "", made if steps else "Nothing was done for it yet.", as_json=as_json)


def _document(request: Any) -> dict[str, Any]:  # noqa: ANN401 -- its type would import the control plane
    """Everything but the sealed subject."""
    from ignyte_pipelines.cli.output import fields

    hidden = {"subject", "key_id"}
    return {name: value for name, value in fields(request).items() if name not in hidden}
