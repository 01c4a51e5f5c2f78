"""ignyte contacts: who is told when the sub-processors change."""

from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName
from ignyte_pipelines.cli.output import add, ago, show, table

app = Group(help="Contacts of a workspace, who are told when the sub-processors change. Addresses lie encrypted.")


@app.command("add")
def add_(
    workspace: WorkspaceName,
    *,
    role: Annotated[str, typer.Option(help='Such as "data protection officer".')] = "privacy contact",
    as_json: Json = False,
) -> None:
    """Add a contact. The address is asked for, or read from stdin, so that it stays out of the shell's history."""
    from ignyte_pipelines.cli.opening import stores
    from resources.notices import add_contact

    address = typer.prompt("E-mail", err=True)
    with stores() as opened:
        made = add_contact(opened, opened.plane.workspaces.get(workspace), role, address)
    show({"contact": made.id, "role": made.role}, f"Added as {made.id}.", as_json=as_json)


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the contacts by role; their addresses are not shown."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        found = opened.plane.subprocessors.contacts(opened.plane.workspaces.get(workspace).id)
        now = opened.clock()
    made = table("contact", "role", "added")
    for each in found:
        add(made, each.id, each.role, ago(each.added_at, now))
    document = {"contacts": [{"id": each.id, "role": each.role, "added_at": each.added_at} for each in found]}
    show(document, made if found else "No contacts yet. See `ignyte contacts add`.", as_json=as_json)


@app.command("remove")
def remove(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="See `ignyte contacts list`.")],
    *,
    as_json: Json = False,
) -> None:
    """Forget a contact; the key of the address is destroyed."""
    from ignyte_pipelines.cli.opening import stores
    from resources.notices import remove_contact

    with stores() as opened:
        gone = remove_contact(opened, contact)
    show({"contact": gone.id}, f"{gone.id} is forgotten.", as_json=as_json)
