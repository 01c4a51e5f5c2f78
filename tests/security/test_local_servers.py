"""Every server of ours on this machine speaks TLS, with a certificate that it made and keeps to itself."""

import asyncio
import socket
import ssl
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from ignyte_pipelines.certificate import Certificate, certificate
from ignyte_pipelines.pages import _NAMES
from ignyte_pipelines.speaking import speaking
from sandbox.serve import Sandbox


async def _echo(line: WebSocket) -> None:
    await line.accept()
    await line.send_text(await line.receive_text())
    await line.close()


APP = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here")), WebSocketRoute("/echo", _echo)])


@pytest.fixture
def shown(tmp_path: Path) -> Certificate:
    return certificate(tmp_path, datetime.now(UTC))


@contextmanager
def pages(shown: Certificate) -> Iterator[int]:
    """The very server that stands before Dagster's pages, before a small application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(speaking(TrustedHostMiddleware(APP, allowed_hosts=list(_NAMES)), "127.0.0.1", port, shown))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()


def trust(shown: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(shown.authority))


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_pages_and_their_live_lines_are_served_over_tls(shown: Certificate, name: str) -> None:
    async def talk(port: int) -> str | bytes:
        async with connect(f"wss://{name}:{port}/echo", ssl=trust(shown)) as line:
            await line.send("canary")
            return await line.recv()

    with pages(shown) as port:
        with urllib.request.urlopen(f"https://{name}:{port}/", context=trust(shown)) as reply:
            assert reply.read() == b"here"
        assert asyncio.run(talk(port)) == "canary"


def test_plain_http_gets_nothing(shown: Certificate) -> None:
    with pages(shown) as port, socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        wire.settimeout(5)
        try:
            said = wire.recv(1000)
        except ConnectionResetError:
            said = b""
    assert b"HTTP" not in said
    assert b"here" not in said


def test_a_strange_name_that_leads_here_gets_nothing(shown: Certificate) -> None:
    asked = urllib.request.Request("https://127.0.0.1", headers={"Host": "evil.test"})
    with pages(shown) as port:
        asked.full_url = f"https://127.0.0.1:{port}/"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, context=trust(shown))  # noqa: S310 -- https
        refused.value.close()
        assert refused.value.code == 400


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_not_spoken_by_our_pages(shown: Certificate, version: ssl.TLSVersion) -> None:
    with pages(shown) as port:
        refuse_old(("127.0.0.1", port), shown.authority, version)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_not_spoken_by_the_sandbox(sandbox: Sandbox, version: ssl.TLSVersion) -> None:
    host, _, port = sandbox.address.rpartition(":")
    refuse_old((host, int(port)), sandbox.ca_file, version)


def refuse_old(place: tuple[str, int], authority: Path, version: ssl.TLSVersion) -> None:
    old = ssl.create_default_context(cafile=str(authority))
    old.minimum_version, old.maximum_version = version, version
    old.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(place) as wire, pytest.raises((ssl.SSLError, ConnectionResetError)):
        old.wrap_socket(wire, server_hostname="127.0.0.1")


def test_only_its_owner_reads_the_certificate_s_key_and_nobody_keeps_the_authority_s(shown: Certificate) -> None:
    folder = shown.chain.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.iterdir()) == ["authority.pem", "server.pem"]
    assert b"PRIVATE" not in shown.authority.read_bytes()
    assert shown.chain.read_bytes().count(b"PRIVATE KEY-----") == 2


def test_it_is_kept_until_it_soon_runs_out(tmp_path: Path, shown: Certificate) -> None:
    now = shown.ends - timedelta(days=90)
    assert certificate(tmp_path, now + timedelta(days=59)) == shown
    renewed = certificate(tmp_path, now + timedelta(days=61))
    assert renewed.fingerprint != shown.fingerprint
    assert renewed.ends > shown.ends
    assert len(renewed.fingerprint) == 95
