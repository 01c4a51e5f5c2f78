"""Purges in processes that kill themselves with signal 9 at a named step, each carrying on what the last one left.

They are forked from one that has imported everything and opened nothing, since there are many of them.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from assets.privacy.purging import carry_on, purge_datasource, purge_workspace
from resources.control_plane import ControlPlane
from resources.control_plane.requests import Requests
from resources.settings import Settings
from resources.stores import open_stores

# places in the middle of a step; every other name is that of a step whose work is done and not noted yet
INSIDE: dict[str, tuple[str, str]] = {
    "between fence and grant": ("assets.privacy.purge_steps", "give_back"),
    "between credential and files": ("assets.privacy.purge_steps", "destroy_data"),
    "between a file's key and the file": ("resources.revoking", "remove"),
    "between the keys and the folder": ("assets.privacy.purge_steps", "_remove"),
    "before the scrub": ("assets.privacy.purge_steps", "_scrub"),
}
PROVED = "between the certificate and its mention"
WORKSPACE = (
    "fenced",
    "between fence and grant",
    "given back",
    "between credential and files",
    "between a file's key and the file",
    "disconnected",
    "metrics",
    "backups",
    "requests",
    "keys",
    "between the keys and the folder",
    "files",
    "traces",
    "exports",
    "before the scrub",
    "configuration",
    "tombstone",
    PROVED,
)
DATASOURCE = ("fenced", "given back", "between a file's key and the file", "disconnected", "configuration", "metrics")


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> None:
    if step in INSIDE:
        module, name = INSIDE[step]
        setattr(import_module(module), name, die)
    elif step == PROVED:
        verifying = import_module("assets.privacy.verifying")
        certify = verifying.certify

        def proved(*args: Any) -> None:  # noqa: ANN401 -- stands in for any function
            certify(*args)
            die()

        verifying.certify = proved  # type: ignore[attr-defined]
    else:
        note = Requests.note_step

        def noted(
            self: Requests, act_id: str, name: str, now: datetime, facts: Mapping[str, str] | None = None
        ) -> bool:
            if name.startswith(step):
                die()
            return note(self, act_id, name, now, facts)

        Requests.note_step = noted  # type: ignore[assignment, method-assign]


def forget(_: str) -> int:
    return 0


def purge(home: Path, subject: str) -> None:
    with open_stores(Settings(home=home)) as stores:
        if carry_on(stores, forget):
            return
        if subject.startswith("ds_"):
            purge_datasource(stores, subject, forget_runs=forget)
        else:
            purge_workspace(stores, subject, at_once=True, forget_runs=forget)


def dies(home: Path, subject: str, step: str) -> int:
    """How the process that was to die at the step ended: 9, or its exit code as a negative number."""
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
    arm(step)
    purge(home, subject)
    os._exit(0)


def main() -> None:
    home, subject = Path(sys.argv[1]), sys.argv[2]
    url = Settings(home=home).control_plane_url.get_secret_value()
    ended = {}
    for step in sys.argv[3:]:
        status = dies(home, subject, step)
        with ControlPlane(url) as plane:
            (workspace,) = plane.workspaces.all()
        ended[step] = [status, workspace.state.value]
    sys.stdout.write(json.dumps(ended))


if __name__ == "__main__":
    main()
