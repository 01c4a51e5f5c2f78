"""Acts that began and have not ended: a note each, so that a crash between the two is seen at the next start."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resources.audit.entries import Entry, canonical, content, read
from resources.warehouse.holding import is_gone


@dataclass(frozen=True, kw_only=True)
class OpenAct:
    """An intent without an outcome, whose process is gone."""

    entry: Entry
    note: Path


class OpenActs:
    """The notes in a folder, `<id>.json` each. Called by whoever holds the log's lock, but for `orphans`."""

    def __init__(self, folder: Path, process: str) -> None:
        self._folder, self._process = folder, process

    def note(self, entry: Entry) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(entry)

    def strike(self, act_id: str) -> None:
        (self._folder / f"{act_id}.json").unlink(missing_ok=True)

    def orphans(self) -> Iterator[OpenAct]:
        """Those whose process died, oldest first."""
        found = (each for each in map(_read, self._folder.glob("act_*.json")) if each and is_gone(each.entry.process))
        yield from sorted(found, key=lambda each: (each.entry.at, each.entry.id))

    def claim(self, orphan: OpenAct) -> bool:
        """Makes an orphan this process's own; False if it was taken up or closed meanwhile."""
        current = _read(orphan.note)
        if current is None or current.entry.process != orphan.entry.process:
            return False
        self._write(orphan.entry)
        return True

    def _write(self, entry: Entry) -> None:
        file = self._folder / f"{entry.id}.json"
        draft = file.with_suffix(".new")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, canonical(content(entry) | {"process": self._process}))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.rename(file)


def _read(note: Path) -> OpenAct | None:
    try:
        return OpenAct(entry=read(note.read_bytes()), note=note)
    except (FileNotFoundError, ValueError):
        return None
