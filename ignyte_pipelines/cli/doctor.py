"""ignyte doctor: each guarantee, checked now."""

import typer
from rich.text import Text

from ignyte_pipelines.cli.command import Json
from ignyte_pipelines.cli.failures import FAILED
from ignyte_pipelines.cli.output import add, fields, show, table

_MARKS = {"holds": Text("✓", "green"), "broken": Text("✗", "bold red"), "note": Text("!", "yellow")}


def doctor(*, as_json: Json = False) -> None:
    """Check every guarantee of this home and say how each was checked. Exit code 1 if one does not hold."""
    from ignyte_pipelines.cli.guarantees import examine
    from ignyte_pipelines.cli.opening import stores

    with stores("all") as opened:
        findings = examine(opened)
    broken = [each for each in findings if each.verdict == "broken"]
    made = table("", "guarantee", "found", "how it was checked", wraps=["guarantee", "found", "how it was checked"])
    for each in findings:
        add(made, _MARKS[each.verdict], each.guarantee, each.found, Text(each.how, "dim"))
    word = f"[bold red]{len(broken)} of {len(findings)} do not hold.[/]" if broken else "[green]All hold.[/]"
    show({"ok": not broken, "guarantees": [fields(each) for each in findings]}, made, word, as_json=as_json)
    if broken:
        raise typer.Exit(FAILED)
