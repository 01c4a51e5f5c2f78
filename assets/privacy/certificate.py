"""The certificate as a document: one canonical spelling, signed, and verified with nothing but itself and a key."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from resources.audit.entries import canonical
from resources.audit.signing import Signer
from resources.errors import Refused
from resources.settings import Settings

FORMAT: Final = "ignyte certificate of deletion 1"
KEY_NAME: Final = "certificates"
_ALGORITHM: Final = "Ed25519"
_PURPOSE: Final = b"ignyte certificate "
_RECEIPT_BYTES: Final = 15
_GROUP: Final = 4
_OUTSIDE: Final = ("certificate", "key", "signature")


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A genuine certificate: what it says, and the fingerprint of the key that signed it.

    `trusted`: the key is the one it was compared with; None if there was none to compare with. `about`: whether it is
    about the person that was named; None if nobody was.
    """

    said: Mapping[str, Any]
    fingerprint: str
    trusted: bool | None
    about: bool | None


def signer_of(settings: Settings) -> Signer:
    """The key that signs this home's certificates, and nothing else; made at first use."""
    return Signer(settings.keys_dir / KEY_NAME, KEY_NAME)


def signed(said: Mapping[str, Any], signer: Signer) -> str:
    """The document: what is said, the public key, and the signature over the one spelling of what is said."""
    public = base64.b64encode(_raw(signer.public_pem)).decode()
    key = {"algorithm": _ALGORITHM, "public": public, "fingerprint": fingerprint(signer.public_pem)}
    whole = {"certificate": dict(said), "key": key, "signature": signer.sign(_bound(said, key))}
    return canonical(whole).decode()


def verified(content: bytes, *, key: bytes | None = None, tokens: Iterable[str] = (), receipt: str = "") -> Verified:
    """Verifies a document offline. `key` is a public key in PEM that is trusted.

    With the `receipt` that was handed out with it, and a person's `tokens`, it also says whether it is about them.

    Raises:
        Refused: it was changed, or is no certificate.
    """
    try:
        whole = json.loads(content)
    except ValueError:
        raise _invalid("it is no JSON document") from None
    if not isinstance(whole, dict) or sorted(whole) != sorted(_OUTSIDE):
        raise _invalid("it is no certificate")
    # exactly the bytes that were issued, but for a line's end: a space more would be a change as well
    if canonical_or_none(whole) != content.removesuffix(b"\n"):
        raise _invalid("it is not spelled as it was issued")
    said, shown = whole["certificate"], whole["key"]
    pem = _signed_by(said, shown, whole["signature"])
    wanted = list(tokens)
    return Verified(
        said=said,
        fingerprint=fingerprint(pem),
        trusted=None if key is None else fingerprint(pem) == fingerprint(key),
        about=_is_about(said, wanted, receipt) if wanted else None,
    )


def new_receipt(random: bytes) -> str:
    """A receipt of 15 random bytes, in groups that can be read out."""
    text = base64.b32encode(random[:_RECEIPT_BYTES]).decode()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def committed(tokens: Iterable[str], receipt: str) -> list[str]:
    """What stands for a person in the certificate: nobody without the receipt can tell, or try, who it is."""
    salt = receipt.replace("-", "").strip().upper().encode()
    return sorted(hmac.new(salt, token.encode(), hashlib.sha256).hexdigest() for token in tokens)


def fingerprint(pem: bytes) -> str:
    """The first half of the SHA-256 of a public key, in hex.

    Raises:
        Refused: it is no Ed25519 public key in PEM.
    """
    return hashlib.sha256(_raw(pem)).hexdigest()[:32]


def canonical_or_none(whole: Mapping[str, Any]) -> bytes | None:
    """The one spelling; None for what has none."""
    try:
        return canonical(whole)
    except TypeError:
        return None


def _signed_by(said: object, shown: object, signature: object) -> bytes:
    """The key's PEM, once the signature is found to be its own."""
    if not (isinstance(said, dict) and isinstance(shown, dict) and isinstance(signature, str)):
        raise _invalid("it is no certificate")
    try:
        raw = base64.b64decode(str(shown.get("public")), validate=True)
        mark = base64.b64decode(signature, validate=True)
        public = Ed25519PublicKey.from_public_bytes(raw)
        public.verify(mark, _bound(said, shown))
    except (ValueError, InvalidSignature):
        raise _invalid("the signature does not fit what it says") from None
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    # base64 has several spellings of the same bytes at its end
    if base64.b64encode(mark).decode() != signature or shown.get("fingerprint") != fingerprint(pem):
        raise _invalid("its key or signature is not spelled as it was issued")
    if said.get("format") != FORMAT:
        raise _invalid("its format is not known to this version")
    return pem


def _bound(said: Mapping[str, Any], key: Mapping[str, Any]) -> bytes:
    return _PURPOSE + canonical({"certificate": said, "key": key})


def _is_about(said: Mapping[str, Any], tokens: list[str], receipt: str) -> bool:
    persons = said.get("asked", {}).get("person", [])
    return bool(receipt.strip()) and set(committed(tokens, receipt)) <= set(persons)


def _raw(pem: bytes) -> bytes:
    try:
        public = load_pem_public_key(pem)
    except ValueError:
        public = None
    if not isinstance(public, Ed25519PublicKey):
        raise Refused("it is no Ed25519 public key.", to="key of certificates", do_next="Give the PEM file of one.")
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _invalid(why: str) -> Refused:
    return Refused(f"not valid: {why}.", to="certificate", do_next="Ask whoever issued it for another copy.")
