"""How often one request may be sent again, and after how long."""

from resources.door.calls import Call
from resources.door.limits import Limits
from resources.errors import TryLater
from resources.operations import Purpose


class Tries:
    """The state of one request's attempts."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._made = 1
        self._hops = 0
        self.refreshed = False

    def may_follow(self) -> bool:
        self._hops += 1
        return self._hops <= self._limits.redirects

    def delay(self, problem: TryLater, call: Call, chance: float) -> float | None:
        """Seconds to wait before the next try; None where there is none. `chance` is in [0, 1)."""
        self._made += 1
        # the platform may have used up a code or a refresh token before the line failed
        used_up = call.operation.purpose is Purpose.AUTHORIZE and problem.after is None
        backoff = self._limits.backoff_seconds * 2 ** (self._made - 2) * (0.5 + chance / 2)
        delay = backoff if problem.after is None else problem.after
        if used_up or self._made > self._limits.tries or delay > self._limits.longest_wait:
            return None
        return delay
