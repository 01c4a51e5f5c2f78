"""Copies of keys outside that a control plane does not have: of backups from before a disk was lost."""

from typing import Final

from resources.control_plane.facts import KeyRecord
from resources.escrow.keeping import WORKSPACE_KEYS
from resources.stores import Stores

_BACKUP: Final = "backup"  # who owns the key of a backup's list of files


def unheard_of(stores: Stores, workspace_id: str) -> list[KeyRecord]:
    """Living keys of files of which there is a copy outside, and which this control plane does not have at all."""
    known = {record.id for record in stores.plane.keys.of(workspace_id)}
    copies = stores.keeper.copies
    records = [copies.get(workspace_id, key_id) for key_id in sorted(copies.ids(workspace_id) - known)]
    # a backup's own key opens that list only, and the workspace's keys open none
    return [record for record in records if record and record.owner not in WORKSPACE_KEYS | {_BACKUP}]
