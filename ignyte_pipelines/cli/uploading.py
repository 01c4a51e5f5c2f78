"""What the uploads have in common: the summary a person confirms, and the files that were taken."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from ignyte_pipelines.cli.failures import REFUSED
from ignyte_pipelines.cli.output import add, ago, counted, fields, say, show, table
from ignyte_pipelines.uploads.checking import Summary
from resources.control_plane.facts import Workspace
from resources.control_plane.inputs import Cost, Rate, Upload, UploadKind
from resources.stores import Stores

AcceptValid = Annotated[
    bool, typer.Option("--accept-valid", help="Take the rows without a fault, leave out the others.")
]
CheckOnly = Annotated[bool, typer.Option("--check", help="Only check; take nothing.")]
_SHOWN: Final = 50


def take(
    stores: Stores,
    workspace: Workspace,
    kind: UploadKind,
    summary: Summary[Cost] | Summary[Rate],
    *,
    accept_valid: bool,
    check_only: bool,
    as_json: bool,
) -> None:
    """Shows the summary and takes the rows: all of them, or with `accept_valid` those without a fault.

    Raises:
        typer.Exit: with code 3 if there are faults and they were not accepted; nothing was taken.
    """
    wanted = bool(summary.rows) and not check_only and (accept_valid or not summary.findings)
    upload = None
    if wanted:
        upload = _taken(stores, workspace, kind, summary)
    show(_document(summary, upload), *_shown(summary), _verdict(summary, upload), as_json=as_json)
    if upload:
        say(f"The next build counts with it: `ignyte sync {workspace.name}`, or wait for the scheduled one.")
    elif summary.findings and not check_only:
        raise typer.Exit(REFUSED)


def _taken(stores: Stores, workspace: Workspace, kind: UploadKind, summary: Summary[Cost] | Summary[Rate]) -> Upload:
    with stores.audit.act(
        f"{kind}.upload",
        f"workspace {workspace.id}",
        workspace_id=workspace.id,
        details={"sha256": summary.file.sha256, "left_out": len(summary.findings)},
    ) as act:
        upload = stores.plane.inputs.add(
            workspace.id,
            kind,
            summary.rows,
            file_name=summary.file.name,
            sha256=summary.file.sha256,
            rows_left_out=len(summary.findings),
            uploaded_by=stores.audit.me.name,
            now=stores.clock(),
        )
        act.found(upload=upload.id, rows=upload.rows)
        return upload


def take_back(stores: Stores, workspace: Workspace, kind: UploadKind, upload_id: str) -> Upload:
    """Withdraws an upload with all its rows.

    Raises:
        Refused: the workspace has no such upload of this kind.
    """
    with stores.audit.act(f"{kind}.withdraw", f"upload {upload_id}", workspace_id=workspace.id) as act:
        gone = stores.plane.inputs.withdraw(workspace.id, upload_id, kind)
        act.found(rows=gone.rows)
        return gone


def _document(summary: Summary[Any], upload: Upload | None) -> dict[str, Any]:
    return {
        "file": summary.file.name,
        "rows": len(summary.file.lines),
        "valid": len(summary.rows),
        "in_force_already": summary.known,
        "faults": summary.kinds,
        "findings": [fields(each) for each in summary.findings],
        "upload": fields(upload) if upload else None,
    }


def _shown(summary: Summary[Any]) -> list[Any]:
    if not summary.findings:
        return []
    made = table("line", "fault", "what", title=summary.file.name, right=["line"], wraps=["what"])
    for each in summary.findings[:_SHOWN]:
        add(made, str(each.line), each.kind, each.what)
    more = len(summary.findings) - _SHOWN
    return [made, f"[dim]and {more:,} more; --json lists all[/]" if more > 0 else "", ""]


def _verdict(summary: Summary[Any], upload: Upload | None) -> str:
    words = [f"{counted(len(summary.file.lines), 'row')}: {len(summary.rows):,} can be taken"]
    words += [f"{count:,} {kind}" for kind, count in summary.kinds.items()]
    words += [f"{summary.known:,} in force already"] if summary.known else []
    sentence = ", ".join(words) + "."
    if upload:
        return f"{sentence}\n[green]{counted(upload.rows, 'row')} taken[/] as upload {upload.id}."
    do_next = " Correct the file, or take the others with --accept-valid." if summary.findings and summary.rows else ""
    return f"{sentence}\n[yellow]Nothing was taken.[/]{do_next}"


def list_uploads(uploads: Sequence[Upload], *, now: Any) -> Any:  # noqa: ANN401 -- rich's own
    """The files that were taken, as a table."""
    made = table("upload", "file", "rows", "left out", "by", "when", right=["rows", "left out"], wraps=["file", "when"])
    for each in uploads:
        add(
            made,
            each.id,
            each.file_name,
            f"{each.rows:,}",
            f"{each.rows_left_out:,}",
            each.uploaded_by,
            ago(each.uploaded_at, now),
        )
    return made
