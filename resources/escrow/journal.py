"""The journal at the target: every destroyed key and every tombstone, signed, added to and never taken from."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from resources.audit.entries import canonical
from resources.audit.signing import Signer
from resources.control_plane.facts import KeyRecord
from resources.control_plane.tombstones import Tombstone
from resources.errors import Stop
from resources.escrow.places import Place

_ROOT: Final = "journal"
_KEY: Final = "key-"
_STONES: Final = "tombstones-"


@dataclass(frozen=True, kw_only=True)
class DeadKey:
    """A data key that was destroyed; `owner` is a datasource's id or "metrics"."""

    id: str
    owner: str
    generation: int
    destroyed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Gone:
    """What the journal says of a workspace.

    `strangers` counts entries under a signing key that is not this home's: another home's, as after a lost disk. They
    count as any other, since a false one costs a backup and a missing one a person.
    """

    keys: Mapping[str, DeadKey]
    tombstones: tuple[Tombstone, ...]
    strangers: int


@dataclass(frozen=True, kw_only=True)
class _Entry:
    said: Mapping[str, Any]
    ours: bool


class Journal:
    """One object an entry, so that several processes can add at once. An entry twice is once."""

    def __init__(self, place: Place, signer: Signer) -> None:
        self._place, self._signer = place, signer
        self._introduced = False
        self._seen: dict[str, _Entry] = {}

    def add_key(self, record: KeyRecord, at: datetime) -> None:
        """Notes a destroyed key.

        Raises:
            TryLater: the target can't be reached.
        """
        said = {"kind": "key", "id": record.id, "owner": record.owner, "generation": record.generation}
        self._add(record.workspace_id, f"{_KEY}{record.id}.json", said | {"at": at.isoformat()})

    def add_tombstones(self, stones: Sequence[Tombstone]) -> None:
        """Notes tombstones of one workspace that were set together.

        Raises:
            TryLater: the target can't be reached.
        """
        first = stones[0]
        said = {"kind": "tombstones", "id": first.id, "stones": [_spelled(each) for each in stones]}
        self._add(first.workspace_id, f"{_STONES}{first.id}.json", said)

    def keys(self, workspace_id: str) -> set[str]:
        """The ids of the workspace's keys whose destruction is noted, by the names of their entries alone."""
        names = (each for each in self._names(workspace_id) if each.startswith(_KEY))
        return {name.removeprefix(_KEY).removesuffix(".json") for name in names}

    def stones(self, workspace_id: str) -> list[Tombstone]:
        """The workspace's tombstones that are noted.

        Raises:
            Stop: an entry was changed.
        """
        entries = [self._read(workspace_id, name) for name in self._names(workspace_id) if name.startswith(_STONES)]
        return _stones(entry.said for entry in entries)

    def of(self, workspace_id: str) -> Gone:
        """Everything that is gone from a workspace, after a look at each signature.

        Raises:
            Stop: an entry was changed.
        """
        entries = [self._read(workspace_id, name) for name in self._names(workspace_id)]
        keys = [_dead_key(entry.said) for entry in entries if entry.said["kind"] == "key"]
        return Gone(
            keys={key.id: key for key in keys},
            tombstones=tuple(_stones(entry.said for entry in entries if entry.said["kind"] == "tombstones")),
            strangers=sum(not entry.ours for entry in entries),
        )

    def _names(self, workspace_id: str) -> list[str]:
        under = f"{_ROOT}/{workspace_id}/"
        return sorted(found.name.removeprefix(under) for found in self._place.found(under))

    def _add(self, workspace_id: str, name: str, said: Mapping[str, Any]) -> None:
        said = {**said, "workspace_id": workspace_id, "signed_by": self._signer.key_id}
        signed = said | {"sig": self._signer.sign(canonical(said))}
        if not self._introduced:
            self._place.put(f"{_ROOT}/{self._signer.key_id}.pub", self._signer.public_pem)
            self._introduced = True
        self._place.put(f"{_ROOT}/{workspace_id}/{name}", canonical(signed) + b"\n")

    def _read(self, workspace_id: str, name: str) -> _Entry:
        place = f"{_ROOT}/{workspace_id}/{name}"
        if known := self._seen.get(place):
            return known
        try:
            said: dict[str, Any] = json.loads(self._place.read(place) or b"")
            signature = base64.b64decode(said.pop("sig"))
            ours = said["signed_by"] == self._signer.key_id
            pem = self._signer.public_pem if ours else self._place.read(f"{_ROOT}/{said['signed_by']}.pub")
            _public(pem or b"", said["signed_by"]).verify(signature, canonical(said))
            _require_name(said, workspace_id, name)
        except (KeyError, ValueError, TypeError, InvalidSignature):
            raise Stop(
                "an entry of the journal of what was destroyed was changed.",
                to=f"{place} in {self._place}",
                do_next="Nothing is restored by it: find out who changed it, and take the journal from another copy.",
            ) from None
        self._seen[place] = entry = _Entry(said=said, ours=ours)
        return entry


def _public(pem: bytes, key_id: str) -> Ed25519PublicKey:
    found = load_pem_public_key(pem)
    if not isinstance(found, Ed25519PublicKey):
        raise TypeError("no Ed25519 key")
    if hashlib.sha256(found.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16] != key_id:
        raise ValueError("another's public key")
    return found


def _require_name(said: Mapping[str, Any], workspace_id: str, name: str) -> None:
    prefix = _KEY if said["kind"] == "key" else _STONES
    if (name, workspace_id) != (f"{prefix}{said['id']}.json", said["workspace_id"]):
        raise ValueError("an entry under another's name")


def _dead_key(said: Mapping[str, Any]) -> DeadKey:
    dead = datetime.fromisoformat(said["at"])
    return DeadKey(id=said["id"], owner=said["owner"], generation=said["generation"], destroyed_at=dead)


def _spelled(stone: Tombstone) -> dict[str, Any]:
    return {**vars(stone), "created_at": stone.created_at.isoformat()}


def _stones(entries: Iterable[Mapping[str, Any]]) -> list[Tombstone]:
    found = [
        Tombstone(**{**stone, "created_at": datetime.fromisoformat(stone["created_at"])})
        for said in entries
        for stone in said["stones"]
    ]
    return sorted(found, key=lambda stone: stone.generation)
