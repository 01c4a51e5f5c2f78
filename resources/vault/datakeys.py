"""The keys of encrypted files: made, unwrapped, gone."""

from datetime import datetime

from resources.control_plane import ControlPlane
from resources.errors import Stop
from resources.vault.datakey import DataKey
from resources.vault.kms import Kms


class DataKeys:
    """Each file's key, wrapped in the control plane under the data master key."""

    def __init__(self, plane: ControlPlane, kms: Kms) -> None:
        self._plane = plane
        self._kms = kms

    def new(self, workspace_id: str, owner: str, generation: int, now: datetime) -> tuple[str, DataKey]:
        """A fresh key and its id. `owner` is a datasource's id or "metrics"."""
        with self._kms.steady():
            plain, wrapped = self._kms.generate_data_key(context_of(workspace_id, owner, generation))
            record = self._plane.keys.add(
                workspace_id=workspace_id,
                owner=owner,
                generation=generation,
                wrapped=wrapped,
                kms_key=self._kms.name,
                now=now,
            )
        return record.id, plain

    def plain(self, key_id: str) -> DataKey:
        """The key, for as long as its file is open.

        Raises:
            Stop: it was destroyed, or this master key did not wrap it.
        """
        record = self._plane.keys.get(key_id)
        if record.wrapped is None:
            raise Stop(
                f"was destroyed on {record.destroyed_at:%Y-%m-%d}; its file can never be opened again.",
                to=f"data key {key_id}",
                do_next="Sync or build again, if that is still wanted.",
            )
        return self._kms.unwrap(record.wrapped, context_of(record.workspace_id, record.owner, record.generation))

    @property
    def kms(self) -> Kms:
        """The data master key."""
        return self._kms

    def destroy(self, key_id: str, now: datetime) -> None:
        """Makes the file unreadable at once and for good. Twice is once."""
        self._plane.keys.destroy(key_id, now)

    def rewrapped(self, key_id: str) -> None:
        """Told of each key that a new version of the master key has wrapped anew."""


def context_of(workspace_id: str, owner: str, generation: int) -> dict[str, str]:
    """What a file's key is bound to."""
    return {"workspace": workspace_id, "datasource": owner, "generation": str(generation)}
