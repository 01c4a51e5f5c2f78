"""What Dagster may be told of a failure: it keeps every text it sees, so it sees no value and no secret."""

import traceback
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import dagster as dg

from resources.door.redaction import redact
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater

_ROOT: Final = Path(__file__).resolve().parents[1]
_KINDS: Final = {
    TryLater: "try later",
    AskAgain: "ask for access again",
    Refused: "refused by a rule",
    Stop: "stopped",
}


def told(problem: Problem) -> dg.Failure:
    """The failure that stands for a problem; its kind is in the metadata under `what_to_do`."""
    kind = next((words for each, words in _KINDS.items() if isinstance(problem, each)), "stopped")
    text = redact(str(problem))
    return dg.Failure(
        description=f"{kind}: {text}",
        metadata={"what_to_do": kind, "do_next": redact(problem.trouble.do_next)},
        allow_retries=False,
    )


def unforeseen(error: BaseException) -> dg.Failure:
    """The failure that stands for anything else: its type and place only, since its text may quote a row."""
    where = place_of(error)
    return dg.Failure(
        description=f"unexpected {type(error).__name__} at {where}; its text is withheld, since it may hold data.",
        metadata={"what_to_do": "report this", "where": where},
        allow_retries=False,
    )


def place_of(error: BaseException) -> str:
    """File and line of our innermost frame, as `assets/raw.py:12`."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _ours(Path(frame.filename))]
    return f"{Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}" if frames else "an unknown place"


def _ours(file: Path) -> bool:
    return file.is_relative_to(_ROOT) and "site-packages" not in file.parts


class Guarded:
    """A block whose exceptions reach Dagster only as the failures above; what stops a process goes through as it is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, dg.Failure) or not isinstance(error, Exception):
            return
        failure = told(error) if isinstance(error, Problem) else unforeseen(error)
        # without "from None" Dagster would store the original as its context
        raise failure from None
