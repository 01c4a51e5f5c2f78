"""Exports of which it is known where they were written: whether they still lie there, and whom they are about."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from assets.privacy.files_swept import Files, FileSearch
from assets.privacy.needles import Needles, needles_of
from resources.control_plane.privacy_facts import Request
from resources.identity import Identifier
from resources.stores import Stores

MANIFEST: Final = "manifest.json"
WRITTEN: Final = "written"  # the step that says where


@dataclass(frozen=True, kw_only=True)
class Export:
    """Where the answer to a request was written. `names` are the keyed tokens of whom it is about."""

    request: Request
    place: Path
    sha256: str
    expires_at: datetime
    names: frozenset[str]

    @property
    def lies_there(self) -> bool:
        """Whether something lies there, and is what was written."""
        return self.place.exists() and digest(self.place) == self.sha256

    @property
    def is_sealed(self) -> bool:
        """Whether it is an archive, under a password that is not kept."""
        return not self.place.is_dir()

    def mentions(self, people: Iterable[Identifier]) -> bool:
        """Whether one of these addresses or ids stands in it, as far as it can be read; a number may be others' too."""
        if self.is_sealed:
            return False
        needles = Needles(needles_of("mentioned", people), texts=True)
        seen = Files()
        FileSearch(needles).folder(self.place, seen)
        return bool(seen.found)


def exports(stores: Stores, workspace_id: str) -> Iterator[Export]:
    """All of a workspace, whether they still lie there or not."""
    for request in stores.plane.requests.of(workspace_id):
        if step := stores.plane.requests.steps(request.id).get(WRITTEN):
            yield Export(
                request=request,
                place=Path(step.facts["place"]),
                sha256=step.facts["sha256"],
                expires_at=datetime.fromisoformat(step.facts["expires_at"]),
                names=frozenset(step.facts.get("names", "").split()),
            )


def digest(place: Path) -> str:
    """The digest of an archive, or of a folder's manifest, which has those of all its files."""
    file = place / MANIFEST if place.is_dir() else place
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
