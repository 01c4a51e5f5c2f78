"""Names of people in the audit log: salted commitments, which say nothing once the workspace's salt is gone."""

import hashlib
import hmac
import unicodedata
from datetime import datetime
from typing import Final

from resources.control_plane import ControlPlane
from resources.errors import Stop
from resources.vault.datakey import DataKey
from resources.vault.datakeys import DataKeys

SALT: Final = "audit salt"  # the owner under which the salt lies among the workspace's keys
_SHOWN: Final = 40


def commitment(plane: ControlPlane, keys: DataKeys, workspace_id: str, value: str, now: datetime) -> str:
    """What stands for `value` in the log: who holds the salt can check a guess, nobody can read it back.

    Raises:
        Stop: the workspace's salt was destroyed.
    """
    with _salt(plane, keys, workspace_id, now) as salt:
        spelled = unicodedata.normalize("NFKC", value).strip().casefold().encode()
        return hmac.new(bytes(salt.view()), spelled, hashlib.sha256).hexdigest()[:_SHOWN]


def _salt(plane: ControlPlane, keys: DataKeys, workspace_id: str, now: datetime) -> DataKey:
    mine = [record for record in plane.keys.of(workspace_id) if record.owner == SALT]
    if not mine:
        return keys.new(workspace_id, SALT, 1, now)[1]
    if mine[0].wrapped is None:
        raise Stop("its salt is destroyed.", to=f"workspace {workspace_id}", do_next="It can't be named any more.")
    return keys.plain(mine[0].id)
