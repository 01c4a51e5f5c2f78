"""Holding a lease: waiting for it, renewing it, giving it back."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Lease, LeaseMode
from resources.errors import Refused, TryLater

_LASTS: Final = timedelta(minutes=10)
_PATIENCE: Final = timedelta(minutes=5)
_PAUSE: Final = 0.1


class Held:
    """A lease for as long as it is renewed."""

    def __init__(self, plane: ControlPlane, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._plane = plane
        self._clock = clock
        self.lease = lease

    def renewed(self) -> bool:
        """Prolongs the lease; False once it was lost, after which nothing may be written."""
        fresh = self._plane.leases.renew(self.lease, self._clock(), _LASTS)
        self.lease = fresh or self.lease
        return fresh is not None

    def check(self) -> None:
        """Raises Refused once the lease was lost."""
        if not self.renewed():
            raise Refused("another process took over.", to=self.lease.name, do_next="Nothing was written; run again.")


@contextmanager
def held(
    plane: ControlPlane,
    name: str,
    mode: LeaseMode,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Held]:
    """Waits its turn for the named lease and gives it back at the end.

    Raises:
        TryLater: others held it for five minutes.
    """
    owner, until = f"process {os.getpid()}", clock() + _PATIENCE
    while (lease := plane.leases.acquire(name, mode, owner, clock(), _LASTS)) is None:
        if clock() > until:
            raise TryLater("others are still at work on it.", to=name)
        sleep(_PAUSE)
    holding = Held(plane, lease, clock)
    try:
        yield holding
    finally:
        plane.leases.release(holding.lease)
