"""ignyte webhooks: the receiver of platforms' privacy events."""

from pathlib import Path
from typing import Annotated

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.output import say, show

app = Group(help="What platforms send by themselves: requests of customers, uninstallations, deauthorizations.")


@app.command("serve")
def serve(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8443,
    host: Annotated[str, typer.Option(help="The address to listen on; behind a proxy leave it.")] = "127.0.0.1",
    public: Annotated[str, typer.Option(help="Where platforms reach it, such as https://hooks.example.com.")] = "",
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", exists=True, dir_okay=False, help="PEM: private key and certificates."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Receive privacy events over HTTPS until Ctrl-C: Shopify's four topics, Meta's two callbacks.

    An event counts if its seal is right, and is written down as a request; Dagster answers it.
    """
    from datetime import UTC, datetime

    import uvicorn

    from ignyte_pipelines import certificate as certificates
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.speaking import speaking
    from ignyte_pipelines.webhooks.receiver import Receiver

    with stores() as opened:
        home = opened.settings.home
        shown = certificates.given(certificate) if certificate else certificates.certificate(home, datetime.now(UTC))
        address = public or f"https://{host}:{port}"
        facts = {
            "address": address,
            "shopify": f"{address}/webhooks/shopify",
            "meta_deauthorize": f"{address}/webhooks/meta/deauthorize",
            "meta_data_deletion": f"{address}/webhooks/meta/data-deletion",
            "fingerprint": shown.fingerprint,
        }
        show(facts, *(f"{name.replace('_', ' ')}: [bold]{where}[/]" for name, where in facts.items()), as_json=as_json)
        say("[dim]Ctrl-C stops it.[/]")
        uvicorn.Server(speaking(Receiver(opened, address).app, host, port, shown)).run()
