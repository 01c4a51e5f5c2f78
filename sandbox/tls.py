"""The sandbox's own certificate authority and the certificate for all its hosts."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Paths of PEM files: what clients trust, and the server's chain with its key."""

    ca: Path
    chain: Path


def issue(hosts: tuple[str, ...], folder: Path) -> Certificates:
    """Makes a new authority and one certificate whose names are `hosts`, loopback included."""
    authority = trustme.CA(organization_name="Ignyte sandbox")
    certificate = authority.issue_cert(*hosts, "localhost", "127.0.0.1", common_name="sandbox.ignyte.test")
    made = Certificates(ca=folder / "sandbox-ca.pem", chain=folder / "sandbox-server.pem")
    authority.cert_pem.write_to_path(str(made.ca))
    made.chain.touch(mode=0o600)
    certificate.private_key_and_cert_chain_pem.write_to_path(str(made.chain))
    return made
