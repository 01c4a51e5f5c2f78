"""What a restore says of each file, and in all."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a file of a backup."""

    RESTORED = "restored"  # as it was backed up
    REPLAYED = "replayed"  # written anew without whoever was erased since
    KEPT = "kept"  # the file in use is the very same
    PREDATES = "predates an erasure"  # its key is destroyed; the next sync loads it anew
    DISCONNECTED = "disconnected"  # its datasource is gone for good
    BUILT = "built anew"  # metrics are calculated from what was restored
    WITHHELD = "withheld"  # metrics of a workspace that may not be used now


@dataclass(frozen=True, kw_only=True)
class Came:
    """One file: its datasource and platform, both "metrics" for those, and its fate."""

    datasource_id: str
    platform: str
    fate: Fate


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore did. `rows` of erased people were left out of what came back.

    `tombstones` are those of people that the backup did not know, `keys` the keys that were destroyed again.
    """

    backup_id: str
    workspace_id: str
    files: tuple[Came, ...]
    rows: int
    tombstones: int
    keys: int
