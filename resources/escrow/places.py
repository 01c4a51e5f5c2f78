"""Where backups lie: a folder or a bucket, with objects that are whole or not there."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from resources.errors import Problem, Refused, Stop, TryLater
from resources.settings import Settings

BUCKET: Final = "s3://"
DO_NEXT: Final = "See that it can be reached and written, then try again."
_PIECE: Final = 8 * 1024 * 1024
_DRAFT: Final = ".draft-"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One object: its name, its size in bytes, and when it was written."""

    name: str
    size: int
    at: datetime


class Place(Protocol):
    """Objects by name; a name is a path with `/`. Everything raises TryLater while the place can't be reached."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps `content`, in place of what was there."""

    def send(self, name: str, file: Path) -> None:
        """Keeps a file's content."""

    def read(self, name: str) -> bytes | None:
        """An object's content; None if there is none."""

    def fetch(self, name: str, file: Path) -> None:
        """Writes an object's content to a new file that only its owner can read.

        Raises:
            Stop: there is no such object.
        """

    def found(self, under: str = "") -> Iterator[Found]:
        """The objects whose names begin like this."""

    def remove(self, name: str) -> None:
        """Removes an object with all its versions; one that is not there is no matter."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Places:
    """The target of the backups, and the place of their keys."""

    target: Place
    keys: Place


class Folder:
    """A folder, at best on another disk or machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        descriptor, draft = self._draft(name)
        self._written(descriptor, draft, name, content)

    def send(self, name: str, file: Path) -> None:
        descriptor, draft = self._draft(name)
        self._written(descriptor, draft, name, file)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._away(error) from None

    def fetch(self, name: str, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with (self._folder / name).open("rb") as source, file.open("xb") as out:
                file.chmod(0o600)
                shutil.copyfileobj(source, out, _PIECE)
        except FileNotFoundError:
            raise missing(name, self) from None
        except OSError as error:
            raise self._away(error) from None

    def found(self, under: str = "") -> Iterator[Found]:
        for file in sorted(self._folder.rglob("*")) if self._folder.is_dir() else ():
            name = file.relative_to(self._folder).as_posix()
            if name.startswith(under) and file.is_file() and not file.name.startswith(_DRAFT):
                facts = file.stat()
                yield Found(name=name, size=facts.st_size, at=datetime.fromtimestamp(facts.st_mtime, UTC))

    def remove(self, name: str) -> None:
        file = self._folder / name
        try:
            file.unlink(missing_ok=True)
            if file.parent != self._folder and file.parent.is_dir() and not any(file.parent.iterdir()):
                file.parent.rmdir()
        except OSError as error:
            raise self._away(error) from None

    def __str__(self) -> str:
        return str(self._folder)

    def _draft(self, name: str) -> tuple[int, Path]:
        parent = (self._folder / name).parent
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, draft = tempfile.mkstemp(prefix=_DRAFT, dir=parent)
        except OSError as error:
            raise self._away(error) from None
        return descriptor, Path(draft)

    def _written(self, descriptor: int, draft: Path, name: str, content: bytes | Path) -> None:
        """Fills the draft and puts it in its place, whole."""
        try:
            with os.fdopen(descriptor, "wb") as out:
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, out, _PIECE)
                else:
                    out.write(content)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self._folder / name)
        except OSError as error:
            raise self._away(error) from None
        finally:
            draft.unlink(missing_ok=True)

    def _away(self, error: OSError) -> Problem:
        return TryLater(f"it can't be used ({os.strerror(error.errno or 0)}).", to=str(self), do_next=DO_NEXT)


class Untouched:
    """Another place, of which everything can be read and nothing is ever changed: what is written is dropped."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def put(self, name: str, content: bytes) -> None:
        del name, content

    def send(self, name: str, file: Path) -> None:
        del name, file

    def read(self, name: str) -> bytes | None:
        return self._place.read(name)

    def fetch(self, name: str, file: Path) -> None:
        self._place.fetch(name, file)

    def found(self, under: str = "") -> Iterator[Found]:
        return self._place.found(under)

    def remove(self, name: str) -> None:
        del name

    def __str__(self) -> str:
        return str(self._place)


def missing(name: str, place: Place) -> Stop:
    return Stop("it is not there any more.", to=f"{name} in {place}", do_next="Take another backup.")


def places_of(settings: Settings) -> Places:
    """Where this home's backups and their keys go.

    Raises:
        Refused: one of them would lie inside the other, or inside the data.
    """
    target = _spelled(settings.backups, settings.home / "backups")
    keys = _spelled(settings.backup_keys, settings.home / "backup-keys")
    if _within(target, keys) or _within(keys, target):
        raise Refused(
            "it and IGNYTE_BACKUPS lie in one another: whoever has the one has the other.",
            to="IGNYTE_BACKUP_KEYS",
            do_next="Name a place apart.",
        )
    endpoint = settings.aws_endpoint_url
    return Places(target=_place(target, endpoint), keys=_place(keys, endpoint))


def _spelled(said: str | None, default: Path) -> str:
    if said and said.startswith(BUCKET):
        return said.rstrip("/")
    return str(Path(said).absolute() if said else default)


def _within(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/")


def _place(said: str, endpoint: str | None) -> Place:
    if not said.startswith(BUCKET):
        return Folder(Path(said))
    from resources.escrow.bucket import Bucket  # noqa: PLC0415 -- boto3 takes a while, and most homes never use it

    return Bucket(said, endpoint_url=endpoint)
