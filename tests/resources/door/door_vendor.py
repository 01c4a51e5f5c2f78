"""A small real vendor on loopback: TLS, keep-alive, and whatever bytes a test wants answered."""

import json
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from door_platform import TOKEN, judge_fine, platform

from resources.door import Clock, Door, Limits, Sandbox
from resources.operations import Purpose
from resources.platform import App
from resources.reading import Judgement, Reply
from resources.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it arrived. Header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Answer = bytes | Callable[[ssl.SSLSocket], None]


def reply(status: int = 200, body: bytes | object = b"{}", headers: Mapping[str, str] | None = None) -> bytes:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Length": str(len(payload)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + payload


@dataclass
class Vendor:
    """Answers from the list in turn, the last one for ever."""

    address: str
    answers: list[Answer]
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def vendor(context: ssl.SSLContext, *answers: Answer) -> Iterator[Vendor]:
    listener = socket.create_server(("127.0.0.1", 0))
    found = Vendor(address=f"127.0.0.1:{listener.getsockname()[1]}", answers=list(answers) or [reply()])
    threads: list[threading.Thread] = []
    open_sockets: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                wire, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(wire)
            threads.append(threading.Thread(target=_serve, args=(wire, context, found, open_sockets)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield found
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for wire in open_sockets:
            _hang_up(wire)
        for thread in threads:
            thread.join()


def _hang_up(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    wire.close()


def _serve(wire: socket.socket, context: ssl.SSLContext, found: Vendor, open_sockets: list[socket.socket]) -> None:
    try:
        with context.wrap_socket(wire, server_side=True) as tls:
            open_sockets.append(tls)
            found.connections += 1
            while (seen := _read(tls)) is not None:
                found.seen.append(seen)
                answer = found.next_answer()
                if callable(answer):
                    answer(tls)
                    return
                tls.sendall(answer)
    except OSError:
        wire.close()


def _read(tls: ssl.SSLSocket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = tls.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
    while len(body) < int(headers.get("content-length", "0")):
        body += tls.recv(65_536)
    return Seen(method=first.split()[0], target=first.split()[1], headers=headers, body=body)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate authority of this test run."""

    ca: trustme.CA
    ca_file: Path

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        ends = datetime.now(UTC) - timedelta(days=1) if expired else None
        begins = datetime.now(UTC) - timedelta(days=9) if expired else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*(names or ("*.vendor.test",)), not_after=ends, not_before=begins).configure_cert(context)
        return context


def raw(data: bytes, *, hang_up: bool = True) -> Answer:
    def answer(tls: ssl.SSLSocket) -> None:
        tls.sendall(data)
        if not hang_up:
            tls.recv(1)

    return answer


def drip(piece: bytes, times: int, first: bytes = b"", pause: float = 0.1) -> Answer:
    def answer(tls: ssl.SSLSocket) -> None:
        tls.sendall(first)
        for _ in range(times):
            tls.sendall(piece)
            time.sleep(pause)

    return answer


def only_old_tls(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A server that speaks nothing newer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


class Sleeper:
    """A clock whose sleeps are remembered and take no time."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)) -> None:
        self.slept: list[float] = []
        self._now = now

    def clock(self) -> Clock:
        return Clock(sleep=self.slept.append, now=lambda: self._now, chance=lambda: 0.0)


Serving = Callable[..., Vendor]
FAST = Limits(connect_seconds=2, read_seconds=0.3, reply_seconds=0.6, download_seconds=1)


@contextmanager
def opened(  # noqa: PLR0913 -- mirrors the door
    at: Vendor,
    authority: Authority,
    *,
    judge: Callable[[Reply], Judgement] = judge_fine,
    credential: Callable[[], Secret | None] = lambda: Secret(TOKEN),
    app: App | None = None,
    refresh: Callable[[], bool] | None = None,
    fence: Callable[[], bool] = lambda: True,
    purposes: frozenset[Purpose] = frozenset(Purpose),
    on_refusal: Callable[[object], None] = lambda _: None,
    limits: Limits = Limits(),  # noqa: B008 -- frozen facts
    sleeper: Sleeper | None = None,
) -> Iterator[Door]:
    door = Door(
        platform(judge),
        account="shop-1",
        settings={"currency": "EUR"},
        credential=credential,
        app=app,
        refresh=refresh,
        fence=fence,
        purposes=purposes,
        on_refusal=on_refusal,
        network=Sandbox(address=at.address, ca_file=authority.ca_file),
        limits=limits,
        clock=(sleeper or Sleeper()).clock(),
    )
    with door:
        yield door
