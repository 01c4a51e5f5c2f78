"""How a person is named inside a text: patterns of their e-mail addresses, phone numbers and ids."""

import re
from collections.abc import Collection, Iterator
from typing import Final

# letters and digits, other alphabets roughly: their exact tables would make the patterns a hundred times larger
_LETTERS: Final = r"0-9A-Za-z\x{C0}-\x{1FFF}\x{3040}-\x{D7FF}"
# a word ends at these; an escape of JSON or of an address on the web is no part of it either
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[nrt]"
_BEFORE: Final = rf"(?:^|[^{_LETTERS}.+_\-]|{_ESCAPE})"
_AFTER_MAIL: Final = rf"(?:$|[^{_LETTERS}.\-]|[.\-](?:$|[^{_LETTERS}]))"
_BEFORE_WORD: Final = rf"(?:^|[^{_LETTERS}_]|{_ESCAPE})"
_AFTER_WORD: Final = rf"(?:$|[^{_LETTERS}_])"
_BETWEEN_DIGITS: Final = r"[ ().\-/]*"
_SPELLINGS: Final = {"@": r"(?:@|%40|\\u0040)", "+": r"(?:\+|%2[Bb])"}
_FEWEST_DIGITS: Final = 7
_SHORTEST_ID: Final = 6  # a shorter number in a text may be anything
_AT_ONCE: Final = 200  # alternatives in one pattern: more would outgrow what its automaton may hold


def mail_patterns(tokens: Collection[str]) -> dict[str, str]:
    """A pattern for the inside of a text for each e-mail token."""
    return {token: _mail(token) for token in sorted(tokens) if token.startswith("e:")}


def number_patterns(tokens: Collection[str]) -> dict[str, str]:
    """The same for phones and ids, but for those that are too short to be told from other numbers."""
    return {token: pattern for token in sorted(tokens) if (pattern := _number(token))}


def likely(text: str) -> str:
    """The SQL condition, quick to test, of a text that may have an e-mail address in it."""
    return " OR ".join(f"contains({text}, '{sign}')" for sign in ("@", "%40", "u0040"))


def joined(patterns: dict[str, str]) -> Iterator[str]:
    """As few patterns as possible that match where one of those given does."""
    every = list(patterns.values())
    for start in range(0, len(every), _AT_ONCE):
        yield "|".join(f"(?:{each})" for each in every[start : start + _AT_ONCE])


def _mail(token: str) -> str:
    letters = (_SPELLINGS.get(letter, re.escape(letter)) for letter in token.removeprefix("e:"))
    return f"(?i:{_BEFORE}{''.join(letters)}{_AFTER_MAIL})"


def _number(token: str) -> str:
    kind, _, value = token.partition(":")
    if kind == "p" and len(value) >= _FEWEST_DIGITS:
        return rf"(?:^|[^0-9])(?:00)?{_BETWEEN_DIGITS.join(value)}(?:$|[^0-9])"
    tail = value.partition(":")[2]
    if kind == "c" and len(tail) >= _SHORTEST_ID:
        return f"{_BEFORE_WORD}{re.escape(tail)}{_AFTER_WORD}"
    return ""
