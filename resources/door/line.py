"""The one line out: a requests session that keeps nothing, follows nothing and explains failures without secrets."""

import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
from requests import exceptions
from urllib3 import exceptions as wire_exceptions

from resources.door.limits import Clock, Limits
from resources.door.network import Network
from resources.door.transport import Adapter, Deadline
from resources.errors import Problem, Stop, TryLater

_STEP: Final = 256 * 1024
_EMPTY: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_OUR_FAULT: Final = (exceptions.InvalidHeader, exceptions.InvalidURL, exceptions.MissingSchema, UnicodeError)
_TOO_LONG: Final = (TimeoutError, exceptions.Timeout, wire_exceptions.TimeoutError)
_WEAK_TLS: Final = frozenset(
    {
        "DH_KEY_TOO_SMALL",
        "HTTP_REQUEST",
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_SSL_VERSION",
        "WRONG_VERSION_NUMBER",
    }
)


class Line:
    """Sends one request at a time. Not for several threads at once."""

    def __init__(self, network: Network, limits: Limits, clock: Clock) -> None:
        self._deadline = Deadline(clock.monotonic, read_seconds=limits.read_seconds)
        self._timeouts = (limits.connect_seconds, limits.read_seconds)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.adapters.clear()
        self._session.mount("https://", Adapter(network, self._deadline))

    def close(self) -> None:
        self._session.close()

    def open(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, to: str, seconds: float
    ) -> requests.Response:
        """Sends, and returns as soon as the headers are there.

        Raises:
            TryLater: the line failed.
            Stop: the other side can't prove who it is, or the request can't be written.
            Refused: the name leads to a private address.
        """
        self._deadline.start(seconds)
        try:
            prepared = requests.Request(method, url, headers=dict(headers), data=body).prepare()
            # exactly the address that was decided on: any rewriting could change its meaning or its signature
            prepared.url = url
            return self._session.send(
                prepared, stream=True, allow_redirects=False, verify=True, timeout=self._timeouts, proxies={}
            )
        except (exceptions.RequestException, wire_exceptions.HTTPError, OSError, UnicodeError) as error:
            problem = explain(error, to)
        # outside the except clause, so that no trace leads to an error that names the address
        raise problem

    def chunks(self, response: requests.Response, *, to: str) -> Iterator[bytes]:
        """The body as it comes over the line, still compressed.

        Raises:
            TryLater: it was cut off, took too long, or does not say where it ends.
        """
        if not _says_where_it_ends(response):
            raise TryLater("the answer does not say where it ends, so a cut could pass for the whole.", to=to)
        while chunk := _read(response, to):
            yield chunk


def _read(response: requests.Response, to: str) -> bytes:
    try:
        chunk: bytes = response.raw.read(_STEP, decode_content=False)
    except (wire_exceptions.HTTPError, OSError) as error:
        problem = explain(error, to)
    else:
        return chunk
    raise problem


def explain(error: Exception, to: str) -> Problem:
    """The error in words that hold nothing of the request but method, host and path."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _distrust(f"its certificate can't be trusted ({cause.verify_message}).", to)
        if isinstance(cause, ssl.SSLError) and cause.reason in _WEAK_TLS:
            return _distrust("it does not speak TLS 1.2 or better with a strong cipher.", to)
        if isinstance(cause, _OUR_FAULT):
            return Stop("the request can't be written.", to=to, do_next="Check the credential for stray characters.")
    unreached = any(isinstance(cause, wire_exceptions.NewConnectionError) for cause in causes)
    if not unreached and any(isinstance(cause, _TOO_LONG) for cause in causes):
        return TryLater("no full answer in time.", to=to)
    if any(isinstance(cause, wire_exceptions.IncompleteRead) for cause in causes):
        return TryLater("the answer was cut off.", to=to)
    return TryLater("the connection failed.", to=to)


def _distrust(what: str, to: str) -> Stop:
    return Stop(
        what, to=to, do_next="Nothing was sent. Check whether something stands between this machine and the host."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]


def _says_where_it_ends(response: requests.Response) -> bool:
    chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    return chunked or "content-length" in response.headers or response.status_code in _EMPTY
