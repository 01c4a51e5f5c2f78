"""Values that are searched for in bytes: many at once, in every spelling in which they could hide."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from resources.columns import Personal
from resources.identity import Identifier

ID_SHORTEST: Final = 8  # characters; a shorter id is compared in its declared columns only
_WIDTH: Final = 8  # bytes that are compared at once
_BITS: Final = 18  # of the filter: small enough to stay in the processor's cache
_PIECE: Final = 32 * 1024 * 1024
_OVERLAP: Final = 4096  # more than any spelling is long
_SEPARATORS: Final = b" ().-/\t\xa0"
_LETTERS: Final = frozenset(bytes([letter]) for letter in b"0123456789abcdefghijklmnopqrstuvwxyz_")
_SIGNS: Final = frozenset((b".", b"+", b"-"))  # with which a name in an address goes on
_ESCAPE: Final = re.compile(rb"(?:%[0-9a-f]{2}|\\[nrt])$")  # of the web and of JSON: no part of a word
_Inside = Callable[[bytes, int, int], bool]  # text, start, end: is it only a part of something longer?
_Entry = tuple[bytes, str, _Inside | None]


@dataclass(frozen=True, kw_only=True)
class Needle:
    """One value and the label (the act) it is looked for by. `kind` None: an opaque text, found as it is."""

    label: str
    kind: Personal | None
    text: str
    issuer: str = ""

    def __repr__(self) -> str:
        return f"Needle({self.label}, {self.kind}, …)"


def needles_of(label: str, identifiers: Iterable[Identifier]) -> tuple[Needle, ...]:
    """What to look for on behalf of a person: each identifier as it was given, and folded."""
    found = {}
    for each in identifiers:
        folded = each.token.rpartition(":")[2] if each.kind is Personal.CUSTOMER_ID else each.token[2:]
        for text in (each.value, folded):
            found[text] = Needle(label=label, kind=each.kind, text=text, issuer=each.issuer)
    return tuple(found.values())


class Needles:
    """Finds which labels' values occur in bytes, at the same speed however many they are."""

    def __init__(self, needles: Iterable[Needle], *, texts: bool = False) -> None:
        """`texts`: what is searched are whole texts, a line each, so a part of a longer address or number is none."""
        self.all = tuple(needles)
        self._folded, self._as_is, self._digits = _Words(), _Words(), _Words()
        self._texts = texts
        self._numbers: dict[str, list[re.Pattern[bytes]]] = {}
        for needle in self.all:
            self._learn(needle)

    def within(self, content: bytes) -> set[str]:
        """The labels of the values that occur in `content`, whatever their case, encoding or punctuation."""
        found: set[str] = set()
        for start in range(0, max(len(content), 1), _PIECE):
            found |= self._in_piece(content[start : start + _PIECE + _OVERLAP])
        return found

    def _in_piece(self, piece: bytes) -> set[str]:
        lower = piece.lower()
        found = self._folded.within(lower) | self._as_is.within(piece)
        if b"\0" in lower:
            # UTF-16 of either order is the text itself once its zeros are gone
            found |= self._folded.within(lower.replace(b"\0", b""))
        if self._digits:
            likely = self._digits.within(lower.translate(None, _SEPARATORS + b"\0"))
            found |= {label for label in likely if not self._texts or self._stands_alone(label, lower)}
        return found

    def _stands_alone(self, label: str, text: bytes) -> bool:
        return any(number.search(text) for number in self._numbers[label])

    def _learn(self, needle: Needle) -> None:
        raw, whole = needle.text.encode(), _WHOLE.get(needle.kind if self._texts else None)
        if needle.kind is Personal.CUSTOMER_ID:
            if len(raw) < ID_SHORTEST:
                return
            whole = _inside_a_word
        if needle.kind is Personal.PHONE:
            digits = re.sub(rb"[^0-9]", b"", raw)
            self._digits.add(digits, needle.label)
            spaced = rb"[ ().\-/\t\xa0]*".join(digits[at : at + 1] for at in range(len(digits)))
            self._numbers.setdefault(needle.label, []).append(re.compile(rb"(?<![0-9])(?:00)?%b(?![0-9])" % spaced))
        self._folded.add(raw.lower(), needle.label, whole)
        for spelling in _escaped(needle.text):
            self._folded.add(spelling.lower(), needle.label, whole if needle.kind is not Personal.CUSTOMER_ID else None)
        for text in {needle.text, needle.text.lower()}:
            self._folded.add(text.encode().hex().encode(), needle.label)
            self._folded.add(text.encode("utf-16-le").hex().encode(), needle.label)
            for spelling in _in_base64(text.encode()):
                self._as_is.add(spelling, needle.label)


