"""A certificate can be verified with nothing but itself, and every change to it is noticed."""

import json
from pathlib import Path

import pytest

from assets.privacy.certificate import FORMAT, committed, fingerprint, new_receipt, signed, verified
from resources.audit.signing import Signer
from resources.errors import Refused
from resources.identity import subject

RECEIPT = new_receipt(bytes(range(15)))
HERS = subject(emails=("Wren.Canary+Juniper@Example.COM",), ids=("shopify:7073924100001",))


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(tmp_path / "keys", "certificates")


@pytest.fixture
def document(signer: Signer) -> bytes:
    said = {"format": FORMAT, "id": "cert_1", "asked": {"person": committed(HERS.tokens, RECEIPT)}, "rows": 3}
    return signed(said, signer).encode()


def test_a_genuine_one_is_valid_anywhere(document: bytes, signer: Signer, tmp_path: Path) -> None:
    found = verified(document + b"\n")
    assert (found.said["id"], found.trusted, found.about) == ("cert_1", None, None)
    assert found.fingerprint == fingerprint(signer.public_pem)
    assert verified(document, key=signer.public_pem).trusted is True
    assert verified(document, key=Signer(tmp_path / "other").public_pem).trusted is False


def test_every_byte_that_is_flipped_is_noticed(document: bytes) -> None:
    for at in range(len(document)):
        for bit in (0x01, 0x20):
            changed = document[:at] + bytes([document[at] ^ bit]) + document[at + 1 :]
            with pytest.raises(Refused, match="not valid"):
                verified(changed)


@pytest.mark.parametrize("change", [b" ", b"\n\n", b"{}"])
def test_nothing_can_be_added(document: bytes, change: bytes) -> None:
    with pytest.raises(Refused, match="not valid"):
        verified(document + change)
    with pytest.raises(Refused, match="not valid"):
        verified(json.dumps(json.loads(document), indent=1).encode())


def test_another_key_cannot_take_its_place(document: bytes, tmp_path: Path) -> None:
    whole, other = json.loads(document), json.loads(signed({"format": FORMAT}, Signer(tmp_path / "other")))
    for part in ("key", "signature"):
        forged = json.dumps(whole | {part: other[part]}, sort_keys=True, separators=(",", ":")).encode()
        with pytest.raises(Refused, match="not valid"):
            verified(forged)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"certificate":1,"key":2,"signature":3}', b"1e999"])
def test_what_is_no_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="not valid"):
        verified(content)


def test_only_who_holds_the_receipt_can_tell_whom_it_is_about(document: bytes) -> None:
    mail = subject(emails=("wren.canary+juniper@example.com",)).tokens
    assert verified(document, tokens=mail, receipt=RECEIPT).about is True
    assert verified(document, tokens=mail, receipt=RECEIPT.lower().replace("-", "")).about is True
    assert verified(document, tokens=HERS.tokens, receipt=RECEIPT).about is True
    assert verified(document, tokens=mail, receipt=new_receipt(bytes(15))).about is False
    assert verified(document, tokens=mail, receipt="").about is False
    assert verified(document, tokens=subject(emails=("a@example.com",)).tokens, receipt=RECEIPT).about is False
    assert b"wren" not in document.lower()


def test_what_is_no_key_is_said(document: bytes) -> None:
    with pytest.raises(Refused, match="no Ed25519"):
        verified(document, key=b"-----BEGIN NOTHING-----")
