"""ignyte privacy access, restrict and lift: what a person may know, and what may be done with their data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName
from ignyte_pipelines.cli.output import add, counted, fields, say, show, table
from ignyte_pipelines.cli.privacy import Emails, Ids, Phones

if TYPE_CHECKING:
    from resources.control_plane.privacy_facts import Request, RequestKind
    from resources.stores import Stores

Clock = Annotated[str, typer.Option("--regime", metavar="LAW", help="Whose clock runs: gdpr or ccpa.")]
Open = Annotated[
    str | None, typer.Option("--request", metavar="ID", help="A request that came in already, instead of naming them.")
]


def access(  # noqa: PLR0913 -- one option a parameter, as typer wants it
    workspace: WorkspaceName,
    *,
    email: Emails = None,
    phone: Phones = None,
    id_: Ids = None,
    request: Open = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder or file that is not there yet.")],
    archive: Annotated[
        bool, typer.Option("--archive", help="One zip under AES-256; the password is asked for.")
    ] = False,
    regime: Clock = "gdpr",
    as_json: Json = False,
) -> None:
    """Hand over all that is held about a person: every row as JSON and CSV, with a manifest and a page to read.

    It is found by the graph that erasure goes by, so what it lists is what an erasure would take. It is written down
    in the audit log, and removed from where it was written after 30 days.

    Example: ignyte privacy access demo --email - --out wren.zip --archive
    """
    from assets.privacy.access import answer
    from ignyte_pipelines.cli.opening import stores
    from resources.control_plane.privacy_facts import RequestKind
    from resources.secret import Secret

    with stores() as opened:
        made = _request(opened, workspace, RequestKind.ACCESS, (email, phone, id_), request, regime)
        password = (
            Secret(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)) if archive else None
        )
        exported = answer(opened, made, out, password=password, tell=lambda words: say(f"[dim]{words}[/]"))
    shown = table("source", "table", "rows", "mentions", "why", right=["rows", "mentions"], wraps=["why"])
    for each in exported.tables:
        add(shown, each.platform, each.table, f"{each.rows:,}", f"{each.mentions:,}", each.purpose)
    document = {
        "request": made.id,
        "place": str(out),
        "expires_at": exported.expires_at,
        "tables": [fields(each) for each in exported.tables],
    }
    words = f"{counted(exported.rows, 'row')} of {counted(len(exported.tables), 'table')} in {out}."
    show(document, shown if exported.tables else "Nothing is held about them.", words, as_json=as_json)


def restrict(
    workspace: WorkspaceName,
    *,
    email: Emails = None,
    phone: Phones = None,
    id_: Ids = None,
    request: Open = None,
    regime: Clock = "gdpr",
    as_json: Json = False,
) -> None:
    """Keep a person's data and do not use it (GDPR art. 18): it is in no metric until the restriction is lifted."""
    from assets.privacy.restricting import restrict as set_aside
    from ignyte_pipelines.cli.opening import stores
    from resources.control_plane.privacy_facts import RequestKind

    with stores() as opened:
        made = _request(opened, workspace, RequestKind.RESTRICT, (email, phone, id_), request, regime)
        done = set_aside(opened, made, tell=lambda words: say(f"[dim]{words}[/]"))
    document = {"request": made.id, "rows": done.rows, "tables": done.tables, "rebuilt": done.rebuilt}
    words = f"{counted(done.rows, 'row')} of {counted(done.tables, 'table')} kept, and used for nothing."
    show(document, words, f"Request {made.id}. To end it: ignyte privacy lift {made.id}", as_json=as_json)


def lift(
    request: Annotated[str, typer.Argument(metavar="ID", help="The request to restrict.")], *, as_json: Json = False
) -> None:
    """End a restriction: what was kept back counts again."""
    from assets.privacy.restricting import lift as end
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        closed = end(opened, opened.plane.requests.get(request), tell=lambda words: say(f"[dim]{words}[/]"))
    show({"request": closed.id, "state": closed.state}, closed.outcome, as_json=as_json)


def _request(
    opened: "Stores",
    workspace: str,
    kind: "RequestKind",
    who: tuple[list[str] | None, list[str] | None, list[str] | None],
    request: str | None,
    regime: str,
) -> "Request":
    from assets.privacy.requests import receive
    from ignyte_pipelines.cli import erasing

    named = opened.plane.workspaces.get(workspace)
    if request is not None:
        found = opened.plane.requests.get(request)
        if (found.workspace_id, found.kind) != (named.id, kind):
            raise typer.BadParameter(f"{request} is no request of this workspace to {kind}.", param_hint="--request")
        return found
    emails, phones, ids = who
    person = erasing.asked(emails or [], phones or [], ids or [])
    return receive(opened, named, kind, person, channel=erasing.CHANNEL, regime=erasing.regime(regime))
