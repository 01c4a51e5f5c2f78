"""What comes in: whole, within the limits and in time, or not at all."""

import gzip
import time
from functools import partial

import pytest
from door_platform import API
from door_vendor import FAST, Answer, Authority, Serving, drip, opened, raw, reply

from resources.door import Limits
from resources.errors import Stop, TryLater

# without the time in its head, the same text gives the same bytes, and so tests the same names
squeezed = partial(gzip.compress, mtime=0)

ORDERS = f"{API}/v1/orders"
HEAD = b"HTTP/1.1 200 OK\r\n"
CUTS = [
    HEAD + b"Content-Length: 100\r\n\r\n" + b"{" * 60,
    HEAD + b"Content-Length: 100\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{'a':\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\n{'a':",
    HEAD + b"\r\n{}",
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + squeezed(b"a" * 1000)[:20],
]


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_answer_is_never_taken_for_the_whole(authority: Authority, serving: Serving, cut: bytes) -> None:
    at = serving(raw(cut), raw(cut), reply(200, {"a": 1}))
    with opened(at, authority) as door:
        assert door.get(ORDERS).json() == {"a": 1}
    at = serving(raw(cut))
    with opened(at, authority) as door, pytest.raises(TryLater, match=r"cut off|where it ends|failed"):
        door.get(ORDERS)


def test_a_chunked_and_a_gzipped_answer_are_read_whole(authority: Authority, serving: Serving) -> None:
    text = b'{"a": "' + b"x" * 700_000 + b'"}'
    packed = squeezed(text[:1000]) + squeezed(text[1000:])
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (text[:9], text[9:])) + b"0\r\n\r\n"
    at = serving(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
        reply(200, packed, {"Content-Encoding": "gzip"}),
        reply(204, b""),
    )
    with opened(at, authority) as door:
        assert door.get(ORDERS).body == text
        assert door.get(ORDERS).body == text
        assert door.get(ORDERS).body == b""
        assert door.counts.bytes == len(text) + len(packed)
    assert at.seen[0].headers["accept-encoding"] == "gzip"


SMALL = Limits(reply_bytes=1_000_000, ratio_from_bytes=100_000, ratio=100)


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (b"x" * 1_000_001, "", "larger than"),
        (squeezed(b"\0" * 900_000), "gzip", "unpacks to more"),
        (squeezed(squeezed(b"\0" * 900_000_0)), "gzip", ""),
        (b"\x1f\x8b" + b"rubbish" * 5, "gzip", "damaged"),
        (squeezed(b"a") + b"tail", "gzip", "damaged"),
        (b"x", "br", "not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_too_much_and_too_odd_stop(
    authority: Authority, serving: Serving, body: bytes, encoding: str, words: str
) -> None:
    at = serving(reply(200, body, {"Content-Encoding": encoding} if encoding else {}))
    with opened(at, authority, limits=SMALL) as door:
        if words:
            with pytest.raises(Stop, match=words):
                door.get(ORDERS)
        else:  # one layer only is taken off
            assert gzip.decompress(door.get(ORDERS).body) == b"\0" * 9_000_000
        assert door.counts.retries == 0


def test_a_bomb_is_seen_before_it_is_unpacked(authority: Authority, serving: Serving) -> None:
    import tracemalloc  # noqa: PLC0415 -- only here

    bomb = squeezed(b"\0" * 200_000_000, 9)
    with opened(serving(reply(200, bomb, {"Content-Encoding": "gzip"})), authority) as door:
        tracemalloc.start()
        with pytest.raises(Stop, match="unpacks"):
            door.get(ORDERS)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize(
    "slow",
    [
        raw(b"", hang_up=False),
        raw(HEAD + b"Content-Length: 5\r\n\r\na", hang_up=False),
        drip(b"x", 20, HEAD + b"Content-Length: 20\r\n\r\n"),
        drip(b"X-A: b\r\n", 20, HEAD),
    ],
)
def test_no_answer_may_take_for_ever(authority: Authority, serving: Serving, slow: Answer) -> None:
    at = serving(slow)
    began = time.monotonic()
    limits = Limits(connect_seconds=1, read_seconds=0.25, reply_seconds=0.5, tries=1)
    with opened(at, authority, limits=limits) as door, pytest.raises(TryLater, match="in time"):
        door.get(ORDERS)
    assert time.monotonic() - began < 1.5


def test_an_answer_with_more_than_it_announced_spoils_nothing(authority: Authority, serving: Serving) -> None:
    at = serving(
        HEAD + b'Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"evil"', reply(200, b"[1]")
    )
    with opened(at, authority, limits=FAST) as door:
        assert door.get(ORDERS).body == b"{}"
        assert door.get(ORDERS).body == b"[1]"
