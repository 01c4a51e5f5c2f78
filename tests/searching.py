"""Looks for many values at once in files, in every spelling and format in which they could hide."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

_WIDTH: Final = 8  # bytes that are compared at once; a shorter spelling is not looked for
_BITS: Final = 22
_DEEP: Final = 4  # formats within formats
_MAGIC: Final[dict[bytes, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": gzip.decompress,
    b"\x78\x9c": zlib.decompress,
    b"\x78\x01": zlib.decompress,
}
_IN_BASE64: Final = {b"H4", b"eJ", b"eA"}  # gzip and zlib
_PACKED: Final = {*_MAGIC, *_IN_BASE64, b"PK"}


def spellings(value: str | bytes) -> set[bytes]:
    """Raw, hexadecimal, base64 at each alignment; a text also in UTF-16, escaped for JSON and for URLs."""
    raw = value.encode() if isinstance(value, str) else value
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    if isinstance(value, str):
        found |= {value.encode("utf-16-le"), value.encode("utf-16-be"), value.lower().encode()}
        escaped = json.dumps(value)[1:-1]
        found |= {escaped.encode(), escaped.replace("@", "\\u0040").encode(), escaped.replace("/", "\\/").encode()}
        found |= {quote(value, safe="").encode(), quote(value, safe="").lower().encode()}
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
        sure = whole[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
        found |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class Needles:
    """Values by their labels; those labelled in `cut_short` are found by their first eight bytes already."""

    def __init__(self, values: Mapping[str, Iterable[str | bytes]], cut_short: Iterable[str] = ()) -> None:
        short = frozenset(cut_short)
        self._by_start: dict[int, list[tuple[bytes, str]]] = {}
        for label, held in values.items():
            for spelling in {form for value in held for form in spellings(value)}:
                if len(spelling) >= _WIDTH:
                    whole = spelling[:_WIDTH] if label in short else spelling
                    start = int.from_bytes(spelling[:_WIDTH], "little")
                    self._by_start.setdefault(start, []).append((whole, label))
        self._filter = np.zeros(1 << _BITS, dtype=bool)
        self._filter[_slots(np.array(sorted(self._by_start), dtype="<u8"))] = True

    def within(self, text: bytes) -> set[str]:
        """The labels of the values that occur."""
        return {label for start in self._starting(text) for whole, label in self._by_start[start] if whole in text}

    def _starting(self, text: bytes) -> Iterator[int]:
        for shift in range(min(_WIDTH, max(len(text) - _WIDTH + 1, 0))):
            count = (len(text) - shift) // _WIDTH
            words: npt.NDArray[np.uint64] = np.frombuffer(text, "<u8", count, shift)
            likely = np.unique(words[self._filter[_slots(words)]])
            yield from (int(word) for word in likely if int(word) in self._by_start)

    def in_file(self, file: Path) -> set[str]:
        return {label for content in contents(file.read_bytes()) for label in self.within(content)}

    def in_folder(self, folder: Path, but: Iterable[Path] = ()) -> dict[str, set[str]]:
        """Relative path → labels found there; `but` names files and folders that are not looked at."""
        left_out = tuple(but)
        found = {}
        for file in folder.rglob("*"):
            if not file.is_file() or any(file.is_relative_to(place) for place in left_out):
                continue
            if labels := self.in_file(file) | self.within(str(file).encode()):
                found[str(file.relative_to(folder))] = labels
        return found


def _slots(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Where each word stands in the filter."""
    return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _BITS)


def contents(raw: bytes, depth: int = _DEEP) -> Iterator[bytes]:
    """The bytes as they lie, and what is packed in them: gzip, zlib, zip, base64, and each cell of a SQLite file."""
    yield raw
    if depth:
        for inner in _unpacked(raw):
            yield from contents(inner, depth - 1)


def _unpacked(raw: bytes) -> Iterator[bytes]:
    if unpack := _MAGIC.get(raw[:2]):
        try:
            yield unpack(raw)
        except (OSError, EOFError, zlib.error):
            return
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif raw[:15] == b"SQLite format 3":
        yield from _cells(raw)
    elif raw[:2] in _IN_BASE64:
        try:
            yield base64.b64decode(raw, validate=True)
        except ValueError:
            return


def _cells(raw: bytes) -> Iterator[bytes]:
    """Each text and blob of each table; free pages are in the raw bytes already."""
    connection = sqlite3.connect(":memory:")
    try:
        # a copy without its log: the header is told that there is none
        connection.deserialize(raw[:18] + b"\x01\x01" + raw[20:])
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            cells = [cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row if cell]
            # a value longer than a page lies scattered in the file, so all are laid side by side once more
            yield b"\n".join(cells)
            yield from (cell for cell in cells if cell[:2] in _PACKED)
    finally:
        connection.close()
