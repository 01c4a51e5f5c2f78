"""Decompression that no bomb survives and no cut passes."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from resources.door.limits import Limits
from resources.errors import Stop, TryLater

_STEP: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1
# what the standard library's reader lets through of a damaged archive, whose sizes and methods it believes
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
)


class Cap:
    """What came in and what came out, held against the limits.

    `gave` raises Stop as soon as the sum is too much.
    """

    def __init__(self, limits: Limits, *, most: int, to: str) -> None:
        self._limits = limits
        self._most = most
        self._taken = 0
        self._given = 0
        self.to = to

    def took(self, size: int) -> None:
        self._taken += size

    def gave(self, size: int) -> None:
        self._given += size
        if self._given > self._most:
            raise self.stop(f"the answer is larger than {self._most:,} bytes.")
        bomb = self._given > self._limits.ratio * max(self._taken, 1)
        if self._given > self._limits.ratio_from_bytes and bomb:
            raise self.stop(f"the answer unpacks to more than {self._limits.ratio} times its size.")

    def stop(self, what: str) -> Stop:
        return Stop(what, to=self.to, do_next="Nothing of it was stored. If it goes on, report it to us.")

    def cut(self) -> TryLater:
        return TryLater("the answer was cut off.", to=self.to)


def plain(chunks: Iterable[bytes], cap: Cap) -> Iterator[bytes]:
    for chunk in chunks:
        cap.took(len(chunk))
        cap.gave(len(chunk))
        yield chunk


def gunzipped(chunks: Iterable[bytes], cap: Cap) -> Iterator[bytes]:
    """The text of one gzip file, which may have several members.

    Raises:
        TryLater: it is cut off.
        Stop: it is no gzip, or a bomb.
    """
    member = None
    for chunk in chunks:
        cap.took(len(chunk))
        rest = chunk
        while rest:
            if member is None or member.eof:
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _drained(member, rest, cap)
            rest = member.unused_data
    if member is not None and not member.eof:
        raise cap.cut()


def unpacked(chunks: Iterable[bytes], cap: Cap, limits: Limits) -> Iterator[bytes]:
    """The text of a gzip file or of a zip file with one member, told apart by their first bytes."""
    stream = iter(chunks)
    first = b""
    while len(first) < len(_ZIP):
        chunk = next(stream, b"")
        if not chunk:
            break
        first += chunk
    if first.startswith(_GZIP):
        yield from gunzipped(_again(first, stream), cap)
    elif first.startswith(_ZIP):
        yield from _unzipped(_again(first, stream), cap, limits)
    elif first:
        raise cap.stop("the file is neither gzip nor zip.")


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _drained(member: "zlib._Decompress", data: bytes, cap: Cap) -> Iterator[bytes]:
    """Steps of bounded size, so that a bomb is seen before it fills the memory."""
    while True:
        try:
            text = member.decompress(data, _STEP)
        except zlib.error:
            text = None
        if text is None:
            raise cap.stop("the compressed answer is damaged.")
        cap.gave(len(text))
        if text:
            yield text
        data = member.unconsumed_tail
        if member.eof or not (data or len(text) == _STEP):
            return


def _unzipped(chunks: Iterable[bytes], cap: Cap, limits: Limits) -> Iterator[bytes]:
    whole = io.BytesIO()
    for chunk in chunks:
        cap.took(len(chunk))
        whole.write(chunk)
        if whole.tell() > limits.archive_bytes:
            raise cap.stop("the archive is too large.")
    try:
        with zipfile.ZipFile(whole) as archive, archive.open(_only_member(archive, cap)) as member:
            while text := member.read(_STEP):
                cap.gave(len(text))
                yield text
    except _DAMAGE:
        raise cap.stop("the archive is damaged.") from None


def _only_member(archive: zipfile.ZipFile, cap: Cap) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1 or members[0].flag_bits & _ENCRYPTED:
        raise cap.stop("the archive does not hold exactly one readable file.")
    return members[0]
