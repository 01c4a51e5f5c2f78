"""ignyte ui: Dagster's own pages on this home."""

from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Json
from ignyte_pipelines.cli.output import say, show


def ui(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="On loopback.")] = 3000,
    as_json: Json = False,
) -> None:
    """Open Dagster on this home: its web pages, and the daemon that starts syncs when they are due. Ctrl-C stops all.

    In a sandbox home the sandbox is started as well.
    """
    from contextlib import nullcontext
    from datetime import UTC, datetime

    from ignyte_pipelines.certificate import certificate
    from ignyte_pipelines.cli.opening import settings
    from ignyte_pipelines.cli.sandbox_process import ended_on_terminate, sandbox_up
    from ignyte_pipelines.serving import serve

    home = settings()
    shown = certificate(home.home, datetime.now(UTC))
    facts = {"fingerprint": shown.fingerprint, "authority": str(shown.authority)}
    address = f"https://127.0.0.1:{port}"
    with ended_on_terminate(), sandbox_up(home) if home.sandbox else nullcontext():
        show({"address": address, "home": str(home.home), **facts}, f"Dagster: [bold]{address}[/]", as_json=as_json)
        say(f"The browser warns of a certificate that this machine made itself. Its SHA-256: {shown.fingerprint}")
        say("[dim]It takes some seconds to come up. Ctrl-C stops everything.[/]")
        serve(port, home)
