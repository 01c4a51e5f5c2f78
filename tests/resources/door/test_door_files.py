"""Report files: addresses that were handed out, no credentials, whole lines, no bombs."""

import gzip
import io
import ssl
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from door_platform import API, ISSUED_FILE
from door_vendor import Answer, Authority, Sleeper, Vendor, opened, reply, vendor

from resources.door import Closed, Door, Expired, Limits
from resources.errors import Refused, Stop, TryLater

# without the time in its head, the same text gives the same bytes, and so tests the same names
squeezed = partial(gzip.compress, mtime=0)

LINES = b"".join(b"%d,some text\n" % number for number in range(2_000))


@contextmanager
def ready(
    tls: ssl.SSLContext,
    authority: Authority,
    *answers: Answer,
    limits: Limits = Limits(),  # noqa: B008 -- frozen facts
    fence: Callable[[], bool] = lambda: True,
) -> Iterator[tuple[Door, Vendor]]:
    """A door whose platform has handed out the address of a file."""
    with (
        vendor(tls, reply(200, {"id": 1}), reply(200, {"url": ISSUED_FILE}), *answers) as at,
        opened(at, authority, limits=limits, fence=fence, sleeper=Sleeper()) as door,
    ):
        door.post(f"{API}/v1/reports", json={"kind": "sales"})
        door.get(f"{API}/v1/reports/1")
        at.seen.clear()
        yield door, at


def zipped(*members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members):
            archive.writestr(f"{number}.csv", member)
    return whole.getvalue()


def test_a_file_is_asked_for_without_anything_of_ours(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority, reply(200, b"a,b\n1,2")) as (door, at):
        assert b"".join(door.download(ISSUED_FILE)) == b"a,b\n1,2"
        assert at.seen[0].target == "/out/report.csv?X-Amz-Signature=canary-signature-77"
        assert set(at.seen[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize(
    "url", [ISSUED_FILE + "&x=1", "https://files.vendor.test/out/other", f"{API}/v1/orders", "https://evil.test/out/x"]
)
def test_any_other_address_is_refused_at_once(tls: ssl.SSLContext, authority: Authority, url: str) -> None:
    with ready(tls, authority) as (door, at):
        with pytest.raises(Refused):
            door.download(url)
        assert at.seen == []


@pytest.mark.parametrize(
    ("body", "encoding", "compressed"),
    [
        (LINES, "", False),
        (squeezed(LINES), "gzip", False),
        (squeezed(LINES), "", True),
        (squeezed(LINES), "gzip", True),
        (squeezed(LINES[:999]) + squeezed(LINES[999:]), "", True),
        (zipped(LINES), "", True),
    ],
)
def test_pieces_are_whole_lines_of_the_text(
    tls: ssl.SSLContext,
    authority: Authority,
    body: bytes,
    encoding: str,
    compressed: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    answer = reply(200, body, {"Content-Encoding": encoding} if encoding else {})
    chunked = Limits(piece_bytes=4_000)
    with ready(tls, authority, answer, limits=chunked) as (door, _):
        pieces = list(door.download(ISSUED_FILE, compressed=compressed))
    assert b"".join(pieces) == LINES
    assert all(piece.endswith(b"\n") for piece in pieces)


def test_only_the_last_piece_may_end_without_a_line_break(tls: ssl.SSLContext, authority: Authority) -> None:
    text = b"x" * 700_000 + b"\n" + b"y" * 700_000
    with ready(tls, authority, reply(200, text), limits=Limits(piece_bytes=100_000)) as (door, _):
        assert [len(piece) for piece in door.download(ISSUED_FILE)] == [700_001, 700_000]


def test_a_file_s_address_is_never_asked_with_the_token(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority) as (door, at):
        with pytest.raises(Refused):
            door.get(ISSUED_FILE)
        assert at.seen == []


def test_an_empty_file_has_no_pieces(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority, reply(200, b"")) as (door, _):
        assert list(door.download(ISSUED_FILE, compressed=True)) == []


SMALL = Limits(download_bytes=3_000_000, ratio=100, ratio_from_bytes=500_000, line_bytes=400_000, piece_bytes=1_000)


@pytest.mark.parametrize(
    ("body", "compressed", "words"),
    [
        (squeezed(b"\n" * 2_000_000), True, "unpacks to more"),
        (zipped(b"\n" * 2_000_000), True, "unpacks to more"),
        (b"x\n" * 1_600_000, False, "larger than"),
        (b"x" * 900_000, False, "line without an end"),
        (b"plain text", True, "neither gzip nor zip"),
        (b"P", True, "neither gzip nor zip"),
        (zipped(b"a", b"b"), True, "exactly one"),
        (zipped(), True, "neither|exactly one"),
        (zipped(LINES)[:-30], True, "damaged"),
        (squeezed(LINES)[:10] + b"\xff" * 99, True, "damaged"),
    ],
)
def test_bombs_and_rubbish_stop(
    tls: ssl.SSLContext,
    authority: Authority,
    body: bytes,
    compressed: bool,  # noqa: FBT001 -- a parameter of the test
    words: str,
) -> None:
    with ready(tls, authority, reply(200, body), limits=SMALL) as (door, at):
        with pytest.raises(Stop, match=words):
            list(door.download(ISSUED_FILE, compressed=compressed))
        assert len(at.seen) == 1


def test_a_file_that_has_not_begun_is_asked_for_again(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority, reply(503), reply(200, LINES)) as (door, _):
        assert b"".join(door.download(ISSUED_FILE)) == LINES
        assert door.counts.retries == 1


def test_a_file_that_is_cut_is_never_taken_for_the_whole(tls: ssl.SSLContext, authority: Authority) -> None:
    def cut(wire: ssl.SSLSocket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + LINES * 20)

    with ready(tls, authority, cut, limits=Limits(piece_bytes=1_000)) as (door, at):
        with pytest.raises(TryLater, match=r"cut off|failed"):
            list(door.download(ISSUED_FILE))
        assert len(at.seen) == 1
    short = squeezed(LINES)[:-4]
    with ready(tls, authority, reply(200, short)) as (door, _), pytest.raises(TryLater, match="cut off"):
        list(door.download(ISSUED_FILE, compressed=True))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_address_that_ran_out_is_not_tried_again(tls: ssl.SSLContext, authority: Authority, status: int) -> None:
    with ready(tls, authority, reply(status, b"<canary/>")) as (door, at):
        with pytest.raises(Expired) as caught:
            list(door.download(ISSUED_FILE))
        assert len(at.seen) == 1
        assert "canary" not in str(caught.value)


def test_a_file_s_redirect_is_not_followed(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority, reply(302, headers={"Location": ISSUED_FILE})) as (door, at):
        with pytest.raises(Stop, match="not followed"):
            list(door.download(ISSUED_FILE))
        assert len(at.seen) == 1


def test_the_fence_holds_for_files(tls: ssl.SSLContext, authority: Authority) -> None:
    open_now = [True]
    with ready(tls, authority, reply(200, LINES), fence=lambda: open_now[0]) as (door, at):
        open_now[0] = False
        with pytest.raises(Closed):
            list(door.download(ISSUED_FILE))
        assert at.seen == []


def test_a_file_left_half_read_lets_the_line_go(tls: ssl.SSLContext, authority: Authority) -> None:
    with ready(tls, authority, reply(200, LINES * 40), reply(), limits=Limits(piece_bytes=1_000)) as (door, _):
        pieces = door.download(ISSUED_FILE)
        assert next(pieces).endswith(b"\n")
        pieces.close()  # type: ignore[attr-defined]
        assert door.get(f"{API}/v1/orders").status == 200
