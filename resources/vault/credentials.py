"""Credentials of datasources, each version under a data key of its own."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource, SealedCredential
from resources.errors import AskAgain, Stop
from resources.platform import Grant
from resources.secret import Secret
from resources.vault.envelope import NONCE_BYTES, open_, seal
from resources.vault.kms import Kms, Wrapped

_PURPOSE: Final = "grant"
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, kw_only=True)
class StoredGrant:
    """A grant and when its access runs out, None if never."""

    grant: Grant
    expires_at: datetime | None
    version: int


class CredentialVault:
    """Keeps the grant of each datasource, sealed under the credentials master key."""

    def __init__(self, plane: ControlPlane, kms: Kms, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._plane = plane
        self._kms = kms
        self._random = random

    def store(self, datasource: Datasource, grant: Grant, now: datetime) -> StoredGrant:
        """Keeps what a person allowed, in place of any grant before it."""
        sealed = self._plane.credentials.get(datasource.id, _PURPOSE)
        return self._put(datasource, grant, sealed.version + 1 if sealed else 1, now)

    def load(self, datasource: Datasource) -> StoredGrant:
        """The grant as it was stored.

        Raises:
            AskAgain: nothing is stored.
            Stop: what is stored belongs elsewhere or is damaged.
        """
        sealed = self._plane.credentials.get(datasource.id, _PURPOSE)
        if sealed is None:
            raise AskAgain("no credential is stored.", to=f"datasource {datasource.id}", do_next="Give access again.")
        return self._opened(datasource, sealed)

    def replace(self, datasource: Datasource, old: StoredGrant, fresh: Grant, now: datetime) -> StoredGrant:
        """Keeps a refreshed grant. The old one stays until the new one is stored; what it does not repeat is kept.

        Raises:
            Refused: another process refreshed `old` first; load its result.
        """
        whole = replace(fresh, refresh=fresh.refresh or old.grant.refresh, scopes=fresh.scopes or old.grant.scopes)
        return self._put(datasource, whole, old.version + 1, now)

    def destroy(self, datasource: Datasource) -> None:
        self._plane.credentials.destroy(datasource.id)

    def _put(self, datasource: Datasource, grant: Grant, version: int, now: datetime) -> StoredGrant:
        stored = StoredGrant(grant=grant, expires_at=now + grant.lasts if grant.lasts else None, version=version)
        context = _context(datasource, version)
        with self._kms.steady():
            key, wrapped = self._kms.generate_data_key(context)
            with key:
                sealed = seal(_written(stored), context, key, self._random(NONCE_BYTES))
            self._plane.credentials.put(
                datasource_id=datasource.id,
                purpose=_PURPOSE,
                blob=_joined(wrapped, sealed),
                key_id=self._kms.name,
                version=version,
                now=now,
            )
        return stored

    def rewrap(self, datasource: Datasource) -> bool:
        """Wraps the credential's data key anew, by the newest master key; False if there is none, or it just changed.

        The grant itself is not opened.
        """
        stored = self._plane.credentials.get(datasource.id, _PURPOSE)
        if stored is None:
            return False
        wrapped, sealed = _parted(stored.blob)
        with self._kms.steady():
            fresh = self._kms.rewrap(wrapped, _context(datasource, stored.version))
            return self._plane.credentials.rewrap(stored, _joined(fresh, sealed), self._kms.name)

    def wrapped(self, datasource: Datasource) -> Wrapped | None:
        """The credential's wrapped data key and its context; None if nothing is stored."""
        stored = self._plane.credentials.get(datasource.id, _PURPOSE)
        return (_parted(stored.blob)[0], _context(datasource, stored.version)) if stored else None

    @property
    def kms(self) -> Kms:
        """The credentials master key."""
        return self._kms

    def _opened(self, datasource: Datasource, stored: SealedCredential) -> StoredGrant:
        wrapped, sealed = _parted(stored.blob)
        context = _context(datasource, stored.version)
        with self._kms.unwrap(wrapped, context) as key:
            found = _read(open_(sealed, context, key), stored.version)
        if found is None:
            raise Stop(
                "its stored credential has a shape unknown here.",
                to=f"datasource {datasource.id}",
                do_next="Update this program, or give access again.",
            )
        return found


def _joined(wrapped: bytes, sealed: bytes) -> bytes:
    return len(wrapped).to_bytes(_LENGTH_BYTES) + wrapped + sealed


def _parted(blob: bytes) -> tuple[bytes, bytes]:
    start = _LENGTH_BYTES + int.from_bytes(blob[:_LENGTH_BYTES])
    return blob[_LENGTH_BYTES:start], blob[start:]


def _context(datasource: Datasource, version: int) -> dict[str, str]:
    return {
        "workspace": datasource.workspace_id,
        "datasource": datasource.id,
        "platform": datasource.platform,
        "purpose": _PURPOSE,
        "version": str(version),
    }


def _written(stored: StoredGrant) -> bytes:
    grant = stored.grant
    return orjson.dumps(
        {
            "access": grant.access.reveal(),
            "refresh": grant.refresh.reveal() if grant.refresh else None,
            "lasts": grant.lasts.total_seconds() if grant.lasts else None,
            "scopes": sorted(grant.scopes),
            "expires_at": stored.expires_at,
        }
    )


def _read(plain: bytes, version: int) -> StoredGrant | None:
    # says None instead of raising: a traceback may print what this frame holds
    try:
        return _grant(orjson.loads(plain), version)
    except (KeyError, TypeError, ValueError):
        return None


def _grant(content: dict[str, Any], version: int) -> StoredGrant:
    return StoredGrant(
        grant=Grant(
            access=Secret(content["access"]),
            refresh=Secret(content["refresh"]) if content["refresh"] else None,
            lasts=timedelta(seconds=content["lasts"]) if content["lasts"] else None,
            scopes=frozenset(content["scopes"]),
        ),
        expires_at=datetime.fromisoformat(content["expires_at"]) if content["expires_at"] else None,
        version=version,
    )