class _Words:
    """Spellings, found by their first eight bytes through a filter, and then compared whole."""

    def __init__(self) -> None:
        self._by_start: dict[int, list[_Entry]] = {}
        self._short: list[_Entry] = []
        self._filter = np.zeros(1 << _BITS, dtype=bool)

    def __bool__(self) -> bool:
        return bool(self._by_start or self._short)

    def add(self, spelling: bytes, label: str, whole: _Inside | None = None) -> None:
        """`whole`: by what stands right before or behind it may be something else."""
        entry = (spelling, label, whole)
        if len(spelling) < _WIDTH:
            self._short.append(entry)
            return
        start = int.from_bytes(spelling[:_WIDTH], "little")
        self._by_start.setdefault(start, []).append(entry)
        self._filter[_slots(np.array([start], dtype="<u8"))] = True

    def within(self, text: bytes) -> set[str]:
        likely = {entry for start in self._starting(text) for entry in self._by_start[start]}
        return {label for spelling, label, whole in (*likely, *self._short) if _occurs(spelling, text, whole)}

    def _starting(self, text: bytes) -> Iterator[int]:
        for shift in range(min(_WIDTH, max(len(text) - _WIDTH + 1, 0)) if self._by_start else 0):
            count = (len(text) - shift) // _WIDTH
            words: npt.NDArray[np.uint64] = np.frombuffer(text, "<u8", count, shift)
            likely = np.unique(words[self._filter.take(_slots(words))])
            yield from (int(word) for word in likely if int(word) in self._by_start)


def _slots(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Where each word stands in the filter."""
    slots = words * np.uint64(0x9E3779B97F4A7C15)
    slots >>= np.uint64(64 - _BITS)
    return slots.view(np.int64)


def _occurs(spelling: bytes, text: bytes, whole: _Inside | None) -> bool:
    at = text.find(spelling)
    while at >= 0 and whole and whole(text, at, at + len(spelling)):
        at = text.find(spelling, at + 1)
    return at >= 0


def _inside_a_word(text: bytes, start: int, end: int) -> bool:
    return text[max(start - 1, 0) : start] in _LETTERS or text[end : end + 1] in _LETTERS


def _inside_an_address(text: bytes, start: int, end: int) -> bool:
    """Whether it is a part of somebody else's address, as ann@x.com is of joann@x.com and of ann@x.com.au."""
    before, behind = text[max(start - 3, 0) : start], text[end : end + 2]
    longer = before[-1:] in _LETTERS | _SIGNS and not _ESCAPE.search(before)
    return longer or behind[:1] in _LETTERS | {b"-"} or (behind[:1] == b"." and behind[1:] in _LETTERS)


def _escaped(text: str) -> set[bytes]:
    """As JSON and addresses spell it, where that is not the text itself."""
    inside = json.dumps(text)[1:-1]
    found = {inside, inside.replace("@", "\\u0040"), inside.replace("/", "\\/"), inside.replace("+", "\\u002b")}
    found |= {quote(text, safe=""), quote(text, safe="@"), quote(text, safe="+"), quote(text.lower(), safe="")}
    return {each.encode() for each in found} - {text.encode()}


def _in_base64(raw: bytes) -> set[bytes]:
    """The part that is sure at each of the three alignments, in both alphabets."""
    found = set()
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
        sure = encoded[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
        found |= {sure, sure.replace(b"+", b"-").replace(b"/", b"_")}
    return found


_WHOLE: Final[Mapping[Personal | None, _Inside]] = {
    Personal.EMAIL: _inside_an_address,
    Personal.PHONE: _inside_a_word,
}
