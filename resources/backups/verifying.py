"""Looking at a backup: every object read and compared, every file opened whose key lives."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resources.backups.manifest import Head, Manifest, head_of, key_for, manifest_of, object_name, read
from resources.control_plane.facts import FileGeneration
from resources.control_plane.privacy_facts import Backup
from resources.errors import Refused, Stop, TryLater
from resources.escrow.places import Place
from resources.stores import Stores
from resources.warehouse.opening import attach, digest, memory, read_whole

Tell = Callable[[str], None]
_CATALOG: Final = "backup"


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One file of a backup. `rows` is None where its key is destroyed; `problem` is empty if all is as it must be."""

    file: FileGeneration
    rows: int | None
    problem: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was found. It holds if nothing is damaged; a destroyed key is no damage."""

    backup_id: str
    workspace_id: str
    files: tuple[Looked, ...]

    @property
    def holds(self) -> bool:
        return not any(each.problem for each in self.files)


def verify(stores: Stores, backup_id: str, *, tell: Tell = lambda _: None) -> Verified:
    """Reads all of a backup.

    Raises:
        Refused: there is none, or its key is destroyed.
        Stop: its manifest is damaged.
        TryLater: a place can't be reached.
    """
    content = read(stores.keeper.target, backup_id)
    head = head_of(content, backup_id)
    with stores.audit.act("backup.verify", f"backup {backup_id}", workspace_id=head.workspace_id) as act:
        manifest = trusted(stores, content, head)
        files = []
        with fetched_to(stores.settings.home) as folder:
            for file in manifest.files:
                tell(f"{named(manifest, file)}: {file.size or 0:,} bytes.")
                files.append(_looked(stores, head, file, folder / file.id))
        found = Verified(backup_id=backup_id, workspace_id=head.workspace_id, files=tuple(files))
        act.found(holds=found.holds, files=len(files), dead=sum(each.rows is None for each in files))
    if found.holds and (known := known_here(stores, backup_id)):
        stores.plane.backups.verified(known.id, stores.clock())
    return found


def trusted(stores: Stores, content: bytes, head: Head) -> Manifest:
    """The manifest, if it is the one that was written.

    Raises:
        Refused: its key is destroyed.
        Stop: it was changed, or exchanged for another.
    """
    known = known_here(stores, head.backup_id)
    if known and known.sha256 and known.sha256 != hashlib.sha256(content).hexdigest():
        raise Stop(
            "its manifest is not the one that was written.",
            to=f"backup {head.backup_id}",
            do_next="Take another; nothing was used.",
        )
    manifest = manifest_of(stores, content, head)
    if manifest.workspace.id != head.workspace_id:
        raise Stop("its manifest is another's.", to=f"backup {head.backup_id}", do_next="Take another.")
    return manifest


def fetch(place: Place, head: Head, file: FileGeneration, path: Path) -> None:
    """Fetches a file as it was backed up.

    Raises:
        Stop: it is not there any more, or was changed.
    """
    try:
        place.fetch(object_name(head, file.id), path)
        found = digest(path)
    except OSError as error:
        raise TryLater(
            f"it can't be written ({type(error).__name__}).", to=path.name, do_next="Make room, then try again."
        ) from None
    if found != (file.size, file.sha256):
        raise Stop(
            "it is not what was backed up.",
            to=f"{object_name(head, file.id)} in {place}",
            do_next="Take another backup; nothing of it was used.",
        )


@contextmanager
def fetched_to(home: Path) -> Iterator[Path]:
    """A folder for ciphertext that is only looked at; on disk, since it may be large."""
    folder = Path(tempfile.mkdtemp(prefix="looked-at-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def known_here(stores: Stores, backup_id: str) -> Backup | None:
    """The backup's row, if this control plane has one."""
    try:
        return stores.plane.backups.get(backup_id)
    except Refused:
        return None


def named(manifest: Manifest, file: FileGeneration) -> str:
    """What a file is, in a word."""
    platforms = {each.id: each.platform for each in manifest.datasources}
    return platforms.get(file.datasource_id or "", "metrics")


def _looked(stores: Stores, head: Head, file: FileGeneration, path: Path) -> Looked:
    try:
        fetch(stores.keeper.target, head, file, path)
        rows = _rows(stores, head, file, path)
    except Stop as problem:
        return Looked(file=file, rows=None, problem=str(problem))
    finally:
        path.unlink(missing_ok=True)
    return Looked(file=file, rows=rows, problem="")


def _rows(stores: Stores, head: Head, file: FileGeneration, path: Path) -> int | None:
    key = key_for(stores, head.workspace_id, file.key_id)
    if key is None:
        return None
    with key, closing(memory(stores.scratch)) as connection:
        attach(connection, path, _CATALOG, key, read_only=True)
        return sum(read_whole(connection, _CATALOG).values())
