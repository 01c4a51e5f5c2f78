"""What a check found out."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One guarantee: whether it holds, what was seen, and how. A "note" is worth knowing and breaks nothing."""

    guarantee: str
    verdict: Literal["holds", "broken", "note"]
    found: str
    how: str


def found(guarantee: str, *, holds: bool, what: str, how: str) -> Finding:
    return Finding(guarantee=guarantee, verdict="holds" if holds else "broken", found=what, how=how)
