"""ignyte datasource: the accounts that are read."""

import sys
from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Group, Json, PlatformKey, WorkspaceName
from ignyte_pipelines.cli.output import add, command, facts, fields, say, show, status, table

app = Group(help="Datasources: the accounts that are read, one encrypted file each.")
DatasourceId = Annotated[str, typer.Argument(metavar="DATASOURCE", help="Its id, as in `ignyte datasource list`.")]


@app.command("connect")
def connect(
    workspace: WorkspaceName,
    platform: PlatformKey,
    *,
    account: Annotated[str, typer.Option(help="Which account; for Shopify the shop's domain.")] = "",
    optional: Annotated[
        list[str] | None, typer.Option(metavar="SCOPE", help="Ask for this one too; may be given several times.")
    ] = None,
    key: Annotated[str, typer.Option(metavar="-", help='For platforms with keys: "-" reads it from stdin.')] = "",
    callback_port: Annotated[int, typer.Option(help="Port of the redirect address; 0 takes a free one.")] = 0,
    as_json: Json = False,
) -> None:
    """Connect an account: read scopes only, proved before anything is kept.

    OAuth opens the platform's own consent page; in a sandbox home its synthetic merchant consents. Keys are typed
    without echo or read from stdin, never taken from the command line, where others could see them.
    """
    from dataclasses import replace

    from ignyte_pipelines.cli.connecting import join, wish_for
    from ignyte_pipelines.cli.opening import known_platform, stores
    from resources.secret import Secret

    _refuse_open_key(key)
    declared = known_platform(platform)
    with stores("all") as opened:
        found = opened.plane.workspaces.get(workspace)
        wish = wish_for(
            opened.settings, found, declared, account=account.strip(), optional=optional or [], port=callback_port
        )
        done = join(opened, replace(wish, key=Secret(sys.stdin.readline()) if key else None))
    document = {
        "datasource": _document(done.datasources[0]),
        "asked": list(done.asked),
        "granted": sorted(done.introduced.proof.granted),
        "grade": done.introduced.proof.grade.value,
        "findings": list(done.introduced.proof.findings),
        "accounts": [fields(each, "id", "name") for each in done.introduced.accounts],
    }
    show(document, "[green]Connected.[/]", facts(_described(done)), as_json=as_json)
    say(f"\nNext: {command('ignyte', 'sync', workspace)}")


