"""ignyte keys: the master keys, the data keys under them, their rotation and their end."""

from typing import Annotated, Literal

import typer

from ignyte_pipelines.cli.command import Group, Json

app = Group(help="Keys: two master keys, and under them one key for each encrypted file and each credential.")
Master = Literal["credentials", "data"]


@app.command("list")
def list_(
    workspace: Annotated[str | None, typer.Argument(metavar="[WORKSPACE]", help="Only this one's.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Those that were destroyed, too.")] = False,
    as_json: Json = False,
) -> None:
    """List the master keys and the data keys. No key itself is ever shown."""
    from ignyte_pipelines.cli.keyring import data_keys, masters
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, fields, show, table

    with stores("all") as opened:
        top, below = masters(opened), data_keys(opened, workspace, destroyed=all_)
    above = table("master", "wraps with", "versions", "data keys under it", right=["versions", "data keys under it"])
    for each in top:
        add(above, each.purpose, each.name, str(each.versions), str(each.wraps))
    made = table("key", "opens", "generation", "made", "destroyed", right=["generation"], wraps=["opens"])
    for one in below:
        gone = f"{one.destroyed_at:%Y-%m-%d %H:%M}" if one.destroyed_at else "-"
        add(made, one.id, one.opens, str(one.generation), f"{one.created_at:%Y-%m-%d %H:%M}", gone)
    document = {"masters": [fields(each) for each in top], "data_keys": [fields(each) for each in below]}
    show(document, above, "", made if below else "No data keys yet.", as_json=as_json)


@app.command("rotate")
def rotate(
    target: Annotated[
        str | None, typer.Argument(metavar="[WORKSPACE|DATASOURCE]", help="Whose files get new keys.")
    ] = None,
    *,
    master: Annotated[Master | None, typer.Option(help="Rotate this master key instead.")] = None,
    as_json: Json = False,
) -> None:
    """Rotate a master key, or the keys of a workspace's or a datasource's files.

    A master key gets a new version, every key under it is wrapped anew while work goes on, and the old version is
    destroyed. A file's key is rotated by writing the file anew; the old file and its key are destroyed.
    """
    if (target is None) == (master is None):
        raise typer.BadParameter("name a workspace or datasource, or a master key with --master")
    from ignyte_pipelines.cli.keyring import rotate_files, rotate_master
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import facts, fields, say, show

    with stores("all") as opened:
        if master:
            done = rotate_master(opened, master)
            told = [("master", master), ("wraps with", done.name), ("wrapped anew", f"{done.rewrapped} keys")]
            told.append(("old versions destroyed", str(done.retired)))
            show(fields(done), "[green]Rotated.[/]", facts([*told]), as_json=as_json)
            return
        rotated = rotate_files(opened, target or "", say)
    told = [(each.datasource, f"generation {each.generation}, {each.rows:,} rows") for each in rotated.sources]
    told.append(("metrics", "built anew" if rotated.rebuilt else "none to build"))
    document = {"sources": [fields(each) for each in rotated.sources], "rebuilt": rotated.rebuilt}
    show(document, "[green]Rotated.[/]", facts([*told]), as_json=as_json)


@app.command("destroy")
def destroy(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as in `ignyte keys list`.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays in the audit log.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: Json = False,
) -> None:
    """Destroy one data key, at once and for good. Its file can never be opened again, and neither can any copy of it.

    A datasource loads its whole history anew at its next sync. A workspace's metrics are built anew by the next build.
    """
    from ignyte_pipelines.cli.keyring import destroy_key
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show

    if not yes and not typer.confirm(f"Destroy {key}? Nothing brings it back.", err=True):
        raise typer.Abort
    with stores("all") as opened:
        gone = destroy_key(opened, key, reason)
    show(gone, f"[green]Destroyed.[/] Unlinked: {', '.join(gone['files']) or 'no file'}.", as_json=as_json)
