"""How a failure is told: one sentence on stderr (and one document with --json), and an exit code."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

from ignyte_pipelines.cli.output import errors, print_json
from resources.errors import Problem, Refused

FAILED: Final = 1
REFUSED: Final = 3
_ROOT: Final = Path(__file__).resolve().parents[2]


def tell(problem: Problem, *, as_json: bool) -> int:
    """Shows a problem; returns the exit code of its kind."""
    kind, trouble = type(problem).__name__, problem.trouble
    if as_json:
        words = {"kind": kind, "what": trouble.what, "to": trouble.to, "do_next": trouble.do_next}
        print_json({"error": words})
    refused = isinstance(problem, Refused)
    label = "Refused" if refused else "Failed"
    errors().print(f"[bold red]{label}[/] ", end="")
    errors().print(f"{trouble.to}: {trouble.what}", markup=False, soft_wrap=True)
    errors().print(f"{' ' * len(label)} {trouble.do_next}", markup=False, soft_wrap=True)
    return REFUSED if refused else FAILED


def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Stands in for Python's own report, whose values may be secrets or someone's data."""
    if isinstance(error, Problem):
        tell(error, as_json="--json" in sys.argv)
        return
    where = _where(trace)
    if "--json" in sys.argv:
        words = {"kind": kind.__name__, "what": "unexpected", "to": where, "do_next": "This is a bug: report it."}
        print_json({"error": words})
    errors().print(
        f"Unexpected {kind.__name__} at {where}. This is a bug: please report this line.", markup=False, soft_wrap=True
    )


def _where(trace: TracebackType | None) -> str:
    """The innermost line of our own code that was reached, without a value."""
    ours = [frame for frame in traceback.extract_tb(trace) if Path(frame.filename).is_relative_to(_ROOT)]
    inside = [frame for frame in ours if "site-packages" not in frame.filename]
    if not inside:
        return "the command line"
    return f"{Path(inside[-1].filename).relative_to(_ROOT)}:{inside[-1].lineno}"
