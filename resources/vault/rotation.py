"""Rotation of a master key: a new version, everything stored wrapped anew while work goes on, the old one destroyed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from resources.control_plane import ControlPlane
from resources.control_plane.facts import KeyRecord
from resources.errors import TryLater
from resources.vault.credentials import CredentialVault
from resources.vault.datakeys import DataKeys, context_of
from resources.vault.kms import Kms, Wrapped


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What a rotation did: the master key that wraps now, how many keys it wrapped anew, how many versions went."""

    name: str
    rewrapped: int
    retired: int


def rotate_data_master(plane: ControlPlane, keys: DataKeys) -> Rotated:
    """Rotates the master key of data files. Readers and writers go on meanwhile.

    Raises:
        TryLater: keys kept being made under the old version; it is still there, and so is everything else.
    """
    keys.kms.rotate()

    def rewrap_all() -> int:
        done = sum(_rewrapped(plane, keys, record) for record in _live(plane))
        plane.scrub()
        return done

    def stored() -> Iterator[Wrapped]:
        for record in _live(plane):
            yield record.wrapped or b"", context_of(record.workspace_id, record.owner, record.generation)

    return _carried_through(keys.kms, rewrap_all, stored)


def rotate_credentials_master(plane: ControlPlane, vault: CredentialVault) -> Rotated:
    """Rotates the master key of credentials; no grant is opened for it.

    Raises:
        TryLater: see `rotate_data_master`.
    """
    vault.kms.rotate()

    def rewrap_all() -> int:
        done = sum(vault.rewrap(datasource) for datasource in plane.datasources.all())
        plane.scrub()
        return done

    def stored() -> Iterable[Wrapped]:
        found = (vault.wrapped(datasource) for datasource in plane.datasources.all())
        return (wrapped for wrapped in found if wrapped)

    return _carried_through(vault.kms, rewrap_all, stored)


def _carried_through(kms: Kms, rewrap_all: Callable[[], int], stored: Callable[[], Iterable[Wrapped]]) -> Rotated:
    done = rewrap_all()
    try:
        retired = kms.retire(stored)
    except TryLater:
        # a key was made meanwhile by a process that had not noticed the new version yet
        done += rewrap_all()
        retired = kms.retire(stored)
    return Rotated(name=kms.name, rewrapped=done, retired=retired)


def _rewrapped(plane: ControlPlane, keys: DataKeys, record: KeyRecord) -> bool:
    context, kms = context_of(record.workspace_id, record.owner, record.generation), keys.kms
    with kms.steady():
        done = plane.keys.rewrap(record, kms.rewrap(record.wrapped or b"", context), kms.name)
    keys.rewrapped(record.id)
    return done


def _live(plane: ControlPlane) -> Iterator[KeyRecord]:
    for workspace in plane.workspaces.all():
        yield from (record for record in plane.keys.of(workspace.id) if record.wrapped is not None)
