"""Folders for one run's passing files: in memory where there is such a place, private, and wiped."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- the folder made inside is unique and private
_PREFIX: Final = "ignyte-run-"


def scratch_root() -> Path:
    """Where the folders are made."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


@contextmanager
def scratch(root: Path | None = None) -> Iterator[Path]:
    """A 0700 folder of this run's own, removed at the end. What killed runs left behind goes first."""
    root = root or scratch_root()
    sweep(root)
    folder, lock = _locked_folder(root)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(root: Path) -> int:
    """Removes the folders whose process is gone: it no longer holds their lock. Returns how many."""
    return sum(_swept(folder) for folder in root.glob(f"{_PREFIX}*") if folder.is_dir() and not folder.is_symlink())


def _swept(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # another user's, or gone by itself
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _locked_folder(root: Path) -> tuple[Path, int]:
    # locked before it has the name that a sweep looks for
    draft = Path(tempfile.mkdtemp(prefix=".ignyte-new-", dir=root))
    lock = os.open(draft, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return draft.rename(root / draft.name.replace(".ignyte-new-", _PREFIX)), lock
