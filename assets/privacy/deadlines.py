"""How much time is left for people's requests: counts for whoever watches, without a word of who they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from assets.privacy.requests import WATCHED
from resources.control_plane.privacy_facts import Request
from resources.control_plane.requests import OPEN

OVERDUE: Final = "overdue"


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """The open requests of a workspace. `within` has per number of days those due by then, the overdue left out."""

    open: int
    overdue: int
    within: dict[int, int]
    next_due: datetime | None

    @property
    def in_time(self) -> bool:
        """Whether nobody has to be told anything."""
        return not self.overdue and not any(self.within.values())

    @property
    def figures(self) -> dict[str, Any]:
        soon = {f"due_within_{days}_days": number for days, number in self.within.items()}
        due = {"next_due": f"{self.next_due:%Y-%m-%d %H:%M} UTC"} if self.next_due else {}
        return {"open": self.open, OVERDUE: self.overdue, **soon, **due}


def look(requests: Iterable[Request], now: datetime) -> Deadlines:
    """What there is to say at this moment."""
    waiting = [each for each in requests if each.state in OPEN]
    left = [each.due_at - now for each in waiting]
    return Deadlines(
        open=len(waiting),
        overdue=sum(rest < timedelta(0) for rest in left),
        within={each.days: sum(timedelta(0) <= rest <= each for rest in left) for each in WATCHED},
        next_due=min((each.due_at for each in waiting), default=None),
    )


def level(request: Request, now: datetime) -> str:
    """How urgent it is, as the shortest of the watched spans that it is in; empty if in none."""
    left = request.due_at - now
    if left < timedelta(0):
        return OVERDUE
    spans = [each.days for each in WATCHED if left <= each]
    return str(min(spans)) if spans else ""