@app.command("list")
def list_(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List a workspace's datasources."""
    from ignyte_pipelines.cli.opening import stores

    with stores() as opened:
        found = opened.plane.datasources.of(opened.plane.workspaces.get(workspace).id)
    made = table("id", "platform", "account", "connection", "sync", wraps=["account"])
    for each in found:
        add(made, each.id, each.platform, each.account, status(each.connection.value), status(each.sync.value))
    document = {"datasources": [_document(each) for each in found]}
    show(document, made if found else "None yet. See `ignyte datasource connect`.", as_json=as_json)


@app.command("show")
def show_(datasource: DatasourceId, *, as_json: Json = False) -> None:
    """Show one datasource: what was asked for and granted, what guarantees read-only access, what is read."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.sources import described, pairs

    with stores() as opened:
        found, now = opened.plane.datasources.get(datasource), opened.clock()
    document = described(found)
    made = table("stream", "read", "description", wraps=["read", "description"])
    for stream in document["streams"]:
        add(made, stream["name"], "yes" if stream["read"] else stream["reason"], stream["description"])
    show(document, facts(pairs(found, now)), made, as_json=as_json)


@app.command("pause")
def pause(datasource: DatasourceId, *, as_json: Json = False) -> None:
    """Stop reading at once; the connection and what was read are kept."""
    from ignyte_pipelines.cli.opening import stores
    from resources import revoking

    with stores() as opened:
        found = revoking.pause(opened, datasource)
    show(_document(found), f"Paused: {found.account_name} is not read any more.", as_json=as_json)


@app.command("resume")
def resume(datasource: DatasourceId, *, as_json: Json = False) -> None:
    """Read again; the next sync covers the whole gap."""
    from ignyte_pipelines.cli.opening import stores
    from resources import revoking

    with stores() as opened:
        found = revoking.resume(opened, datasource)
    show(_document(found), f"Resumed: {found.account_name} is due for a sync now.", as_json=as_json)


@app.command("reauthorize")
def reauthorize(
    datasource: DatasourceId,
    *,
    key: Annotated[str, typer.Option(metavar="-", help='For platforms with keys: "-" reads it from stdin.')] = "",
    callback_port: Annotated[int, typer.Option(help="Port of the redirect address; 0 takes a free one.")] = 0,
    as_json: Json = False,
) -> None:
    """Give access to the same account again, after the platform or a person took it back.

    The data and the cursors are where they were, so the next sync, due at once, loads the whole gap.
    """
    from dataclasses import replace

    from ignyte_pipelines.cli.connecting import join, wish_for
    from ignyte_pipelines.cli.opening import known_platform, stores
    from resources.secret import Secret

    _refuse_open_key(key)
    with stores("all") as opened:
        found = opened.plane.datasources.get(datasource)
        _require_standing(found)
        workspace, declared = opened.plane.workspaces.get(found.workspace_id), known_platform(found.platform)
        with opened.audit.act("datasource.reauthorize", f"datasource {found.id}", workspace_id=workspace.id):
            wish = wish_for(
                opened.settings,
                workspace,
                declared,
                account=found.account,
                optional=found.opted_in,
                port=callback_port,
            )
            done = join(opened, replace(wish, key=Secret(sys.stdin.readline()) if key else None))
            opened.plane.due.at_once(found.id, opened.clock())
    show(_document(done.datasources[0]), "[green]Authorized again.[/]", facts(_described(done)), as_json=as_json)
    say(f"\nNext: {command('ignyte', 'sync', workspace.name)}")


@app.command("disconnect")
def disconnect(
    datasource: DatasourceId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays in the audit log.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: Json = False,
) -> None:
    """Disconnect an account for good: nothing more is read, and the grant, the credential and the data are destroyed.

    A sync that is under way stops at its next request. The platform is asked to forget the grant where it can be; our
    copy and the keys of the data are destroyed in any case, and the metrics are calculated without it. At the end a
    process of its own looks for what is left, and certifies that nothing is. If something was in the way, type it
    again: what is done stays done.
    """
    from ignyte_pipelines.cli.leaving import documented, purged, say_proof, told
    from ignyte_pipelines.cli.opening import stores
    from resources.lifecycle import Event, require

    if not yes and not typer.confirm(f"Disconnect {datasource} and destroy what was read from it?", err=True):
        raise typer.Abort
    with stores("all") as opened:
        found = opened.plane.datasources.get(datasource)
        require(opened.plane.workspaces.get(found.workspace_id), Event.DISCONNECT, opened.clock())
        done = purged(opened, found.id, reason=reason)
        gone = opened.plane.datasources.get(found.id)
    given_back = done.steps[f"given back {gone.id}"].facts["given_back"]
    document = {**_document(gone), **documented(done), "given_back": given_back}
    show(document, *told(done, "Disconnected"), as_json=as_json)
    say_proof(done)


def _refuse_open_key(key: str) -> None:
    if key not in {"", "-"}:
        raise typer.BadParameter(
            'a key on the command line can be seen by others: use "-" and stdin', param_hint="--key"
        )


def _require_standing(found: Any) -> None:  # noqa: ANN401 -- its type would import the control plane
    from resources.control_plane.facts import Connection
    from resources.errors import Refused

    if found.connection is Connection.DISCONNECTED:
        raise Refused("it is disconnected.", to=f"datasource {found.id}", do_next="Connect the account again.")


def _document(datasource: Any) -> dict[str, Any]:  # noqa: ANN401 -- its type would import the control plane
    return fields(datasource)


def _described(done: Any) -> list[tuple[str, str]]:  # noqa: ANN401 -- as above
    proof, datasource = done.introduced.proof, done.datasources[0]
    return [
        ("datasource", datasource.id),
        ("account", f"{datasource.account_name} ({datasource.account})"),
        ("asked for", ", ".join(done.asked)),
        ("granted", ", ".join(sorted(proof.granted)) or "not listed by the platform"),
        ("least privilege", proof.grade.value),
        *(("found", finding) for finding in proof.findings),
    ]
