"""Keeping a process's memory to itself: no core file when it crashes, no look into it by its user's other processes."""

import ctypes
import resource
import sys
from typing import Final

_GET_DUMPABLE: Final = 3  # of Linux's prctl
_SET_DUMPABLE: Final = 4


def shield() -> None:
    """No core dump from now on, to a file or to a program; on Linux nobody but root traces this process either.

    Children inherit the limit; each of them that holds keys calls this itself.
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        # the limit alone does not hold where the kernel hands dumps to a program
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def dumps_core() -> bool:
    """Whether this process could leave a core dump."""
    limit, _ = resource.getrlimit(resource.RLIMIT_CORE)
    if sys.platform == "linux":
        return bool(ctypes.CDLL(None).prctl(_GET_DUMPABLE, 0, 0, 0, 0))
    return limit != 0
