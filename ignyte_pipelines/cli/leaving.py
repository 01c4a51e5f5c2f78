"""ignyte workspace cancel, reactivate and delete: how an account ends, and how it comes back."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Json, WorkspaceName
from ignyte_pipelines.cli.output import add, command, counted, facts, fields, say, show, table

Why = Annotated[str, typer.Option("--reason", help="Why; it stays in the audit log.")]


def cancel(
    workspace: WorkspaceName,
    *,
    grace_days: Annotated[
        int | None, typer.Option(min=0, help="Days in which it may come back; 30 unless its contract says otherwise.")
    ] = None,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Cancel a workspace: from here on nothing is read, built or queried, and after the days of grace it is deleted.

    Until then everything is kept, the grants too, so that `ignyte workspace reactivate` restores it.
    """
    from ignyte_pipelines.cli import standing as shown
    from ignyte_pipelines.cli.opening import stores
    from resources import standing

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        found = standing.cancel(opened, named.id, grace_days=grace_days, reason=reason)
    show(shown.document(found), "[green]Cancelled.[/]", facts(shown.described(found, now)), as_json=as_json)
    say(f"\nIt comes back by {command('ignyte', 'workspace', 'reactivate', found.name)}")
    say(f"It goes at once by {command('ignyte', 'workspace', 'delete', found.name, '--now')}")


def reactivate(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """Take a cancellation back, on any day of its grace: everything is as it was, but for what shorter rules took.

    Data that grew too old meanwhile, people who were erased and datasources that were disconnected do not come back;
    they are listed.
    """
    from ignyte_pipelines.cli import standing as shown
    from ignyte_pipelines.cli.opening import stores
    from resources import standing

    with stores() as opened:
        named, now = opened.plane.workspaces.get(workspace), opened.clock()
        back = standing.reactivate(opened, named.id)
    gone = back.meanwhile
    lines = [
        *shown.described(back.workspace, now),
        ("due for a sync", counted(len(back.resumed), "datasource")),
        *((f"taken by {each.act_id}", _said(each)) for each in gone.retention),
        *(("disconnected", each) for each in gone.datasources),
        *([("erased", f"{counted(gone.people, 'identifier')} of people")] if gone.people else []),
        *([("gone meanwhile", "nothing")] if gone.nothing else []),
    ]
    document = {
        **shown.document(back.workspace),
        "resumed": list(back.resumed),
        "gone_meanwhile": {
            "retention": [fields(each) for each in gone.retention],
            "datasources": list(gone.datasources),
            "people": gone.people,
        },
    }
    show(document, "[green]Reactivated.[/]", facts(lines), as_json=as_json)
    say(f"\nNext: {command('ignyte', 'sync', back.workspace.name)}")


def delete(
    workspace: WorkspaceName,
    *,
    at_once: Annotated[bool, typer.Option("--now", help="At once, whatever its grace says.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for the name.")] = False,
    reason: Why = "",
    as_json: Json = False,
) -> None:
    """Delete a workspace for good: grants, credentials, keys, files, metrics, backups, settings, runs and exports.

    Nothing but opaque ids, tombstones, the audit log and the certificate is left. One whose grace is not over is
    deleted with --now only. If something was in the way, type it again with the id: what is done stays done.
    """
    from ignyte_pipelines.cli.opening import stores
    from resources.lifecycle import Event, require

    with stores("all") as opened:
        found = opened.plane.workspaces.get(workspace)
        # who may not delete it is told so before being asked, and before a run begins
        require(found, Event.DELETE_NOW if at_once else Event.DELETE, opened.clock())
        if at_once and not yes:
            _require_name(found.name)
        done = purged(opened, found.id, reason=reason, at_once=at_once)
    show(documented(done), *told(done, "Deleted"), as_json=as_json)
    say_proof(done)


def purged(opened: Any, subject: str, *, reason: str, at_once: bool = False) -> Any:  # noqa: ANN401 -- as below
    """Purges a workspace or datasource in a Dagster run, where engineers see it; what is proved is only shown."""
    from assets.privacy.purging import proved

    if done := proved(opened, subject):
        return done
    from ignyte_pipelines import acting

    return acting.purge(opened, subject, reason=reason, at_once=at_once, tell=say)


def say_proof(done: Any) -> None:  # noqa: ANN401 -- as below
    """Where the certificate is, and how it is verified."""
    name, file = done.certificate.id, f"{done.certificate.id}.json"
    say(f"\nThe proof: {command('ignyte', 'certificate', 'show', name, '--out', file)}")
    say(f"Verify it anywhere: {command('ignyte', 'certificate', 'verify', file)}")


def documented(done: Any) -> dict[str, Any]:  # noqa: ANN401 -- its type would import the stores
    """A purge as a document."""
    return {
        **fields(done, "id", "workspace_id", "again"),
        "steps": [fields(each, "step", "done_at", "facts") for each in _in_order(done)],
        "certificate": fields(done.certificate, "id", "kind", "issued_at"),
    }


def told(done: Any, word: str) -> list[Any]:  # noqa: ANN401 -- as above
    """A purge as a person reads it."""
    made = table("step", "found", wraps=["step", "found"])
    for each in _in_order(done):
        add(made, each.step, ", ".join(f"{name} {value}" for name, value in each.facts.items()) or "-")
    sentence = f"{word} before: this is what was done then." if done.again else f"{word}."
    return [f"[green]{sentence}[/]", made, "", facts([("certificate", done.certificate.id)])]


def _in_order(done: Any) -> list[Any]:  # noqa: ANN401 -- as above
    return sorted(done.steps.values(), key=lambda each: each.done_at)


def _said(step: Any) -> str:  # noqa: ANN401 -- as above
    return ", ".join([step.step, *(f"{name} {value}" for name, value in step.facts.items())])


def _require_name(name: str) -> None:
    from resources.errors import Refused

    typed = typer.prompt(f"Type the name of the workspace to delete it for good ({name})", err=True)
    if typed.strip() != name:
        raise Refused("what was typed is not its name.", to=f"workspace {name}", do_next="Nothing was deleted.")
