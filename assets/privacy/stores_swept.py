"""Where the stores of a home lie: which files are in use, and which folders and objects there are beside them."""

import fcntl
import os
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from resources.audit.checkpoints import Folder, place_of
from resources.control_plane.facts import FileGeneration, FileState
from resources.escrow.places import BUCKET, places_of
from resources.scratch import scratch_root
from resources.settings import Settings
from resources.stores import Stores

BACKUPS: Final = "backups"
IN_USE: Final = frozenset({FileState.LOADING, FileState.CLEAN, FileState.PUBLISHED, FileState.RESTORED})
_SCRATCH: Final = ("ignyte-run-*", ".ignyte-new-*")
_SIDES: Final = ("", "-wal", "-shm", "-journal")


def files_in_use(stores: Stores, workspace_id: str) -> list[FileGeneration]:
    """The workspace's files that somebody could open, a restored one that waits to be let in among them."""
    return [
        file
        for file in stores.plane.files.of(workspace_id)
        if file.state in IN_USE and (stores.data_root / file.path).exists()
    ]


def accounted_for(stores: Stores, workspace_id: str) -> frozenset[Path]:
    """Files in the data root that are not left over: those in use here, and other workspaces' encrypted ones."""
    mine = {stores.data_root / file.path for file in files_in_use(stores, workspace_id)}
    others = {
        file
        for folder in (stores.data_root / "workspaces").glob("*")
        if folder.name != workspace_id
        for file in (*folder.glob("*/*.duckdb"), *folder.glob("*/*.duckdb.wal"))
    }
    return frozenset(mine | others)


def database_files(settings: Settings) -> list[Path]:
    """The control plane's file with what SQLite keeps beside it; none on Postgres."""
    url = make_url(settings.control_plane_url.get_secret_value())
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    files = [Path(f"{url.database}{side}").absolute() for side in _SIDES]
    return [file for file in files if file.exists()]


def parts_of_the_home(settings: Settings) -> Mapping[str, Collection[Path]]:
    """Folders by the store they are; the backups' are searched object by object."""
    checkpoints = place_of(settings)
    places = places_of(settings)
    backups = (places.target, places.keys)
    return {
        "orchestrator": [settings.dagster_home],
        "audit log": [settings.audit_dir, *([Path(str(checkpoints))] if isinstance(checkpoints, Folder) else [])],
        "shell histories": [settings.home / "shell"],
        "exports": [settings.home / "exports"],
        BACKUPS: [Path(str(place)) for place in backups if not str(place).startswith(BUCKET)],
    }


def scratch_folders(caller: Path | None) -> tuple[list[Path], int]:
    """The passing folders whose processes are gone, and the caller's; and how many belong to others that still run."""
    roots = {scratch_root(), Path(tempfile.gettempdir())}
    every = [folder for root in roots for name in _SCRATCH for folder in root.glob(name) if folder.is_dir()]
    mine = [folder for folder in every if folder == caller or not _is_in_use(folder)]
    return sorted(mine), len(every) - len(mine)


def _is_in_use(folder: Path) -> bool:
    """Whether the process that made it holds its lock; another user's folder is theirs."""
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
