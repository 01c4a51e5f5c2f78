"""A few bytes under a data key of their own: nobody reads them once that key is destroyed."""

import os
from collections.abc import Callable

from resources.stores import Stores
from resources.vault.datakey import DataKey
from resources.vault.envelope import NONCE_BYTES, open_, seal

Random = Callable[[int], bytes]


def sealed(
    stores: Stores, workspace_id: str, owner: str, plain: bytes, *, random: Random = os.urandom
) -> tuple[str, bytes]:
    """The id of a new key of this owner, such as "request", and `plain` sealed under it."""
    generation = stores.plane.files.next_generation(workspace_id, owner)
    key_id, key = stores.keys.new(workspace_id, owner, generation, stores.clock())
    with key:
        return key_id, _locked(key, key_id, owner, plain, random)


def resealed(stores: Stores, key_id: str, owner: str, plain: bytes, *, random: Random = os.urandom) -> bytes:
    """Other bytes under a key that is there already."""
    with stores.keys.plain(key_id) as key:
        return _locked(key, key_id, owner, plain, random)


def unsealed(stores: Stores, key_id: str, owner: str, blob: bytes) -> bytes:
    """What was sealed under the key.

    Raises:
        Stop: the key was destroyed, or the bytes are damaged or belong elsewhere.
    """
    with stores.keys.plain(key_id) as key:
        return open_(blob, _context(key_id, owner), key)


def _locked(key: DataKey, key_id: str, owner: str, plain: bytes, random: Random) -> bytes:
    return seal(plain, _context(key_id, owner), key, random(NONCE_BYTES))


def _context(key_id: str, owner: str) -> dict[str, str]:
    return {f"{owner} key": key_id}
