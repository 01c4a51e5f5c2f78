"""What is packed in bytes: compressed, archived, encoded, or a database's cells."""

import base64
import bz2
import io
import lzma
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

DEEPEST: Final = 5  # formats within formats
_SQLITE: Final = b"SQLite format 3\0"
_ZLIB: Final = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_GZIP: Final = b"\x1f\x8b"
_IN_BASE64: Final = (b"H4s", b"eJ", b"eN", b"eA", b"eF", b"UEs", b"Qlp", b"UEFS")  # packed, then encoded
_MOST: Final = 2 * 1024 * 1024 * 1024  # bytes out of one compressed stream
_DUCK: Final = slice(8, 12)


def is_duckdb(raw: bytes) -> bool:
    """Whether these are the first bytes of a DuckDB file."""
    return raw[_DUCK] == b"DUCK"


def is_sqlite(raw: bytes) -> bool:
    """Whether these are the first bytes of a SQLite file."""
    return raw.startswith(_SQLITE)


def contents(raw: bytes, deepest: int = DEEPEST) -> Iterator[bytes]:
    """The bytes as they lie, then all that is packed in them, in turn unpacked; damaged ends give what they hold."""
    yield raw
    if deepest:
        for inner in _unpacked(raw):
            yield from contents(inner, deepest - 1)


def _unpacked(raw: bytes) -> Iterator[bytes]:
    if raw[:2] == _GZIP or raw[:2] in _ZLIB:
        yield from _inflated(raw)
    elif raw[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from _zipped(raw)
    elif raw[:4] == b"PAR1":
        yield from _columns(raw)
    elif raw[:6] == b"ARROW1":
        yield from _table_texts(pa.ipc.open_file(raw).read_all())
    elif is_sqlite(raw):
        yield from cells(raw)
    elif raw[:3] == b"BZh":
        yield from _through(bz2.BZ2Decompressor(), raw)
    elif raw[:6] == b"\xfd7zXZ\x00":
        yield from _through(lzma.LZMADecompressor(), raw)
    elif raw[257:262] == b"ustar":
        yield from _archived(raw)
    elif raw.startswith(_IN_BASE64):
        yield from _decoded(raw)


def _inflated(raw: bytes) -> Iterator[bytes]:
    """Each member of a gzip file, or one zlib stream; a broken one up to where it breaks."""
    rest = raw
    while rest[:2] == _GZIP or rest[:2] in _ZLIB:
        unpacker = zlib.decompressobj(wbits=47)
        found = []
        try:
            found.append(unpacker.decompress(rest, _MOST))
        except zlib.error:
            # byte by byte there may be more before the damage than in one go
            found.append(_as_far_as_it_goes(rest))
        yield b"".join(found)
        rest = unpacker.unused_data


def _as_far_as_it_goes(raw: bytes) -> bytes:
    unpacker, found = zlib.decompressobj(wbits=47), bytearray()
    try:
        for start in range(0, len(raw), 64):
            found += unpacker.decompress(raw[start : start + 64])
    except zlib.error:
        return bytes(found)
    return bytes(found)


def _through(unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor, raw: bytes) -> Iterator[bytes]:
    try:
        yield unpacker.decompress(raw, _MOST)
    except (OSError, EOFError, lzma.LZMAError):
        return


def _zipped(raw: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield "\n".join(archive.namelist()).encode()
            yield from (archive.read(name) for name in archive.namelist())
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        # encrypted or broken: the raw bytes were searched
        return


def _archived(raw: bytes) -> Iterator[bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            for member in archive:
                if content := archive.extractfile(member):
                    yield content.read()
    except tarfile.TarError:
        return


def _columns(raw: bytes) -> Iterator[bytes]:
    try:
        yield from _table_texts(pq.read_table(pa.BufferReader(raw)))
    except pa.ArrowException:
        return


def _table_texts(table: pa.Table) -> Iterator[bytes]:
    """Every column's values as text, a line each."""
    for column in table.columns:
        for chunk in column.chunks:
            yield b"\n".join(as_bytes(value) for value in chunk.to_pylist() if value is not None)


def _decoded(raw: bytes) -> Iterator[bytes]:
    try:
        yield base64.b64decode(b"".join(raw.split()), validate=True)
    except ValueError:
        return


def cells(raw: bytes) -> Iterator[bytes]:
    """Each text and blob of each table of a SQLite file; what its free pages hold is in the raw bytes already."""
    connection = sqlite3.connect(":memory:")
    connection.text_factory = bytes
    try:
        # a copy without its log: the header is told that there is none
        connection.deserialize(raw[:18] + b"\x01\x01" + raw[20:])
        yield from rows_of(connection)
    except sqlite3.DatabaseError:
        return
    finally:
        connection.close()


def rows_of(connection: sqlite3.Connection) -> Iterator[bytes]:
    """The values of each table, a line each, and alone again those that are packed."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0").fetchall()
    for (name,) in names:
        quoted = as_bytes(name).decode().replace('"', '""')
        rows = connection.execute(f'SELECT * FROM "{quoted}"').fetchall()
        values = [as_bytes(value) for row in rows for value in row if value is not None]
        # a value longer than a page lies scattered in the file, so all are laid side by side once more
        yield b"\n".join(values)
        yield from (value for value in values if is_packed(value))


def is_packed(value: bytes) -> bool:
    """Whether a value looks like something that `contents` takes apart."""
    head = value[:16]
    return (
        head[:2] == _GZIP
        or head[:2] in _ZLIB
        or head.startswith((b"PK\x03\x04", b"PAR1", b"ARROW1", _SQLITE, b"BZh", b"\xfd7zXZ"))
        or (len(value) > len(head) and head.startswith(_IN_BASE64))
    )


def as_bytes(value: object) -> bytes:
    """A value as its text's bytes; bytes stay what they are."""
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode(errors="replace")
