"""Holding a lease: waiting for it, keeping it alive, giving it back."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Lease, LeaseMode
from resources.errors import Refused, TryLater

_LASTS: Final = timedelta(minutes=1)
_BEAT: Final = 15.0
_PATIENCE: Final = timedelta(minutes=5)
_PAUSE: Final = 0.1


class Held:
    """A lease for as long as it is renewed; a thread does so until `let_go`."""

    def __init__(self, plane: ControlPlane, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._plane = plane
        self._clock = clock
        self._lease = lease
        self._done = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease {lease.name}", daemon=True)
        self._heart.start()

    def renewed(self) -> bool:
        """Prolongs the lease; False once it was lost, after which nothing may be written."""
        fresh = self._plane.leases.renew(self._lease, self._clock(), _LASTS)
        self._lease = fresh or self._lease
        return fresh is not None

    def check(self) -> None:
        """Raises Refused once the lease was lost."""
        if not self.renewed():
            raise Refused("another process took over.", to=self._lease.name, do_next="Nothing was written; run again.")

    def let_go(self) -> None:
        self._done.set()
        self._heart.join()
        self._plane.leases.release(self._lease)

    def _beat(self) -> None:
        while not self._done.wait(_BEAT) and self.renewed():
            pass


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
    me, patience = myself(), _PATIENCE.total_seconds()
    while (lease := plane.leases.acquire(name, mode, me, clock(), _LASTS)) is None:
        for holder in plane.leases.holders(name):
            if is_gone(holder.owner):
                plane.leases.release(holder)
        if patience <= 0:
            raise TryLater("others are still at work on it.", to=name)
        sleep(_PAUSE)
        patience -= _PAUSE
    holding = Held(plane, lease, clock)
    try:
        yield holding
    finally:
        holding.let_go()


def myself() -> str:
    """This process among all that share the control plane: machine, number, and when it began."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def is_gone(owner: str) -> bool:
    """Whether a process of this machine died without giving back; of other machines nobody can know but by time."""
    machine, number, began = owner.rsplit(":", 2)
    return machine == socket.gethostname() and _began(int(number)) != began


def _began(number: int) -> str:
    """When the process began, in the kernel's ticks; "" where it is not there, "?" where the kernel does not tell."""
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return ""
        return "?"
    try:
        # the name in the second field may hold spaces and brackets; the 22nd field counts from behind it
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return ""
