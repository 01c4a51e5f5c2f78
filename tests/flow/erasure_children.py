"""Processes that erase one after the other, each killed at the next step: `erasure_children.py REQUEST STEP...`."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial

from worlds import opened_home

from assets.privacy import erasure, erasure_steps, verifying
from resources.warehouse import rewriting

# where a process dies: before the step is done, or done but not yet noted
PLACES = {
    "look": (erasure_steps, "searching"),
    "widen": (erasure_steps, "widen"),
    "suppress": (erasure_steps, "suppress_each"),
    "copy": (rewriting, "digest"),
    "note a rewrite": (erasure_steps, "_exchanged"),
    "rebuild": (erasure_steps, "recalculate"),
    "back up": (erasure_steps, "settle_backups"),
    "certify": (verifying, "certify_all"),
    "close": (erasure, "close"),
}


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[], object]) -> int:
    """The signal by which the process of this work died, 0 if it did not."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    work()
    os._exit(0)


def work(step: str, request_id: str) -> None:
    setattr(*PLACES[step], die)
    with opened_home() as (stores, _):
        if step == sys.argv[2]:
            erasure.erase(stores, [stores.plane.requests.get(request_id)])
        else:
            erasure.carry_on(stores)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        print(each, in_a_process(partial(work, each, sys.argv[1])), sep=":")  # noqa: T201 -- its answer
