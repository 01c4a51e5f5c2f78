"""The keeper: copies of keys and journal follow the control plane, at once or as soon as they can be reached."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from resources.audit.commitments import SALT
from resources.audit.log import AuditLog
from resources.control_plane import ControlPlane
from resources.control_plane.facts import KeyRecord
from resources.control_plane.tombstones import Tombstone
from resources.errors import Refused, TryLater
from resources.escrow.copies import Copies
from resources.escrow.journal import Journal
from resources.escrow.places import Places

# keys that open no file, without which a restored workspace would not be the same
WORKSPACE_KEYS: Final = frozenset({"surrogates", "suppression", SALT})
_logger: Final = logging.getLogger(__name__)


class Keeper:
    """What is destroyed or set here is noted at the places of the backups as well.

    The hooks never stand in the way of a destruction: what they could not note is in the audit log, is `behind`, and
    is made up for by `settle`, which each backup, restore, expiry and erasure calls.
    """

    def __init__(
        self, plane: ControlPlane, places: Places, journal: Journal, audit: AuditLog, clock: Callable[[], datetime]
    ) -> None:
        self.target, self.copies, self.journal = places.target, Copies(places.keys), journal
        self.key_place = places.keys
        self._plane, self._audit, self._clock = plane, audit, clock

    def destroyed(self, record: KeyRecord) -> None:
        """The hook of every destruction of a key: its copy goes, and the journal says so."""
        try:
            self._bury(record)
        except TryLater as problem:
            self._left(f"data key {record.id}", record.workspace_id, problem)

    def heard(self, stones: Sequence[Tombstone]) -> None:
        """The hook of tombstones: at least one, of one workspace, set together just now."""
        try:
            self.journal.add_tombstones(stones)
            self.keep_workspace_keys(stones[0].workspace_id)
        except TryLater as problem:
            self._left(f"tombstone {stones[0].id}", stones[0].workspace_id, problem)

    def rewrapped(self, record: KeyRecord) -> None:
        """The hook of a rotated master key: a copy under its old version would open nothing any more.

        Raises:
            TryLater: the place of keys can't be reached; so the old version must stay.
        """
        if record.wrapped is not None and record.id in self.copies.ids(record.workspace_id):
            with suppress(Refused):
                self.copy(record)

    def copy(self, record: KeyRecord) -> None:
        """Keeps a copy of a living key.

        Raises:
            Refused: it was destroyed meanwhile; there is no copy.
        """
        self.copies.keep(record)
        # looked at afterwards: whoever destroys removes the copy after that, so one of the two removes it
        if self._plane.keys.get(record.id).wrapped is None:
            self.copies.drop(record.workspace_id, record.id)
            raise Refused("it was destroyed meanwhile.", to=f"data key {record.id}", do_next="Back up again.")

    def behind(self, workspace_id: str) -> list[str]:
        """What the places don't know yet: destroyed keys and tombstones by their ids. Empty is good.

        Raises:
            TryLater: they can't be reached.
        """
        noted, copied = self.journal.keys(workspace_id), self.copies.ids(workspace_id)
        dead = [record.id for record in self._plane.keys.of(workspace_id) if record.wrapped is None]
        known = {stone.id for stone in self.journal.stones(workspace_id)}
        stones = [stone.id for stone in self._plane.tombstones.of(workspace_id) if stone.id not in known]
        return [key for key in dead if key in copied or key not in noted] + stones

    def settle(self, workspace_id: str) -> int:
        """Makes up for what is behind; returns how much that was.

        Raises:
            TryLater: the places can't be reached.
        """
        late = set(self.behind(workspace_id))
        for record in self._plane.keys.of(workspace_id) if late else ():
            if record.id in late:
                self._bury(record)
        set_here = self._plane.tombstones.of(workspace_id)
        if stones := [stone for stone in set_here if stone.id in late]:
            self.journal.add_tombstones(stones)
        if set_here:
            self.keep_workspace_keys(workspace_id)
        return len(late)

    def keep_workspace_keys(self, workspace_id: str) -> None:
        """Copies the keys that open no file, where that was not done yet."""
        copied = self.copies.ids(workspace_id)
        for record in self._plane.keys.of(workspace_id):
            if record.owner in WORKSPACE_KEYS and record.wrapped is not None and record.id not in copied:
                self.copy(record)

    def _bury(self, record: KeyRecord) -> None:
        self.copies.drop(record.workspace_id, record.id)
        self.journal.add_key(record, record.destroyed_at or self._clock())

    def _left(self, target: str, workspace_id: str, problem: TryLater) -> None:
        _logger.warning("%s", problem)
        self._audit.event(
            "backup.behind", target, workspace_id=workspace_id, details={"why": str(problem.trouble.what)}
        )
