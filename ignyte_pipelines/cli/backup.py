"""ignyte backup: encrypted copies of a workspace elsewhere, and the way back without whoever was erased since."""

from typing import TYPE_CHECKING, Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName

if TYPE_CHECKING:
    from rich.table import Table

    from resources.backups.fates import Came

app = Group(help="Backups: ciphertext at one place, its keys at another; a destroyed key ends every backup of it.")
BackupId = Annotated[str, typer.Argument(metavar="ID", help="A backup's id, as in `ignyte backup list`.")]


@app.command("create")
def create(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """Back up a workspace: the encrypted files as they lie, and sealed beside them all that is needed to put them back.

    Grants are never backed up: after a lost disk each account is authorized again. With a local master key, keep the
    folder keys/data of IGNYTE_HOME in a safe place of its own: without it no backup can be opened.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import command, facts, fields, say, show, size
    from resources import backups

    with stores() as opened:
        made = backups.create(opened, opened.plane.workspaces.get(workspace), tell=say)
    told = [
        ("backup", made.id),
        ("lies at", made.place),
        ("holds", f"{made.files} files, {size(made.bytes)}"),
        ("kept until", f"{made.expires_at:%Y-%m-%d}"),
    ]
    again = f"Look at it: {command('ignyte', 'backup', 'verify', made.id)}"
    show(fields(made), "[green]Backed up.[/]", facts([*told]), again, as_json=as_json)


@app.command("list")
def list_(
    workspace: Annotated[str | None, typer.Argument(metavar="[WORKSPACE]", help="Only this one's.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: Json = False,
) -> None:
    """List the backups, and those at the target that this home does not know, as after a lost disk."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, ago, fields, show, size, table
    from resources.backups.manifest import heads
    from resources.control_plane.privacy_facts import BackupState

    with stores() as opened:
        chosen = opened.plane.workspaces.get(workspace).id if workspace else None
        known = opened.plane.backups.all(chosen)
        ids, now = {each.id for each in opened.plane.backups.all()}, opened.clock()
        unknown = [] if chosen else [each for each in heads(opened.keeper.target) if each.backup_id not in ids]
    shown = [each for each in known if all_ or each.state is not BackupState.EXPIRED]
    names = ("backup", "workspace", "state", "made", "kept until", "files", "size", "looked at")
    made = table(*names, right=["files", "size"])
    for each in shown:
        until = f"{each.expires_at:%Y-%m-%d}"
        what = (each.id, each.workspace_id, each.state.value, ago(each.created_at, now), until)
        add(made, *what, str(each.files), size(each.bytes), ago(each.verified_at, now))
    for head in unknown:
        until = f"{head.expires_at:%Y-%m-%d}"
        what = (head.backup_id, head.workspace_id, "not known here", ago(head.created_at, now), until)
        add(made, *what, "-", "-", "-")
    document = {"backups": [fields(each) for each in shown], "unknown": [fields(head) for head in unknown]}
    show(document, made if shown or unknown else "No backups.", as_json=as_json)


@app.command("verify")
def verify(backup: BackupId, *, as_json: Json = False) -> None:
    """Read all of a backup, compare it with what was written, and open each file whose key lives.

    A file whose key was destroyed, by an erasure or a rotation, can't be opened and is not meant to be.
    """
    from ignyte_pipelines.cli.failures import FAILED
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, fields, say, show, size, table
    from resources import backups

    with stores() as opened:
        found = backups.verify(opened, backup, tell=say)
    made = table("file", "size", "rows", "found", right=["size", "rows"], wraps=["found"])
    for each in found.files:
        words = each.problem or ("as it was written" if each.rows is not None else "its key is destroyed")
        rows = "-" if each.rows is None else f"{each.rows:,}"
        add(made, each.file.datasource_id or "metrics", size(each.file.size or 0), rows, words)
    files = [{"file": each.file.id, "rows": each.rows, "problem": each.problem} for each in found.files]
    words = "[green]It holds.[/]" if found.holds else "[red]It is damaged.[/]"
    document = {**fields(found, "backup_id", "workspace_id"), "holds": found.holds, "files": files}
    show(document, words, made, as_json=as_json)
    if not found.holds:
        raise typer.Exit(FAILED)


@app.command("restore")
def restore(
    backup: BackupId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Replace newer files too.")] = False,
    as_json: Json = False,
) -> None:
    """Restore a backup: after a damaged file, a lost disk, or into a home whose control plane is lost or old.

    Everything is compared before anything is replaced. Whatever was destroyed since is destroyed again before anyone
    can open what came back: keys, datasources, people. Metrics are then calculated from what is there.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import facts, fields, say, show
    from resources import backups

    with stores("all") as opened:
        done = backups.restore(opened, backup, over_newer=yes, tell=say)
    told = [
        ("workspace", done.workspace_id),
        ("erased since", f"{done.tombstones} names replayed, {done.rows} rows left out"),
        ("keys destroyed again", str(done.keys)),
    ]
    document = {**fields(done), "files": [fields(each) for each in done.files]}
    show(document, "[green]Restored.[/]", _fates(done.files), facts([*told]), as_json=as_json)


@app.command("expire")
def expire(*, as_json: Json = False) -> None:
    """End the backups whose time is over: the key first, by which they are dead, then every object of them."""
    from ignyte_pipelines import acting
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import counted, say, show

    with stores() as opened:
        ended = acting.expire(opened, tell=say).backups
    show({"ended": list(ended)}, f"{counted(len(ended), 'backup')} ended.", as_json=as_json)


@app.command("drill")
def drill(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """Restore the newest backup into a scratch home, as if this one were lost, read all of it, and throw it away.

    The result is in the audit log; nothing of this home or of the backup is changed.
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import facts, fields, say, show
    from resources.backups.drilling import drill as drilled

    with stores() as opened:
        done = drilled(opened, opened.plane.workspaces.get(workspace), tell=say)
    told = [
        ("backup", f"{done.backup_id}, made {done.made_at:%Y-%m-%d %H:%M}"),
        ("sources", f"{done.sources} opened, {done.source_rows:,} rows read"),
        ("metrics", f"{done.metrics_rows:,} rows read"),
        ("erased since", f"{done.tombstones} names replayed"),
        ("took", f"{done.seconds} seconds"),
    ]
    document = {**fields(done), "files": [fields(each) for each in done.files]}
    show(document, "[green]It comes back.[/]", _fates(done.files), facts([*told]), as_json=as_json)


def _fates(files: "tuple[Came, ...]") -> "Table":
    from ignyte_pipelines.cli.output import add, table

    made = table("file", "datasource", "what became of it")
    for each in files:
        add(made, each.platform, each.datasource_id, each.fate.value)
    return made
