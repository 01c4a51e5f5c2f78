"""Waiting at this machine for the answer to a consent page, and the stand-in for a person in a sandbox home."""

import queue
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import urllib3

from resources.errors import Refused, TryLater
from resources.settings import Sandbox

_PATH: Final = "/callback"
_HOPS: Final = 5
_SECONDS: Final = 10.0
_PAGE: Final = b"<!doctype html><title>Ignyte</title><p>%s You can close this window and go back to the terminal."
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Connection": "close",
}


class Listening:
    """One address on loopback, to which the platform sends the browser back."""

    def __init__(self, state: str, port: int) -> None:
        self._answers: queue.Queue[dict[str, str]] = queue.Queue(maxsize=1)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(state, self._answers))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="consent", daemon=True)
        self._thread.start()

    @property
    def redirect(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{_PATH}"

    def answer(self, seconds: float) -> Mapping[str, str]:
        """The parameters that came back, waited for at most that long.

        Raises:
            Refused: nobody answered.
        """
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            raise Refused("nobody answered in time.", to="consent", do_next="Start connecting again.") from None

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def listening(state: str, port: int = 0) -> Iterator[Listening]:
    """Listens until the block ends; port 0 takes a free one. Only an answer that carries `state` is taken."""
    made = Listening(state, port)
    try:
        yield made
    finally:
        made.close()


def _handler(state: str, answers: queue.Queue[dict[str, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "ignyte", ""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            given = dict(parse_qsl(parts.query, keep_blank_values=True))
            # a page elsewhere may send a browser here as well, so whoever does not know the state is not heard
            known = parts.path == _PATH and given.get("state") == state and self._addressed_to_us()
            if known and answers.empty():
                answers.put_nowait(given)
            self._reply(known=known)

        def _addressed_to_us(self) -> bool:
            host = self.headers.get("Host", "").rpartition(":")[0]
            return host in {"127.0.0.1", "localhost"}

        def _reply(self, *, known: bool) -> None:
            page = _PAGE % (b"The answer has arrived." if known else b"This is not an answer to our question.")
            self.send_response(HTTPStatus.OK if known else HTTPStatus.NOT_FOUND)
            for name, value in {**_HEADERS, "Content-Length": str(len(page))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 -- the parent's own signature
            """Says nothing: the address holds the code."""

    return Handler


def agree(sandbox: Sandbox, address: str) -> None:
    """Does what a person in front of the consent page would do: goes where the pretend platform sends them.

    Raises:
        TryLater: the sandbox does not answer.
        Refused: it shows an error page instead of sending the person back.
    """
    for _ in range(_HOPS):
        if urlsplit(address).scheme != "https":
            _come_back(address)
            return
        address = urljoin(address, _visit(sandbox, address))
    raise Refused("it leads nowhere.", to="consent page", do_next="Look at the sandbox's own answer.")


def _visit(sandbox: Sandbox, address: str) -> str:
    parts = urlsplit(address)
    host, _, port = sandbox.address.rpartition(":")
    name = parts.hostname or ""
    pool = urllib3.HTTPSConnectionPool(
        host.strip("[]"),
        int(port),
        ssl_context=ssl.create_default_context(cafile=str(sandbox.ca)),
        server_hostname=name,
        assert_hostname=name,
        timeout=_SECONDS,
        retries=False,
    )
    path = f"{parts.path or '/'}?{parts.query}"
    with pool:
        try:
            reply = pool.request("GET", path, headers={"Host": name}, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise TryLater(
                f"it does not answer ({type(error).__name__}).",
                to="sandbox",
                do_next="Start it in another terminal: ignyte sandbox serve",
            ) from None
    if "location" not in reply.headers:
        raise Refused(
            f"it did not send the person back (status {reply.status}).", to=name, do_next="Check the account's name."
        )
    return reply.headers["location"]


def _come_back(address: str) -> None:
    parts = urlsplit(address)
    with urllib3.HTTPConnectionPool(parts.hostname or "", parts.port, timeout=_SECONDS, retries=False) as pool:
        pool.request("GET", f"{parts.path}?{parts.query}", redirect=False)
