"""Copies of wrapped keys at the place of keys, one object each: where a key's copy is not, its backups are dead."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime

from resources.audit.entries import canonical
from resources.control_plane.facts import KeyRecord
from resources.errors import Stop
from resources.escrow.places import Place


class Copies:
    """The copies of every workspace. All of it raises TryLater while the place can't be reached."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def keep(self, record: KeyRecord) -> None:
        """Writes the copy of a living key, in place of an older wrapping of it."""
        said = {
            "id": record.id,
            "workspace_id": record.workspace_id,
            "owner": record.owner,
            "generation": record.generation,
            "wrapped": base64.b64encode(record.wrapped or b"").decode(),
            "kms_key": record.kms_key,
            "created_at": record.created_at.isoformat(),
        }
        self._place.put(_name(record.workspace_id, record.id), canonical(said) + b"\n")

    def get(self, workspace_id: str, key_id: str) -> KeyRecord | None:
        """A key as it was copied; None if it was destroyed, or never copied.

        Raises:
            Stop: it is damaged.
        """
        content = self._place.read(_name(workspace_id, key_id))
        if content is None:
            return None
        try:
            said = json.loads(content)
            record = KeyRecord(
                id=said["id"],
                workspace_id=said["workspace_id"],
                owner=said["owner"],
                generation=said["generation"],
                wrapped=base64.b64decode(said["wrapped"]),
                kms_key=said["kms_key"],
                created_at=datetime.fromisoformat(said["created_at"]),
                destroyed_at=None,
            )
        except (KeyError, ValueError, TypeError):
            record = None
        if record is None or (record.id, record.workspace_id) != (key_id, workspace_id):
            raise Stop("its copy is damaged.", to=f"data key {key_id}", do_next="Take another backup.")
        return record

    def ids(self, workspace_id: str) -> set[str]:
        """The keys of a workspace of which there is a copy."""
        return {name.rpartition("/")[2].removesuffix(".json") for name in self._names(workspace_id)}

    def drop(self, workspace_id: str, key_id: str) -> None:
        """Removes a copy; twice is once."""
        self._place.remove(_name(workspace_id, key_id))

    def forget(self, workspace_id: str) -> int:
        """Removes every copy of a workspace; returns how many."""
        names = list(self._names(workspace_id))
        for name in names:
            self._place.remove(name)
        return len(names)

    def _names(self, workspace_id: str) -> Iterator[str]:
        return (found.name for found in self._place.found(f"{workspace_id}/"))


def _name(workspace_id: str, key_id: str) -> str:
    return f"{workspace_id}/{key_id}.json"
