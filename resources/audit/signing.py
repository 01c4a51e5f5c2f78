"""A key that signs: its private half stays in this home, its public half goes with every copy."""

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from resources.vault.keyfile import read_or_make

PUBLIC_NAME: Final = "audit.pub"
_SEED_BYTES: Final = 32


class Signer:
    """An Ed25519 key in `<folder>/<name>.key`, made at first use."""

    def __init__(self, folder: Path, name: str = "audit", *, random: Callable[[int], bytes] = os.urandom) -> None:
        file = folder / f"{name}.key"
        self._private = Ed25519PrivateKey.from_private_bytes(read_or_make(file, _SEED_BYTES, random))
        public = self._private.public_key()
        self.public_pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    def sign(self, content: bytes) -> str:
        """The signature in base64."""
        return base64.b64encode(self._private.sign(content)).decode()

    def __repr__(self) -> str:
        return f"Signer({self.key_id})"
