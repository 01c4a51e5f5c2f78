"""Backs up or restores like any process, and kills itself with signal 9 when it comes to a named step."""

import os
import signal
import sys
from importlib import import_module
from typing import Any

from resources.backups import create, restore
from resources.settings import Settings
from resources.stores import open_stores

# step → where the process dies (module, attribute), and whether the call is still made
STEPS: dict[str, tuple[str, str, bool]] = {
    "create: after a file is sent": ("resources.escrow.places", "Folder.send", True),
    "create: before the manifest": ("resources.backups.manifest", "written", True),
    "create: before it is complete": ("resources.control_plane.backups", "Backups.complete", False),
    "restore: after a file is fetched": ("resources.escrow.places", "Folder.fetch", True),
    "restore: before it is written anew": ("resources.backups.replaying", "copied", False),
    "restore: after it is in use": ("resources.control_plane.files", "Files.publish", True),
    "restore: before older keys end": ("resources.backups.replaying", "_end_older", False),
}


def arm(module: str, attribute: str, *, made: bool) -> None:
    owner: Any = import_module(module)
    *classes, name = attribute.split(".")
    for part in classes:
        owner = getattr(owner, part)
    original = getattr(owner, name)

    def lethal(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- stands in for any function
        if made:
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, lethal)


def main() -> None:
    step, subject = sys.argv[1:]
    module, attribute, made = STEPS[step]
    arm(module, attribute, made=made)
    with open_stores(Settings()) as stores:
        if step.startswith("create"):
            create(stores, stores.plane.workspaces.get(subject))
        else:
            restore(stores, subject)


if __name__ == "__main__":
    main()
