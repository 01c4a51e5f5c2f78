"""Dagster's pages and its daemon, as processes of ours that end with us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from ignyte_pipelines.configuration import environment
from ignyte_pipelines.handing import handed
from ignyte_pipelines.instance import instance
from resources.errors import Stop
from resources.scratch import scratch
from resources.settings import Settings

_DEFINITIONS: Final = ("-m", "ignyte_pipelines.definitions")
_QUIET: Final = ("--log-level", "warning", "--code-server-log-level", "warning")
_PATIENCE: Final = 20.0
_PAUSE: Final = 0.5


def serve(port: int, settings: Settings | None = None) -> None:
    """Serves on loopback until interrupted (Ctrl-C) or one of the two processes ends.

    Raises:
        Stop: one of them ended by itself.
    """
    with serving(port, settings or Settings()) as processes:
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(_PAUSE)
        except KeyboardInterrupt:
            return
    raise Stop("it ended by itself.", to="Dagster", do_next=f"Is port {port} free? See what it printed above.")


@contextmanager
def serving(port: int, settings: Settings) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """The pages on https://127.0.0.1:`port` and the daemon, for as long as the block lasts."""
    # two processes that make the same storage at once would stand in each other's way
    with instance(settings):
        pass
    # the pages, and the code server behind them, read no credential: runs are started by the daemon's own
    own: tuple[dict[str, str], dict[str, str]] = ({"IGNYTE_VAULT_ACCESS": "data"}, {})
    web = ("ignyte_pipelines.pages", str(port))
    daemon = ("dagster._daemon", "run", *_QUIET, *_DEFINITIONS)
    processes: list[subprocess.Popen[bytes]] = []
    # the code servers' sockets are made in the folder for passing files: in one that nobody else enters
    with scratch() as private:
        surroundings = handed({**os.environ, **environment(settings), "TMPDIR": str(private)}, private)
        try:
            for command, more in zip((web, daemon), own, strict=True):
                whole = [sys.executable, "-m", *command]
                # a group of its own, so that Ctrl-C reaches it once, from us
                started = subprocess.Popen(whole, env=surroundings | more, start_new_session=True)  # noqa: S603 -- all of it is ours
                processes.append(started)
            yield processes
        finally:
            _stop(processes)


def _stop(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Asks both to end, then whatever they started and left behind, a run among them; at last nothing is asked."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    for word in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE
        for process in processes:
            _wait(process, deadline)
            _tell_group(process.pid, word)
        if not any(_stands(process, deadline) for process in processes):
            return


def _wait(process: "subprocess.Popen[bytes]", deadline: float) -> None:
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stands(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    """Whether something of its group is still there at the deadline."""
    while _tell_group(process.pid, 0):
        if time.monotonic() > deadline:
            return True
        time.sleep(_PAUSE)
    return False


def _tell_group(group: int, word: int) -> bool:
    try:
        os.killpg(group, word)
    except ProcessLookupError:
        return False
    return True
