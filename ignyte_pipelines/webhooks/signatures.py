"""Whether a message is really a platform's: seals over the bytes as they came, compared in constant time."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

import orjson

from resources.secret import Secret

_ALGORITHM: Final = "HMAC-SHA256"


def shopify_sealed(body: bytes, seal: str, secret: Secret) -> bool:
    """Whether `seal` (base64, X-Shopify-Hmac-Sha256) is that of the raw body."""
    wanted = base64.b64encode(hmac.new(secret.reveal().encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, seal.encode("utf-8", "replace"))


def meta_request(signed: str, secret: Secret) -> Mapping[str, Any] | None:
    """What a `signed_request` says; None if its seal is not right, or it is no such thing."""
    seal, dot, payload = signed.partition(".")
    wanted = hmac.new(secret.reveal().encode(), payload.encode("utf-8", "replace"), hashlib.sha256).digest()
    try:
        given = _unpadded(seal)
    except (binascii.Error, ValueError):
        return None
    if not dot or not hmac.compare_digest(wanted, given):
        return None
    try:
        said = orjson.loads(_unpadded(payload))
    except (binascii.Error, ValueError):
        return None
    return said if isinstance(said, dict) and str(said.get("algorithm", "")).upper() == _ALGORITHM else None


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
