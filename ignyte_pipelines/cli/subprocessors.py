"""ignyte subprocessors: who may process personal data for us, and how changes to that are announced."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.output import add, fields, say, show, table
from resources.register import Action, Category, Standing, Subprocessor, in_force, standing, version

if TYPE_CHECKING:
    from resources.register import Change

app = Group(help="Sub-processors: who may process personal data for us. Changes are announced 30 days before.")
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The company.")]
_ChangeId = Annotated[str, typer.Argument(metavar="CHANGE", help="See `ignyte subprocessors list`.")]
_Kind = Annotated[Category, typer.Option("--category", help="What it is for.")]
_From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="When it takes effect; 30 days from now unless said."),
]
_Where = Annotated[str, typer.Option(metavar="WORKSPACE", help="Whose contact objected.")]
_Reason = Annotated[str, typer.Option("--reason", help="In words for the record; no personal data.")]


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the sub-processors in force today, and the changes that were announced."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        changes, now = opened.plane.subprocessors.all(), opened.clock()
    current, coming = in_force(changes, now), [each for each in changes if standing(each, now) is not Standing.IN_FORCE]
    made = table("sub-processor", "category", "purpose", "data", "location", "safeguard", wraps=["purpose", "data"])
    for each in current.values():
        add(made, each.name, each.category.value, each.purpose, each.data, each.location, each.safeguard)
    ahead = table("change", "of", "what", "takes effect", "standing", "told", right=["told"])
    for change in coming:
        add(ahead, *_row(change, now))
    document = {
        "version": version(changes, now),
        "in_force": [fields(each) for each in current.values()],
        "changes": [_document(change, now) for change in coming],
    }
    shown = made if current else "None: nobody processes personal data for this installation."
    show(document, shown, "", ahead if coming else "No change is announced.", as_json=as_json)


@app.command("add")
def add_(
    name: _Name,
    *,
    category: _Kind,
    purpose: Annotated[str, typer.Option(help="What it does for us.")],
    data: Annotated[str, typer.Option(help="Which data it gets.")],
    location: Annotated[str, typer.Option(help="Where it processes them.")],
    safeguard: Annotated[str, typer.Option(help="DPA, standard clauses, adequacy.")],
    since: _From = None,
    as_json: Json = False,
) -> None:
    """Announce a new sub-processor: contacts are told, and it is not in force before the 30 days are over."""
    who = Subprocessor(name=name, category=category, purpose=purpose, data=data, location=location, safeguard=safeguard)
    _announce(Action.ADD, lambda _: who, name, since, as_json=as_json)


@app.command("change")
def change(
    name: _Name,
    *,
    purpose: Annotated[str, typer.Option(help="What it does for us.")] = "",
    data: Annotated[str, typer.Option(help="Which data it gets.")] = "",
    location: Annotated[str, typer.Option(help="Where it processes them.")] = "",
    safeguard: Annotated[str, typer.Option(help="DPA, standard clauses, adequacy.")] = "",
    since: _From = None,
    as_json: Json = False,
) -> None:
    """Announce a change of what a sub-processor does, gets, or where; what is not said stays."""
    said = {"purpose": purpose, "data": data, "location": location, "safeguard": safeguard}

    def changed(old: Subprocessor | None) -> Subprocessor:
        old = _known(old, name)
        return Subprocessor(**{**vars(old), **{key: value for key, value in said.items() if value}})

    _announce(Action.CHANGE, changed, name, since, as_json=as_json)


@app.command("remove")
def remove(name: _Name, *, since: _From = None, as_json: Json = False) -> None:
    """Announce that a sub-processor goes."""
    _announce(Action.REMOVE, lambda old: _known(old, name), name, since, as_json=as_json)


@app.command("withdraw")
def withdraw(change_id: _ChangeId, *, as_json: Json = False) -> None:
    """Take back a change that has not taken effect."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened, opened.audit.act("subprocessor.withdraw", f"change {change_id}"):
        made, now = opened.plane.subprocessors.withdraw(change_id, opened.clock()), opened.clock()
    show(_document(made, now), f"It is {standing(made, now)}.", as_json=as_json)


@app.command("object")
def object_(change_id: _ChangeId, *, workspace: _Where, reason: _Reason, as_json: Json = False) -> None:
    """Record a workspace's objection: until it is settled the change does not take effect."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        place, now = opened.plane.workspaces.get(workspace).id, opened.clock()
        with opened.audit.act("subprocessor.object", f"change {change_id}", workspace_id=place, reason=reason):
            made = opened.plane.subprocessors.objected(change_id, place, reason, now)
    show(_document(made, now), f"It is {standing(made, now)}.", as_json=as_json)


@app.command("settle")
def settle(change_id: _ChangeId, *, workspace: _Where, reason: _Reason, as_json: Json = False) -> None:
    """Record how an objection was settled; the change goes on from there."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        place, now = opened.plane.workspaces.get(workspace).id, opened.clock()
        with opened.audit.act("subprocessor.settle", f"change {change_id}", workspace_id=place, reason=reason):
            made = opened.plane.subprocessors.settle(change_id, place, reason, now)
    show(_document(made, now), f"It is {standing(made, now)}.", as_json=as_json)


@app.command("notify")
def notify(*, as_json: Json = False) -> None:
    """Send the notices that wait (IGNYTE_SMTP_URL, IGNYTE_SMTP_FROM); Dagster does so by itself every few minutes."""
    from ignyte_pipelines.cli.opening import stores
    from resources.mail import mailer
    from resources.notices import send_due

    with stores() as opened:
        posted = send_due(opened, mailer(opened.settings))
    show(fields(posted), f"{posted.sent} sent, {posted.waiting} waiting.", as_json=as_json)


@app.command("issue")
def issue(
    *,
    to: Annotated[str, typer.Option(help="The company that gets it, under DPA or NDA.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    as_json: Json = False,
) -> None:
    """Issue the list to a customer: marked with their name on every page, and on the record."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.desk.list_page import issued

    with stores() as opened:
        page = issued(opened, to)
    out.write_text(page.html, encoding="utf-8")
    say(f"Written to {out}.")
    show({"act": page.act_id, "version": page.version, "file": str(out)}, f"Issued as {page.act_id}.", as_json=as_json)


def _announce(action: Action, make: Any, name: str, since: datetime | None, *, as_json: bool) -> None:  # noqa: ANN401
    from ignyte_pipelines.cli.opening import stores
    from resources.notices import announce

    with stores() as opened:
        current = in_force(opened.plane.subprocessors.all(), opened.clock())
        when = since.replace(tzinfo=UTC) if since else None
        made, now = announce(opened, action, make(current.get(name)), when), opened.clock()
    place = f"takes effect on {made.effective_at:%Y-%m-%d} at the earliest; {len(made.notices)} contacts to tell"
    show(_document(made, now), f"Change {made.id}: {place}.", as_json=as_json)
    if made.notices:
        say("Next: ignyte subprocessors notify")


def _known(old: Subprocessor | None, name: str) -> Subprocessor:
    if old is None:
        raise typer.BadParameter(f"{name} is not in force. See `ignyte subprocessors list`.")
    return old


def _row(change: "Change", now: datetime) -> list[str]:
    sent = sum(each.sent_at is not None for each in change.notices)
    return [
        change.id,
        change.subprocessor.name,
        change.action.value,
        f"{change.effective_at:%Y-%m-%d}",
        standing(change, now).value,
        f"{sent} of {len(change.notices)}",
    ]


def _document(change: "Change", now: datetime) -> dict[str, Any]:
    return {**fields(change), "standing": standing(change, now).value}
