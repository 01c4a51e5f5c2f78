"""What passes between a session and its locked process: frames of a kind, a length and a body, over two pipes."""

import os
import select
import struct
import time
from enum import Enum
from io import RawIOBase
from typing import Final

_HEAD: Final = struct.Struct("<cQ")
_PIECE: Final = 1 << 20


class Kind(Enum):
    """What a frame carries. Bodies are JSON, except for `BYTES`: a piece of an Arrow stream."""

    OPEN = b"O"
    READY = b"R"
    QUESTION = b"Q"
    TABLES = b"T"
    GO = b"G"
    BYTES = b"B"
    DONE = b"D"
    TROUBLE = b"E"


class Silence(Exception):  # noqa: N818 -- it is no error of anybody's: the other side said nothing in time
    """Nothing came before the deadline."""


class Hangup(Exception):  # noqa: N818 -- as above: the other side is gone
    """The pipe ended in the middle, or before anything came."""


def send(pipe: int, kind: Kind, body: bytes | memoryview = b"") -> None:
    """Writes one whole frame.

    Raises:
        Hangup: nobody reads any more.
    """
    try:
        _write(pipe, _HEAD.pack(kind.value, len(body)))
        for start in range(0, len(body), _PIECE):
            _write(pipe, body[start : start + _PIECE])
    except BrokenPipeError:
        raise Hangup from None


def _write(pipe: int, body: bytes | memoryview) -> None:
    rest = memoryview(body)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def receive(pipe: int, *, until: float | None = None, at_most: int | None = None) -> tuple[Kind, bytes]:
    """Reads one whole frame; `until` is a moment of the monotonic clock, `at_most` the largest body in bytes.

    Raises:
        Silence: it was not whole by then.
        Hangup: the other side is gone, or sends what is no frame.
    """
    kind, length = _HEAD.unpack(_read(pipe, _HEAD.size, until))
    if at_most is not None and length > at_most:
        raise Hangup
    try:
        return Kind(kind), _read(pipe, length, until)
    except ValueError:
        raise Hangup from None


def _read(pipe: int, length: int, until: float | None) -> bytes:
    found = bytearray()
    while len(found) < length:
        if until is not None:
            _wait(pipe, until)
        piece = os.read(pipe, min(_PIECE, length - len(found)))
        if not piece:
            raise Hangup
        found += piece
    return bytes(found)


def _wait(pipe: int, until: float) -> None:
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN | select.POLLHUP)
    if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
        raise Silence


class Sender(RawIOBase):
    """A file to write to whose bytes leave as frames."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        body = memoryview(piece).cast("B")  # type: ignore[arg-type]  # whoever writes gives a buffer
        send(self._pipe, Kind.BYTES, body)
        return len(body)
