"""The certificate with which our local pages speak TLS, made here and vouched for by nobody else."""

import os
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes

_NAMES: Final = ("127.0.0.1", "localhost", "::1")
_LASTS: Final = timedelta(days=90)
_RENEWED: Final = timedelta(days=30)  # this long before it runs out
_STARTS: Final = timedelta(days=1)  # before now, for clocks that differ
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Files of PEM: `chain` holds the private key too (0600), `authority` is what a browser may be told to trust."""

    chain: Path
    authority: Path
    fingerprint: str  # SHA-256 of the server's certificate, as browsers show it
    ends: datetime

    def context(self) -> ssl.SSLContext:
        """How a server with it speaks: TLS 1.2 or newer, strong ciphers only."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.set_ciphers(_CIPHERS)
        made.load_cert_chain(self.chain)
        return made


def certificate(home: Path, now: datetime) -> Certificate:
    """The one in <home>/tls, made or made again where there is none or it soon runs out."""
    folder = home / "tls"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    chain = folder / "server.pem"
    if not chain.exists() or _read(folder).ends - now < _RENEWED:
        _make(folder, now)
    return _read(folder)


def given(chain: Path) -> Certificate:
    """One that a person brings: a PEM file with the private key and the certificates, its own first."""
    return _shown(chain, chain)


def _make(folder: Path, now: datetime) -> None:
    # the authority's own key is forgotten at once, so that whoever trusts it trusts this certificate alone
    authority = trustme.CA(organization_name="Ignyte on this machine")
    made = authority.issue_cert(*_NAMES, not_before=now - _STARTS, not_after=now + _LASTS)
    _write(folder / "authority.pem", authority.cert_pem.bytes())
    _write(folder / "server.pem", made.private_key_and_cert_chain_pem.bytes())


def _write(file: Path, content: bytes) -> None:
    unfinished = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    unfinished.replace(file)


def _read(folder: Path) -> Certificate:
    return _shown(folder / "server.pem", folder / "authority.pem")


def _shown(chain: Path, authority: Path) -> Certificate:
    own = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    digest = own.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(chain=chain, authority=authority, fingerprint=digest, ends=own.not_valid_after_utc)
