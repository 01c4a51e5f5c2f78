"""The vault with its audit: no credential is opened and no key is made or destroyed that the log does not know of."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Final

from resources.audit.entries import Actor, Detail, service
from resources.audit.log import Act, AuditLog
from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource
from resources.escrow.keeping import Keeper
from resources.platform import Grant
from resources.vault.credentials import CredentialVault, StoredGrant
from resources.vault.datakey import DataKey
from resources.vault.datakeys import DataKeys
from resources.vault.kms import Kms

SYNC: Final = "sync"


class AuditedVault(CredentialVault):
    """A credential vault that writes down each use before it happens; what can't be written down does not happen."""

    def __init__(
        self, plane: ControlPlane, kms: Kms, audit: AuditLog, *, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        super().__init__(plane, kms, random=random)
        self._audit = audit

    def store(self, datasource: Datasource, grant: Grant, now: datetime) -> StoredGrant:
        with self._act("credential.store", datasource, self._audit.me, ""):
            return super().store(datasource, grant, now)

    def load(self, datasource: Datasource, *, actor: Actor | None = None, reason: str = "") -> StoredGrant:
        """The grant as it was stored, for the sync service unless another `actor` is named; a person needs a reason.

        Raises:
            Refused: it can't be audited, or a reason is missing.
            AskAgain: nothing is stored.
            Stop: what is stored belongs elsewhere or is damaged.
        """
        with self._act("credential.read", datasource, actor or service(SYNC), reason) as act:
            stored = super().load(datasource)
            act.found(version=stored.version)
            return stored

    def replace(self, datasource: Datasource, old: StoredGrant, fresh: Grant, now: datetime) -> StoredGrant:
        with self._act("credential.refresh", datasource, service(SYNC), ""):
            return super().replace(datasource, old, fresh, now)

    def destroy(self, datasource: Datasource) -> None:
        with self._act("credential.destroy", datasource, self._audit.me, ""):
            super().destroy(datasource)

    def _act(self, verb: str, datasource: Datasource, actor: Actor, reason: str) -> Act:
        return self._audit.act(
            verb,
            f"datasource {datasource.id}",
            actor=actor,
            workspace_id=datasource.workspace_id,
            reason=reason,
            details={"platform": datasource.platform},
        )


class AuditedKeys(DataKeys):
    """Data keys whose making and destruction are in the log, and whose copies outside follow them."""

    def __init__(self, plane: ControlPlane, kms: Kms, audit: AuditLog, keeper: Keeper) -> None:
        super().__init__(plane, kms)
        self._audit, self._keeper = audit, keeper

    def new(self, workspace_id: str, owner: str, generation: int, now: datetime) -> tuple[str, DataKey]:
        said: dict[str, Detail] = {"owner": owner, "generation": generation}
        with self._audit.act(
            "key.create", f"keys of {owner}", actor=service("vault"), workspace_id=workspace_id, details=said
        ) as act:
            key_id, key = super().new(workspace_id, owner, generation, now)
            act.found(key=key_id)
            return key_id, key

    def destroy(self, key_id: str, now: datetime, *, actor: Actor | None = None, reason: str = "") -> None:
        """Makes the file unreadable at once and for good. Twice is once. A person needs a reason."""
        record = self._plane.keys.get(key_id)
        if record.destroyed_at is not None:
            return
        with self._audit.act(
            "key.destroy",
            f"data key {key_id}",
            actor=actor or service("vault"),
            workspace_id=record.workspace_id,
            reason=reason,
            details={"owner": record.owner, "generation": record.generation},
        ):
            super().destroy(key_id, now)
            self._keeper.destroyed(self._plane.keys.get(key_id))

    def rewrapped(self, key_id: str) -> None:
        self._keeper.rewrapped(self._plane.keys.get(key_id))
