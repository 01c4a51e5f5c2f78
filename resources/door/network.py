"""Where host names lead: to the public internet, or to a sandbox that stands in for it."""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import certifi

from resources.errors import Refused, Stop

Place = tuple[str, int]  # an IP address and a port
Lookup = Callable[[str, int], list[tuple[Any, ...]]]

_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"  # TLS 1.2; every suite of 1.3 is strong
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class Network(Protocol):
    """How a host name is resolved and whom the line trusts."""

    def places(self, host: str, port: int) -> list[Place]:
        """Where to connect to, in order.

        Raises:
            Refused: the name leads to where no platform is.
            OSError: the name does not resolve.
        """

    def trust(self) -> ssl.SSLContext: ...


def _lookup(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


@dataclass(frozen=True, kw_only=True)
class Internet:
    """The real one. A name is looked up once and the address that was checked is the one connected to."""

    lookup: Lookup = _lookup
    ca_file: Path = Path(certifi.where())

    def places(self, host: str, port: int) -> list[Place]:
        found = [(str(entry[4][0]), int(entry[4][1])) for entry in self.lookup(host, port)]
        if not all(is_public(address) for address, _ in found):
            raise Refused(
                "the name leads to a private address.",
                to=host,
                do_next="Nothing was sent. Check the resolver of this machine.",
            )
        return found

    def trust(self) -> ssl.SSLContext:
        return _context(self.ca_file)


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """Every host name leads to one loopback address, whose certificates come from the sandbox's own authority."""

    address: str  # host:port
    ca_file: Path

    def __post_init__(self) -> None:
        host, _, port = self.address.rpartition(":")
        if not port.isdigit() or not _is_loopback(host):
            raise Stop("is not a loopback address with a port.", to="the sandbox", do_next="Start the sandbox again.")

    def places(self, host: str, port: int) -> list[Place]:  # noqa: ARG002 -- all names lead to one place
        address, _, own_port = self.address.rpartition(":")
        return [(address.strip("[]"), int(own_port))]

    def trust(self) -> ssl.SSLContext:
        return _context(self.ca_file)


def is_public(text: str) -> bool:
    """Whether an address is one on the public internet, with no other address hidden in it."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)))
        if address.ipv4_mapped or address.sixtofour or address.teredo:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_loopback)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _context(ca_file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.load_verify_locations(cafile=str(ca_file))
    return context
