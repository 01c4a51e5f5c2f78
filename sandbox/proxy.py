"""A CONNECT proxy that tunnels every host of the sandbox to its one port, for clients that know HTTPS_PROXY."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_HEAD_LIMIT: Final = 16_384
_PIECE: Final = 1 << 16


async def start(serves: Callable[[str], bool], target: tuple[str, int], port: int = 0) -> tuple[asyncio.Server, int]:
    """Listens on loopback; gives the server and its port. A host that `serves` denies is refused."""

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # a client may hang up at any point, and a stopping sandbox cancels: that ends this tunnel and nothing else
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            await _serve(reader, writer, serves, target)
        writer.close()

    server = await asyncio.start_server(tunnel, "127.0.0.1", port, limit=_HEAD_LIMIT)
    return server, server.sockets[0].getsockname()[1]


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, serves: Callable[[str], bool], target: tuple[str, int]
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, _, rest = head.partition(" ")
    host, _, port = rest.partition(" ")[0].rpartition(":")
    if method != "CONNECT" or port != "443" or not serves(host.lower()):
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        return
    inner_reader, inner_writer = await asyncio.open_connection(*target)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    try:
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
    finally:
        inner_writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while piece := await source.read(_PIECE):
        sink.write(piece)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()
