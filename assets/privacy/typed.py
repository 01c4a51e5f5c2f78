"""What people typed into the SQL shell: its histories lose the lines that name somebody who is erased."""

import os
from collections.abc import Collection
from pathlib import Path

from assets.privacy.needles import Needles, needles_of
from resources.identity import identifier
from resources.stores import Stores


def forget_typed(stores: Stores, tokens: Collection[str]) -> int:
    """Takes such lines out of every history of the home; returns how many. A shell that is open still knows its own."""
    needles = Needles(needles_of("typed", map(identifier, sorted(tokens))))
    folder = stores.settings.home / "shell"
    return sum(_without(file, needles) for file in folder.glob("*.history")) if folder.is_dir() else 0


def _without(file: Path, needles: Needles) -> int:
    lines = file.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not needles.within(line)]
    if len(kept) < len(lines):
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(kept)
        draft.replace(file)
    return len(lines) - len(kept)
