"""Turning what comes over the line into text, within the limits."""

from collections.abc import Iterable, Iterator, Mapping

from resources.door.limits import Limits
from resources.door.unpacking import Cap, gunzipped, plain, unpacked

_GZIP = frozenset({"gzip", "x-gzip"})


def decoded(
    chunks: Iterable[bytes], headers: Mapping[str, str], limits: Limits, *, most: int, to: str
) -> Iterator[bytes]:
    """The body as its sender meant it: the line's own compression is taken off.

    Raises:
        TryLater: it was cut off.
        Stop: it is too large, damaged, or in an encoding that was not asked for.
    """
    cap = Cap(limits, most=most, to=to)
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in _GZIP:
        return gunzipped(chunks, cap)
    if encoding not in {"", "identity"}:
        raise cap.stop("the answer is compressed in a way that was not asked for.")
    return plain(chunks, cap)


def file_text(
    chunks: Iterable[bytes], headers: Mapping[str, str], limits: Limits, *, compressed: bool, to: str
) -> Iterator[bytes]:
    """The text of a downloaded file, in pieces of whole lines; only the last one may end without a line break."""
    text = decoded(chunks, headers, limits, most=limits.download_bytes, to=to)
    if compressed and headers.get("content-encoding", "").strip().lower() not in _GZIP:
        text = unpacked(text, Cap(limits, most=limits.download_bytes, to=to), limits)
    return _whole_lines(text, limits, to)


def _whole_lines(text: Iterable[bytes], limits: Limits, to: str) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for part in text:
        held.append(part)
        size += len(part)
        if size >= limits.piece_bytes and b"\n" in part:
            piece, rest = _cut(held)
            yield piece
            held, size = [rest], len(rest)
        elif size > limits.line_bytes:
            raise Cap(limits, most=limits.line_bytes, to=to).stop("the file has a line without an end.")
    if size:
        yield b"".join(held)


def _cut(held: list[bytes]) -> tuple[bytes, bytes]:
    """At the last line break, which lies in the last part."""
    end = held[-1].rindex(b"\n") + 1
    return b"".join((*held[:-1], held[-1][:end])), held[-1][end:]
