"""Exports that were handed out: where each was written, and its removal when its time is over or its workspace goes."""

import hashlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from resources.control_plane.privacy_facts import Request
from resources.stores import Stores

LASTS: Final = timedelta(days=30)  # what was written is removed after so long
MANIFEST: Final = "manifest.json"
_WRITTEN: Final = "written"  # the step that says where


def remember(stores: Stores, request: Request, place: Path, expires_at: datetime) -> None:
    """Notes where the answer to a request was written, and until when it stays."""
    facts = {"place": str(place.absolute()), "sha256": _digest(place), "expires_at": expires_at.isoformat()}
    stores.plane.requests.note_step(request.id, _WRITTEN, stores.clock(), facts)


def expire(stores: Stores, now: datetime) -> int:
    """Removes exports that are older than 30 days, where they still lie as they were written; returns how many."""
    spaces = stores.plane.workspaces.all()
    return sum(_removed(stores, each, now) for space in spaces for each in stores.plane.requests.of(space.id))


def remove_all(stores: Stores, workspace_id: str) -> int:
    """Removes every export of a workspace that still lies where it was written, whatever its age."""
    return sum(_removed(stores, each, None) for each in stores.plane.requests.of(workspace_id))


def _removed(stores: Stores, request: Request, now: datetime | None) -> bool:
    step = stores.plane.requests.steps(request.id).get(_WRITTEN)
    if step is None or (now is not None and datetime.fromisoformat(step.facts["expires_at"]) > now):
        return False
    place = Path(step.facts["place"])
    if not place.exists() or _digest(place) != step.facts["sha256"]:
        # whatever lies there now is not what we wrote
        return False
    with stores.audit.act("export.expire", f"request {request.id}", workspace_id=request.workspace_id):
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    return True


def _digest(place: Path) -> str:
    """The digest of an archive, or of a folder's manifest, which has those of all its files."""
    file = place / MANIFEST if place.is_dir() else place
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
