"""Exports that were handed out: where each was written, and its removal when its time, workspace or person goes."""

import shutil
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from assets.privacy.known_exports import MANIFEST, WRITTEN, Export, digest, exports
from resources.columns import Personal
from resources.control_plane.privacy_facts import Request
from resources.identity import identifier
from resources.keyed import keyed, opened
from resources.stores import Stores

__all__ = ["LASTS", "MANIFEST", "expire", "names_of", "remember", "remove_about", "remove_all"]

LASTS: Final = timedelta(days=30)  # what was written is removed after so long


def remember(stores: Stores, request: Request, place: Path, expires_at: datetime, tokens: Collection[str]) -> None:
    """Notes where the answer to a request was written, until when it stays, and by keyed names whom it is about."""
    facts = {"place": str(place.absolute()), "sha256": digest(place), "expires_at": expires_at.isoformat()}
    facts["names"] = " ".join(sorted(names_of(stores, request.workspace_id, tokens)))
    stores.plane.requests.note_step(request.id, WRITTEN, stores.clock(), facts)


def names_of(stores: Stores, workspace_id: str, tokens: Collection[str]) -> frozenset[str]:
    """The keyed names of a person's addresses and ids; a number may be others' too."""
    with opened(stores, workspace_id, make=True) as key:
        return frozenset(keyed(key, token) for token in tokens if not token.startswith("p:"))


def expire(stores: Stores, now: datetime) -> int:
    """Removes exports that are older than 30 days, where they still lie as they were written; returns how many."""
    every = (each for space in stores.plane.workspaces.all() for each in exports(stores, space.id))
    return _removed(stores, (each for each in every if each.expires_at <= now))


def remove_all(stores: Stores, workspace_id: str) -> int:
    """Removes every export of a workspace that still lies where it was written, whatever its age."""
    return _removed(stores, exports(stores, workspace_id))


def remove_about(stores: Stores, workspace_id: str, tokens: Collection[str]) -> int:
    """Removes every export that is about a person or can be seen to name them; returns how many lay there.

    Where it lay is forgotten with it: the name of a folder may be somebody's.
    """
    names = names_of(stores, workspace_id, tokens)
    people = [each for each in map(identifier, sorted(tokens)) if each.kind is not Personal.PHONE]
    every = list(exports(stores, workspace_id))
    theirs = [each for each in every if each.names & names or (each.lies_there and each.mentions(people))]
    count = _removed(stores, theirs)
    for each in theirs:
        if not each.place.exists():
            stores.plane.requests.forget_steps(each.request.id)
    return count


def _removed(stores: Stores, every: Iterable[Export]) -> int:
    """Whatever lies there by now is not touched if it is not what we wrote."""
    found = [each for each in every if each.lies_there]
    for each in found:
        with stores.audit.act("export.expire", f"request {each.request.id}", workspace_id=each.request.workspace_id):
            shutil.rmtree(each.place) if each.place.is_dir() else each.place.unlink()
    return len(found)
