"""ignyte security-pack: what a reviewer asks for, printed from the running system."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Json


def security_pack(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder that is not there yet.")],
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="WORKSPACE", help="Whose; the only one if left out.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the package index for advisories.")] = False,
    as_json: Json = False,
) -> None:
    """Print the security pack: scopes, door, encryption, retention, record of processing, DPA, questionnaire, SBOM.

    Each statement names the test or check behind it. If one does not hold, nothing is printed.
    """
    from ignyte_pipelines.cli.opening import stores, the_workspace
    from ignyte_pipelines.cli.output import counted, say, show
    from ignyte_pipelines.desk.pack import build_pack

    with stores("all") as opened:
        named = the_workspace(opened, workspace)
        pack = build_pack(opened, named, out, ask_advisories=not offline, tell=lambda words: say(f"[dim]{words}[/]"))
    document = {"folder": str(pack.folder), "files": list(pack.files), "statements": pack.statements}
    words = f"{counted(len(pack.files), 'file')} in {out}; {counted(pack.statements, 'statement')} with evidence."
    show(document, words, f"Open {out / 'index.html'}", as_json=as_json)
