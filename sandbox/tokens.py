"""Tokens that carry what they grant, sealed with a key made of the seed: a restarted sandbox still knows them."""

import hashlib
import hmac
from dataclasses import astuple, dataclass
from typing import Final

import orjson

_SEAL: Final = 16  # bytes


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a token stands for. `expires` is in UNIX seconds, 0 for never; `extra` is what a code was asked for with."""

    kind: str
    platform: str
    account: str
    scopes: tuple[str, ...]
    epoch: int = 0
    generation: int = 0
    expires: int = 0
    extra: tuple[str, ...] = ()


class Mint:
    """Makes and reads the tokens of one seed. They are hex after their prefix, as real ones are."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"sandbox|{seed}".encode()).digest()

    def make(self, prefix: str, facts: Facts) -> str:
        payload = orjson.dumps(astuple(facts))
        return prefix + (self._seal(payload) + payload).hex()

    def read(self, token: str, prefix: str) -> Facts | None:
        """What the token stands for; None if it is not one of ours."""
        try:
            raw = bytes.fromhex(token.removeprefix(prefix)) if token.startswith(prefix) else b""
        except ValueError:
            return None
        seal, payload = raw[:_SEAL], raw[_SEAL:]
        if not payload or not hmac.compare_digest(seal, self._seal(payload)):
            return None
        kind, platform, account, scopes, epoch, generation, expires, extra = orjson.loads(payload)
        return Facts(
            kind=kind,
            platform=platform,
            account=account,
            scopes=tuple(scopes),
            epoch=epoch,
            generation=generation,
            expires=expires,
            extra=tuple(extra),
        )

    def _seal(self, payload: bytes) -> bytes:
        return hmac.new(self._key, payload, hashlib.sha256).digest()[:_SEAL]


def public(label: str, length: int, prefix: str = "") -> str:
    """A fixed public value for the sandbox: a client id, a client secret, an API key. Hex after its prefix."""
    return prefix + hashlib.shake_256(f"ignyte sandbox|{label}".encode()).hexdigest((length + 1) // 2)[:length]
