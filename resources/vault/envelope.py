"""Sealed bytes: AES-256-GCM with a versioned header and a canonical context."""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from resources.errors import Stop
from resources.vault.datakey import DataKey

NONCE_BYTES: Final = 12
_HEADER: Final = b"IGE1"
_TAG_BYTES: Final = 16
_SHORTEST: Final = len(_HEADER) + NONCE_BYTES + _TAG_BYTES


def canonical(aad: Mapping[str, str]) -> bytes:
    """One spelling for each context: sorted by key, each text led by its length in bytes."""
    pairs = sorted((key.encode(), value.encode()) for key, value in aad.items())
    return len(pairs).to_bytes(4) + b"".join(_led(part) for pair in pairs for part in pair)


def seal(plain: bytes, aad: Mapping[str, str], key: DataKey, nonce: bytes) -> bytes:
    """Locks `plain` under `key`, bound to `aad`. A nonce (12 bytes) is never used twice with one key."""
    if len(nonce) != NONCE_BYTES:
        del plain  # a traceback may print what its frames hold
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return _HEADER + nonce + AESGCM(key.view()).encrypt(nonce, plain, _bound(aad))


def open_(sealed: bytes, aad: Mapping[str, str], key: DataKey) -> bytes:
    """What was sealed.

    Raises:
        Stop: another key, another context, a changed bit, or not an envelope of this version.
    """
    if not sealed.startswith(_HEADER) or len(sealed) < _SHORTEST:
        raise Stop(
            "is not an envelope of a version known here.", to="sealed bytes", do_next="They are damaged or newer."
        )
    nonce, body = sealed[len(_HEADER) :][:NONCE_BYTES], sealed[len(_HEADER) + NONCE_BYTES :]
    try:
        return AESGCM(key.view()).decrypt(nonce, body, _bound(aad))
    except InvalidTag:
        raise Stop(
            "can't be opened: they were changed, or locked by another key or for another place.",
            to="sealed bytes",
            do_next="Nothing was used; restore them or connect again.",
        ) from None


def _led(part: bytes) -> bytes:
    return len(part).to_bytes(4) + part


def _bound(aad: Mapping[str, str]) -> bytes:
    return _HEADER + canonical(aad)
