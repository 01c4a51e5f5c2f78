"""The conversation of `ignyte privacy erase`: who is meant, what would go, what went, and the proof."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console, RenderableType

from assets.privacy.erasure import LIMITS, Erased, preview, said
from assets.privacy.finding import Place
from assets.privacy.requests import receive
from assets.privacy.verifying import Issued
from ignyte_pipelines import acting
from ignyte_pipelines.cli.opening import standing_workspaces
from ignyte_pipelines.cli.output import add, command, counted, errors, facts, fields, say, show, table
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import ErasurePolicy, Regime, Request, RequestKind, RequestState
from resources.errors import Problem
from resources.identity import Subject, subject
from resources.lifecycle import Event, require
from resources.stores import Stores

CHANNEL = "command line"
_LAWS = (Regime.GDPR, Regime.CCPA)


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What there is of somebody in one workspace."""

    workspace: Workspace
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One request and its answer. `receipt` is shown this once, and kept nowhere."""

    workspace: Workspace
    request: Request
    places: tuple[Place, ...]
    receipt: str


def asked(emails: Sequence[str], phones: Sequence[str], ids: Sequence[str]) -> Subject:
    """Who is meant; "-" stands for what is typed, or piped in, line by line.

    Raises:
        Refused: nobody is named, or something is no address, number or id.
    """
    return subject(
        emails=tuple(_given(each, "E-mail") for each in emails),
        phones=tuple(_given(each, "Phone") for each in phones),
        ids=tuple(_given(each, "Id (platform:id)") for each in ids),
    )


def _given(value: str, name: str) -> str:
    if value != "-":
        return value
    return str(typer.prompt(name, err=True)) if sys.stdin.isatty() else sys.stdin.readline().strip()


def regime(law: str) -> Regime:
    """The law whose clock runs.

    Raises:
        typer.BadParameter: none that a person can ask under.
    """
    if law not in {each.value for each in _LAWS}:
        raise typer.BadParameter(f"it is one of {', '.join(each.value for each in _LAWS)}", param_hint="--regime")
    return Regime(law)


def looked_up(stores: Stores, name: str | None, person: Subject) -> list[Outlook]:
    """What an erasure would find in the workspace; without a name, in each workspace where that is anything.

    Raises:
        Refused: the workspace is held, or the person can't be told from others.
    """
    chosen = [stores.plane.workspaces.get(name)] if name else standing_workspaces(stores)
    found = []
    for workspace in chosen:
        require(workspace, Event.DESTROY, stores.clock())
        places = preview(stores, workspace, person).places
        if places or name:
            found.append(Outlook(workspace=workspace, places=places))
    return found


def filed(stores: Stores, found: Sequence[Outlook], person: Subject, clock: Regime) -> list[Request]:
    """One request for each workspace."""
    return [receive(stores, each.workspace, RequestKind.ERASE, person, channel=CHANNEL, regime=clock) for each in found]


def erased(stores: Stores, request: Request) -> Answered:
    """Answers the request at once, together with those of its workspace that wait already.

    Raises:
        Problem: it is not answered; it stays open, and is taken up again.
    """
    workspace = stores.plane.workspaces.get(request.workspace_id)
    say(f"Erasing from [bold]{workspace.name}[/], request {request.id}, in a run of Dagster.")
    done: list[Erased] = []
    try:
        done = acting.erase(stores, workspace.id, tell=_tell())
    except Problem:
        # another's request may have failed in the same batch
        if stores.plane.requests.get(request.id).state is not RequestState.DONE:
            raise
    mine = next((each for each in done if each.request.id == request.id), None)
    certificate = mine.certificate if mine else None
    return Answered(
        workspace=workspace,
        request=stores.plane.requests.get(request.id),
        places=mine.places if mine else (),
        receipt=certificate.receipt if isinstance(certificate, Issued) else "",
    )


def _tell() -> Callable[[str], None]:
    shown = errors()

    def tell(words: str) -> None:
        shown.print("[green]✓[/]", end=" ")
        shown.print(words, markup=False, soft_wrap=True)

    return tell


def show_preview(found: Sequence[Outlook], *, as_json: bool, to_stderr: bool = False) -> None:
    """The same lines as afterwards, in "would"."""
    parts: list[RenderableType] = []
    for each in found:
        parts += [f"[bold]{each.workspace.name}[/]", *_places(each.places), said(each.places, would=True)]
        if each.workspace.erasure is ErasurePolicy.ANONYMISE:
            parts.append(LIMITS)
        files = len({place.datasource_id for place in each.places})
        anew = f"write {counted(files, 'file')} anew, calculate the metrics anew, " if files else ""
        parts.append(f"Would {anew}keep this person from being loaded, and ask the verifier for a certificate.\n")
    if not found:
        parts.append("Nothing of this person is in any workspace.")
    document = {
        "would": [
            {"workspace": each.workspace.id, "name": each.workspace.name, "places": _listed(each.places)}
            for each in found
        ]
    }
    if to_stderr:
        _print(errors(), parts)
    else:
        show(document, *parts, as_json=as_json)


def show_filed(requests: Sequence[Request], *, as_json: bool) -> None:
    """The requests, and when they are answered."""
    rows = [(each.id, f"due on {each.due_at:%Y-%m-%d}, in workspace {each.workspace_id}") for each in requests]
    document = {"requests": [fields(each, "id", "workspace_id", "state", "due_at") for each in requests]}
    show(
        document,
        "[green]Filed.[/] Dagster's sensor erases it in a batch, within two days.",
        facts([*rows]),
        as_json=as_json,
    )
    say(f"\nSee them all: {command('ignyte', 'privacy', 'requests', '--open')}")


def show_erased(done: Sequence[Answered], *, as_json: bool) -> None:
    """What was done, the proof, and what to type next."""
    document = {"erased": [_document(each) for each in done]}
    parts: list[RenderableType] = []
    for each in done:
        lines = [("request", each.request.id), ("certificate", each.request.certificate_id or "-")]
        if each.receipt:
            lines.append(
                ("receipt", f"{each.receipt}  (shown this once: with it the person can check the certificate)")
            )
        parts += [f"\n[bold]{each.workspace.name}[/]", *_places(each.places), each.request.outcome, facts([*lines])]
    show(document, *parts, as_json=as_json)
    for each in done:
        certificate = each.request.certificate_id or ""
        say(f"\nThe proof:  {command('ignyte', 'certificate', 'show', certificate)}")
        say(f"Each step:  {command('ignyte', 'privacy', 'show', each.request.id)}")
        say(f"The ledger: {command('ignyte', 'ui')}")


def _places(places: Sequence[Place]) -> list[RenderableType]:
    if not places:
        return []
    made = table("platform", "table", "rows", "values in rows of others", right=["rows", "values in rows of others"])
    for each in places:
        add(made, each.platform, each.stream, f"{each.rows:,}", f"{each.values:,}")
    return [made]


def _listed(places: Sequence[Place]) -> list[Mapping[str, Any]]:
    return [fields(each, "datasource_id", "platform", "stream", "rows", "values") for each in places]


def _document(done: Answered) -> dict[str, Any]:
    return {
        "workspace": done.workspace.id,
        **fields(done.request, "id", "state", "outcome", "certificate_id"),
        "places": _listed(done.places),
        "receipt": done.receipt or None,
    }


def _print(to: Console, parts: Sequence[RenderableType]) -> None:
    for part in parts:
        to.print(part)
