"""Where names lead, and who is believed to be whom."""

import socket
import ssl
from pathlib import Path

import pytest
import trustme
from door_platform import API, platform
from door_vendor import Authority, Sleeper, only_old_tls, opened, reply, vendor

from resources.door import Decision, Door, Internet, Sandbox
from resources.door.network import is_public
from resources.errors import Refused, Stop, TryLater
from resources.secret import Secret

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104 -- nothing binds to it
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1"),
    *("fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "2002:0a00:0001::1", "2001::1", "2001:db8::1"),
    *("64:ff9b::10.0.0.1", "64:ff9b::7f00:1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_known_as_such(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_a_public_address_is_known_as_such(address: str) -> None:
    assert is_public(address)


def internet_door(addresses: list[str], heard: list[Decision]) -> Door:
    def lookup(_host: str, port: int) -> list[tuple[object, ...]]:
        if not addresses:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return Door(
        platform(),
        account="a",
        settings={},
        credential=lambda: Secret("canary-token"),
        fence=lambda: True,
        network=Internet(lookup=lookup),
        on_refusal=heard.append,
        clock=Sleeper().clock(),
    )


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_to_a_private_address_is_refused_and_audited(addresses: list[str]) -> None:
    heard: list[Decision] = []
    with internet_door(addresses, heard) as door:
        with pytest.raises(Refused, match="private address"):
            door.get(f"{API}/v1/orders")
        assert door.counts.refusals == len(heard) == 1
        assert door.counts.retries == 0


def test_a_name_that_does_not_resolve_is_tried_later() -> None:
    with internet_door([], []) as door:
        with pytest.raises(TryLater, match="connection failed"):
            door.get(f"{API}/v1/orders")
        assert door.counts.retries == 4


def test_the_address_that_was_checked_is_the_one_connected_to(authority: Authority, tls: ssl.SSLContext) -> None:
    """A name that changes its mind between the check and the connection has no second chance to be asked."""
    asked: list[str] = []

    class Changing(Sandbox):
        def places(self, host: str, port: int) -> list[tuple[str, int]]:
            asked.append(host)
            return super().places(host, port) if len(asked) == 1 else [("10.0.0.1", 1)]

    with vendor(tls, reply(), reply()) as at:
        network = Changing(address=at.address, ca_file=authority.ca_file)
        with Door(
            platform(), account="a", settings={}, credential=lambda: None, fence=lambda: True, network=network
        ) as door:
            assert door.get(f"{API}/v1/orders").status == 200
            assert door.get(f"{API}/v1/orders").status == 200
        assert at.connections == 1
    assert asked == ["api.vendor.test"]


@pytest.mark.parametrize("address", ["8.8.8.8:443", "10.0.0.1:443", "localhost:443", "127.0.0.1", "127.0.0.1:x", ""])
def test_a_sandbox_is_on_loopback(address: str) -> None:
    with pytest.raises(Stop):
        Sandbox(address=address, ca_file=Path("ca.pem"))


def distrusted(context: ssl.SSLContext, authority: Authority, why: str) -> None:
    with vendor(context) as at, opened(at, authority) as door:
        with pytest.raises(Stop, match=why):
            door.get(f"{API}/v1/orders")
        assert at.seen == []
        assert door.counts.retries == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_not_spoken(authority: Authority, version: ssl.TLSVersion) -> None:
    distrusted(only_old_tls(authority.server(), version), authority, "TLS 1.2")


@pytest.mark.parametrize("ciphers", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256"])
def test_weak_ciphers_are_not_spoken(authority: Authority, ciphers: str) -> None:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    distrusted(context, authority, "TLS 1.2 or better with a strong cipher")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_tls_is_spoken(authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.server()
    context.minimum_version = context.maximum_version = version
    with vendor(context) as at, opened(at, authority) as door:
        assert door.get(f"{API}/v1/orders").status == 200


def test_an_expired_certificate_is_not_trusted(authority: Authority) -> None:
    distrusted(authority.server(expired=True), authority, "expired")


@pytest.mark.parametrize(
    "name",
    # a star stands for one whole label, and only for the first
    [
        *("api.other.test", "vendor.test", "api.api.vendor.test", "127.0.0.1"),
        *("*.api.vendor.test", "*.test", "*.other.test"),
    ],
)
def test_a_certificate_for_another_name_is_not_trusted(authority: Authority, name: str) -> None:
    distrusted(authority.server(name), authority, "not valid for")


def test_a_stranger_s_certificate_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    stranger = Authority(ca=trustme.CA(), ca_file=tmp_path / "unused")
    distrusted(stranger.server(), authority, "can't be trusted")


def test_public_authorities_mean_nothing_in_a_sandbox(authority: Authority, tls: ssl.SSLContext) -> None:
    network = Sandbox(address="127.0.0.1:1", ca_file=authority.ca_file)
    assert len(network.trust().get_ca_certs()) == 1
    with vendor(tls) as at, opened(at, authority) as door:
        door.get(f"{API}/v1/orders")
        adapter = door._sender._line._session.get_adapter(API)
        context = adapter.poolmanager.connection_pool_kw["ssl_context"]  # type: ignore[attr-defined]
        assert len(context.get_ca_certs()) == 1


def test_a_server_that_speaks_no_tls_gets_nothing(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        network = Sandbox(address=f"127.0.0.1:{listener.getsockname()[1]}", ca_file=authority.ca_file)
        listener.settimeout(5)
        door = Door(
            platform(), account="a", settings={}, credential=lambda: Secret("t"), fence=lambda: True, network=network
        )
        import threading  # noqa: PLC0415 -- only here

        def answer() -> None:
            wire, _ = listener.accept()
            with wire:
                wire.recv(100)
                wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with door, pytest.raises(Stop, match="TLS"):
            door.get(f"{API}/v1/orders")
        thread.join()


def test_the_environment_has_no_say(
    authority: Authority, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine api.vendor.test login canary password canary\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing.pem"))
    with vendor(tls) as at, opened(at, authority, credential=lambda: None) as door:
        assert door.get(f"{API}/v1/orders").status == 200
        assert "authorization" not in at.seen[0].headers
