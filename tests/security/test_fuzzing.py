"""Whatever bytes come in, what reads them answers with its own words, within its limits, and shows nothing."""

import gzip
import io
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ignyte_pipelines.consent import Listening, listening
from resources.columns import integer, money, text, timestamp
from resources.decode import Decoder
from resources.door.limits import Limits
from resources.door.redaction import redact
from resources.door.unpacking import Cap, gunzipped, unpacked
from resources.errors import Stop, TryLater
from resources.platform import Feed, Stream
from resources.reading import Api, Format, Page, Window
from resources.vault.datakey import DataKey
from resources.vault.envelope import open_
from resources.warehouse.opening import memory

SMALL = Limits(download_bytes=100_000, archive_bytes=100_000, ratio=20, ratio_from_bytes=2_000)
STEP = 1024 * 1024
PERSON = "ana.canary@example.org"


def zipped(content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", content)
    return whole.getvalue()


def in_pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[at : at + size] for at in range(0, len(whole), size)]


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes with some of them changed, left out, doubled or cut off."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        raw[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw)


CONTENT = b"id,n\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(60))
FILES = st.one_of(st.binary(max_size=300), damaged(gzip.compress(CONTENT)), damaged(zipped(CONTENT)))


@given(FILES, st.integers(1, 64))
def test_any_file_is_unpacked_or_stops(whole: bytes, size: int) -> None:
    try:
        given_ = b"".join(unpacked(in_pieces(whole, size), Cap(SMALL, most=100_000, to="a file"), SMALL))
    except (Stop, TryLater):
        return
    assert len(given_) <= 100_000


@given(st.binary(max_size=2_000), st.integers(1, 64), st.sampled_from([gzip.compress, zipped]))
def test_a_whole_file_is_unpacked_whatever_the_pieces(content: bytes, size: int, pack: object) -> None:
    assert callable(pack)
    cap = Cap(SMALL, most=100_000, to="a file")
    assert b"".join(unpacked(in_pieces(pack(content), size), cap, SMALL)) == content


@given(st.integers(0, 255), st.integers(1_000_000, 20_000_000))
@settings(max_examples=20, deadline=None)
def test_no_bomb_gives_more_than_a_step_beyond_the_limit(byte: int, size: int) -> None:
    bomb, given_ = gzip.compress(bytes([byte]) * size), 0
    try:
        for piece in gunzipped([bomb], Cap(SMALL, most=100_000, to="a file")):
            given_ += len(piece)
    except Stop:
        assert given_ <= 100_000 + STEP
        return
    pytest.fail("it was unpacked whole")


def _unread(_api: Api, _window: Window) -> Iterator[Page]:
    yield from ()


def feed(kind: Format) -> Feed:
    columns = (text("id", "I."), integer("n", "N."), money("paid", "P."), timestamp("at", "A."), text("mail", "M."))
    stream = Stream(name="t", description="T.", key=("id",), columns=columns, cursor_reason="none")
    return Feed(name="things", format=kind, read=_unread, streams=(stream,))


HEAD = "id,n,paid,at,mail\n"
GOOD = {
    Format.CSV: (HEAD + f"a,1,2.50,2026-03-01T10:00:00Z,{PERSON}\n" * 3).encode(),
    Format.TSV: (HEAD + f"a,1,2.50,2026-03-01T10:00:00Z,{PERSON}\n" * 3).replace(",", "\t").encode(),
    Format.JSONL: (f'{{"id":"a","n":1,"paid":"2.50","at":"2026-03-01T10:00:00Z","mail":"{PERSON}"}}\n' * 3).encode(),
}
PAGES = st.sampled_from(list(GOOD)).flatmap(
    lambda kind: st.tuples(st.just(kind), st.one_of(st.binary(max_size=200), damaged(GOOD[kind])))
)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = memory(tmp_path)
    yield opened
    opened.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAGES)
def test_any_page_of_lines_is_a_table_or_a_stop_that_quotes_nobody(
    reader: duckdb.DuckDBPyConnection, tmp_path: Path, drawn: tuple[Format, bytes]
) -> None:
    kind, body = drawn
    declared = feed(kind)
    said = ""
    try:
        table = Decoder(reader, tmp_path, "vendor", declared).decode([Page(body=body)], declared.streams).tables["t"]
    except Stop as stopped:
        said = f"{stopped} {stopped.__cause__!r}"
    else:
        assert table.column_names == ["id", "n", "paid", "at", "mail"]
        assert None not in table["id"].to_pylist()
    assert "canary" not in said
    assert not list(tmp_path.glob("*.page"))


@given(st.binary(max_size=120), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2))
def test_no_bytes_open_as_an_envelope(sealed: bytes, context: dict[str, str]) -> None:
    for whole in (sealed, b"IGE1" + sealed):
        with pytest.raises(Stop):
            open_(whole, context, DataKey(bytes(32)))


AROUND = st.text(st.characters(exclude_characters="@%", exclude_categories=["Cs"]), max_size=40)
NAMES = st.from_regex(r"[a-z][a-z0-9.+-]{0,20}[a-z0-9]", fullmatch=True)


@given(AROUND, NAMES, st.from_regex(r"[a-z]{2,12}(\.[a-z]{2,8}){1,2}", fullmatch=True), AROUND, st.sampled_from("@%"))
def test_no_address_of_a_person_passes_redaction(before: str, name: str, domain: str, after: str, at: str) -> None:
    address = f"{name}{'@' if at == '@' else '%40'}{domain}"
    assert address not in redact(f"{before} {address} {after}")


@given(st.text(max_size=200))
def test_redacting_twice_shows_no_more_than_once(given_: str) -> None:
    once = redact(given_)
    assert len(redact(once)) <= len(once) + len("[hidden]")


@pytest.fixture(scope="module")
def listener() -> Iterator[Listening]:
    with listening("the-state") as opened:
        yield opened


LINES = st.one_of(
    st.binary(max_size=120),
    st.builds(
        lambda path, host: b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        st.one_of(st.binary(max_size=60), st.just(b"/callback?code=c&state=the-stat%65%00")),
        st.sampled_from([b"127.0.0.1:1", b"evil.test", b"", b"localhost:x"]),
    ),
)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_no_bytes_stop_the_listener_or_pass_for_an_answer(listener: Listening, sent: bytes) -> None:
    port = int(listener.redirect.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(sent)
        wire.shutdown(socket.SHUT_WR)
        try:
            said = wire.recv(100)
        except ConnectionResetError:
            said = b""
    assert b" 200 " not in said.partition(b"\r\n")[0]
    assert urllib3.request("GET", listener.redirect, retries=False).status == 404
