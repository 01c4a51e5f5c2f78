"""ignyte sandbox: pretend platforms on this machine, over real HTTPS."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from ignyte_pipelines.cli.command import Group, Json
from ignyte_pipelines.cli.output import add, facts, say, show, table

app = Group(help="Pretend platforms on this machine, over real HTTPS, with one synthetic brand in all of them.")
Scale = Annotated[
    Literal["small", "medium", "large"],
    typer.Option(help="small: 90 days, about 2,500 orders; medium: a year, about 22,000; large: 120,000 orders."),
]
_SHOWN = 20


@app.command("serve")
def serve(
    *,
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    scale: Scale = "small",
    seed: Annotated[int, typer.Option(help="The same seed makes the same brand.")] = 7,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The brand's last day.")] = None,
    as_json: Json = False,
) -> None:
    """Serve the pretend platforms until Ctrl-C. This home then reads from them and from nothing else."""
    from ignyte_pipelines.cli.opening import settings
    from ignyte_pipelines.cli.sandbox_process import sandbox_up

    home = settings()
    options = ["--port", str(port), "--scale", scale, "--seed", str(seed)]
    options += ["--today", today.date().isoformat()] if today else []
    with sandbox_up(home, *options) as child:
        pretend = home.sandbox
        address, authority = (pretend.address, str(pretend.ca)) if pretend else ("", "")
        document = {"address": address, "ca": authority, "file": str(home.sandbox_file), "started": child is not None}
        pairs = [("address", address), ("authority", authority), ("described in", str(home.sandbox_file))]
        show(document, "The sandbox is up." if child else "A sandbox is up already.", facts(pairs), as_json=as_json)
        if child:
            say("[dim]Ctrl-C stops it.[/]")
            child.wait()


@app.command("people")
def people(
    *,
    everyone: Annotated[bool, typer.Option("--all", help=f"Not just the first {_SHOWN}.")] = False,
    as_json: Json = False,
) -> None:
    """List the synthetic people: e-mails, ids at each platform, and what they truly ordered."""
    from ignyte_pipelines.cli.opening import settings
    from ignyte_pipelines.cli.sandbox_line import ask

    found = ask(settings(), "GET", "/people")["people"]
    shown = table("e-mail", "shopify id", "stripe id", "orders", "canary", right=["orders"], wraps=["e-mail"])
    for person in found if everyone else found[:_SHOWN]:
        cells = [person[name] or "-" for name in ("email", "shopify_id", "stripe_id")]
        add(shown, *cells, str(person["orders_by_email"]), person["canary"])
    hidden = 0 if everyone else max(len(found) - _SHOWN, 0)
    rest = f"{hidden} more: see --all or --json." if hidden else ""
    show({"people": found}, shown, rest, as_json=as_json)


@app.command("fault")
def fault(
    platform: Annotated[str, typer.Argument(metavar="[PLATFORM]", help="Whose replies go wrong.")] = "",
    kind: Annotated[str, typer.Argument(metavar="[KIND]", help="throttle, server_error, cut_body, revoked ...")] = "",
    *,
    times: Annotated[int, typer.Option(min=0, help="How often it strikes; 0: always.")] = 1,
    after: Annotated[int, typer.Option(min=0, help="How many matching requests pass before.")] = 0,
    path: Annotated[str, typer.Option(metavar="REGEX", help="Only requests whose path it is found in.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Forget all faults.")] = False,
    as_json: Json = False,
) -> None:
    """Ask the running sandbox for a fault, or list those that are due when no platform is named."""
    from ignyte_pipelines.cli.opening import settings
    from ignyte_pipelines.cli.sandbox_line import ask

    home = settings()
    if clear:
        ask(home, "DELETE", "/faults")
    elif platform and not kind:
        raise typer.BadParameter("say which kind of fault", param_hint="KIND")
    elif platform:
        wanted = {"platform": platform, "kind": kind, "times": times, "after": after, "path": path}
        ask(home, "POST", "/faults", wanted)
    due = ask(home, "GET", "/faults")["faults"]
    shown = table("platform", "kind", "times", "after", "path", right=["times", "after"], wraps=["path"])
    for each in due:
        add(shown, *(str(each[name]) for name in ("platform", "kind", "times", "after", "path")))
    show({"faults": due}, shown if due else "No fault is due.", as_json=as_json)
