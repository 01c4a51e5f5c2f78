"""ignyte door: what the one way out to the network would do with a request."""

from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json, PlatformKey
from ignyte_pipelines.cli.failures import REFUSED
from ignyte_pipelines.cli.output import facts, show

app = Group(help="The door: the one way out to the network, which lets declared reads out and nothing else.")


@app.command("check")
def check(
    platform: PlatformKey,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, DELETE ...")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The whole https address.")],
    *,
    body: Annotated[str, typer.Option(metavar="TEXT", help="What the request carries, as text.")] = "",
    header: Annotated[
        list[str] | None, typer.Option(metavar="K:V", help="One header; may be given several times.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what the door would do with a request, without sending it. Exit code 0: let out, 3: refused."""
    from ignyte_pipelines.cli.opening import known_platform
    from resources.door import decide

    found = known_platform(platform)
    decision = decide(found, method, url, headers=_headers(header or []), body=body.encode())
    operation = decision.operation
    document = {
        "platform": found.key,
        "request": decision.to,
        "allowed": decision.allowed,
        "operation": operation.name if operation else None,
        "purpose": operation.purpose.value if operation else None,
        "reason": decision.reason,
    }
    verdict = "[green]let out[/]" if decision.allowed else "[bold red]refused[/]"
    pairs = [("request", decision.to), ("operation", operation.name if operation else "none")]
    show(document, verdict, facts([*pairs, ("reason", decision.reason)]), as_json=as_json)
    if not decision.allowed:
        raise typer.Exit(REFUSED)


def _headers(given: list[str]) -> dict[str, str]:
    headers = {}
    for line in given:
        name, colon, text = line.partition(":")
        if not (colon and name.strip()):
            raise typer.BadParameter("a header is NAME:VALUE", param_hint="--header")
        headers[name.strip()] = text.strip()
    return headers
