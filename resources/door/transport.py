"""The wire below requests: TLS to the address that was checked, with a deadline on every read."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from resources.door.network import Network


class Deadline:
    """When the request under way has to be over; one line has one request at a time."""

    def __init__(self, monotonic: Callable[[], float], *, read_seconds: float) -> None:
        self._monotonic = monotonic
        self._read_seconds = read_seconds
        self._until = 0.0

    def start(self, seconds: float) -> None:
        self._until = self._monotonic() + seconds

    def left(self) -> float:
        """Seconds for the next read.

        Raises:
            TimeoutError: the request took too long as a whole, however steadily it drips.
        """
        left = self._until - self._monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the request has passed")
        return min(left, self._read_seconds)


class Adapter(HTTPAdapter):
    """Carries https only, through no proxy, verified against the network's own trust and nothing else."""

    def __init__(self, network: Network, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **_: Any) -> None:  # noqa: ANN401, FBT001, FBT002 -- the base class's signature
        context = self._network.trust()
        context.sslsocket_class = _socket_class(self._deadline)
        self.poolmanager = PoolManager(connections, maxsize=maxsize, block=block, ssl_context=context)
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._network)}

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: bool | str,  # noqa: FBT001 -- the base class's signature
        cert: str | tuple[str, str] | None = None,
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 -- the base class's signature
        """Keeps requests from adding its own authorities to the context's."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None


def _socket_class(deadline: Deadline) -> type[ssl.SSLSocket]:
    class TimedSocket(ssl.SSLSocket):
        """Asks the deadline before each read: a time-out of its own would start anew with every byte."""

        def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:  # noqa: ANN401 -- Buffer needs Python 3.12
            self.settimeout(deadline.left())
            return super().recv_into(buffer, nbytes, flags)

    return TimedSocket


def _pool_class(network: Network) -> type[HTTPSConnectionPool]:
    class CheckedConnection(HTTPSConnection):
        """Connects to the network's place and to no other; the certificate is still asked for the host's name."""

        def _new_conn(self) -> socket.socket:
            return _connect(self, network)

    class CheckedPool(HTTPSConnectionPool):
        ConnectionCls = CheckedConnection

    return CheckedPool


def _connect(connection: HTTPSConnection, network: Network) -> socket.socket:
    reason: OSError = OSError("the name has no address")
    try:
        places = network.places(connection.host, connection.port)
    except OSError as error:
        raise NewConnectionError(connection, "the name does not resolve") from error
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else None
    for place in places:
        try:
            wire = socket.create_connection(place, timeout)
        except OSError as error:
            reason = error
        else:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return wire
    if isinstance(reason, TimeoutError):
        raise ConnectTimeoutError(connection, "no answer in time") from reason
    raise NewConnectionError(connection, "no connection") from reason
