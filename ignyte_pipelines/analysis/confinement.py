"""What the locked process gives up before it sees a question: files, the environment, memory and time."""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS
_DUMPABLE: Final = 4  # PR_SET_DUMPABLE
_SPARE: Final = 512 * 1024 * 1024
_UNITS: Final = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def size_of(words: str) -> int:
    """A size such as "1GB", in bytes."""
    digits = words.rstrip("KMGiB")
    return int(float(digits) * _UNITS[words[len(digits) :].upper()])


def give_up(memory_limit: int) -> None:
    """Lets go of everything but the pipes and the file that is open: for good, since the limits can't be raised.

    DuckDB keeps `memory_limit` (bytes) by itself; the address space ends above, for what it does not count.
    """
    os.environ.clear()
    for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))
    if sys.platform == "linux":
        # the address space is reserved generously, and other systems do not hold to this limit
        most = _address_space() + 2 * memory_limit + _SPARE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        _renounce()
    # no number is left for a new descriptor: even outside of SQL nothing can be opened any more
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _renounce() -> None:
    """Gains no privileges by running anything, and shows its memory to no other process of the same user."""
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_NEW_PRIVILEGES, 1), (_DUMPABLE, 0)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def end_after(seconds: float) -> None:
    """Has the kernel end this process then, whatever it is doing; 0 takes it back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
