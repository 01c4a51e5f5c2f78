"""The sandbox as a process of its own, which never outlives the command that started it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ignyte_pipelines.cli.sandbox_line import answers
from resources.control_plane.facts import Connection
from resources.errors import Refused, Stop
from resources.settings import Settings
from resources.stores import open_stores

_STARTS_WITHIN: Final = 30.0
_STOPS_WITHIN: Final = 5.0
_PAUSE: Final = 0.05


@contextmanager
def sandbox_up(settings: Settings, *options: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """The sandbox of this home until the block ends; None where one is up already, which is left alone.

    Raises:
        Refused: this home reads from live platforms.
        Stop: the sandbox did not start.
    """
    _require_pretend(settings)
    if answers(settings):
        yield None
        return
    settings.prepare()
    # the file of an older run must not be taken for the new one's
    before = settings.sandbox_file.stat().st_mtime_ns if settings.sandbox_file.exists() else 0
    command = [sys.executable, "-m", "sandbox", "--home", str(settings.home), *options]
    with ended_on_terminate(), _started(command) as child:
        try:
            _wait(settings, child, before)
            yield child
        finally:
            _stop(child)


def _require_pretend(settings: Settings) -> None:
    """A home that reads from live platforms must not turn into one whose names lead to a sandbox."""
    if settings.sandbox is not None or not (settings.home / "control.db").exists():
        return
    with open_stores(settings.model_copy(update={"vault_access": "data"})) as stores:
        live = [each for each in stores.plane.datasources.all() if each.connection is not Connection.DISCONNECTED]
    if live:
        raise Refused(
            "this home reads from live platforms.", to="sandbox", do_next="Set IGNYTE_HOME to another folder for it."
        )


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    # in a group of its own, or Ctrl-C would reach it before we are done with it
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603 -- our own module


def _wait(settings: Settings, child: subprocess.Popen[bytes], before: int) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and child.poll() is None:
        written = settings.sandbox_file.exists() and settings.sandbox_file.stat().st_mtime_ns != before
        if written and answers(settings):
            return
        time.sleep(_PAUSE)
    how = f"it ended with code {child.returncode}." if child.poll() is not None else "it did not get ready."
    raise Stop(how, to="sandbox", do_next="Run `python -m sandbox` to see why.")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()


@contextmanager
def ended_on_terminate() -> Iterator[None]:
    """Lets SIGTERM and SIGHUP unwind like Ctrl-C, so that children are stopped on the way out."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
