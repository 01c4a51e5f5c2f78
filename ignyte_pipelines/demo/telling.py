"""What the demonstration shows at its end."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ignyte_pipelines.cli.catalogue import panel
from ignyte_pipelines.cli.output import counted, facts, size, table, value
from ignyte_pipelines.cli.running import documented as documented_run
from ignyte_pipelines.demo.story import DAYS, Shown

_WIDTH: Final = 24
_BLOCKS: Final = " ▏▎▍▌▋▊▉█"
_FIGURES: Final = ("net sales", "orders", "ad spend", "MER")


def documented(shown: Shown) -> dict[str, Any]:
    """The end of the story as a document."""
    return {
        "home": shown.home,
        "workspace": {"id": shown.workspace.id, "name": shown.workspace.name},
        "run": documented_run(shown.ran),
        "metrics": list(shown.recent),
        "metric": shown.metric.document() if shown.metric else None,
        "proven": {
            "files_encrypted": len(shown.files.encrypted),
            "files_plain": len(shown.files.plain),
            "requests": sum(report.requests for _, report in shown.ran.watch.landed),
            "refused": sum(report.refusals for _, report in shown.ran.watch.landed),
            "writes_seen": shown.writes_seen,
            "scratch_wiped": shown.scratch_wiped,
        },
        "seconds": round(shown.seconds, 1),
    }


def told(shown: Shown) -> list[RenderableType]:
    """The end of the story for a person."""
    parts: list[RenderableType] = []
    if shown.recent:
        parts += [_figures(shown.recent), ""]
    if shown.metric:
        parts += ["[bold]What one of them means[/]", panel(shown.metric, "just now"), ""]
    return [*parts, "[bold]Proven on the way[/]", facts(_proven(shown)), "", "[bold]Next[/]", facts(_next(shown))]


def _figures(recent: Sequence[dict[str, Any]]) -> Table:
    currency = recent[-1]["currency"]
    made = table("day", *_FIGURES, "net sales by day", title=f"The last {DAYS} days, in {currency}", right=_FIGURES)
    most = max(float(row["net_sales"]) for row in recent)
    for row in recent:
        cells = [value(row[name]) for name in ("net_sales", "orders", "ad_spend", "mer")]
        made.add_row(f"{row['day']:%a %d %b}", *cells, Text(bar(float(row["net_sales"]), most), style="cyan"))
    return made


def bar(amount: float, most: float, width: int = _WIDTH) -> str:
    """A bar of block characters, an eighth of a character fine; `most` fills the width, nothing and less is empty."""
    eighths = round(max(amount, 0) / most * width * 8) if most > 0 else 0
    whole, part = divmod(eighths, 8)
    return "█" * whole + (_BLOCKS[part] if part else "")


def _proven(shown: Shown) -> list[tuple[str, str]]:
    reports = [report for _, report in shown.ran.watch.landed]
    encrypted, plain = len(shown.files.encrypted), len(shown.files.plain)
    rows = sum(sum(report.rows.values()) for report in reports)
    requests, refused = sum(r.requests for r in reports), sum(r.refusals for r in reports)
    wiped = "wiped" if shown.scratch_wiped else "STILL THERE"
    return [
        ("encryption", f"{encrypted} of {counted(encrypted + plain, 'data file')} encrypted, by their own headers"),
        ("the door", f"{counted(requests, 'request')} let out, {refused} refused"),
        ("read-only", f"{counted(shown.writes_seen, 'write')} seen by the platforms"),
        ("read", f"{rows:,} rows, {size(sum(r.bytes for r in reports))}"),
        ("scratch", wiped),
        ("took", f"{shown.seconds:.0f} seconds"),
    ]


def _next(shown: Shown) -> list[tuple[str, str]]:
    name, me = shown.workspace.name, _called()
    return [
        (f"{me} ui", "Dagster: the asset graph, runs and checks of this workspace (or: make ui)"),
        (f"{me} status", "how each datasource stands"),
        (f'{me} query {name} "SHOW TABLES"', "ask the metrics in SQL"),
        (f"{me} metrics list", "what each metric means"),
        (f"{me} doctor", "each guarantee, checked now"),
        (f"{me} sandbox serve", f"the pretend platforms again, for {me} sync {name}"),
    ]


def _called() -> str:
    """The program as it can be typed here: by its name where the shell finds it, by its path otherwise."""
    program = Path(sys.argv[0])
    found = shutil.which("ignyte")
    if program.name != "ignyte" or (found and Path(found).samefile(program)):
        return "ignyte"
    return os.path.relpath(program)
