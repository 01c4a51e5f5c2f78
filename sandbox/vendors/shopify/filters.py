"""Shopify's search syntax: terms field:value, comparators, commas for or, AND, OR, NOT and parentheses."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

Test = Callable[[Any], bool]
Read = Callable[[Any], object]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<not>-)?(?P<field>\w+):(?P<op>>=|<=|>|<)?(?P<value>'[^']*'|"[^"]*"|[^\s()]+)|(?P<word>[^\s()]+))"""
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_DAY: Final = 86_400


class Filter:
    """Reads one query. `fields` maps a searchable field to how it is read: an int is a time, anything else text.

    A field that is not known matches everything, as Shopify warns and goes on.
    """

    def __init__(self, query: str, fields: Mapping[str, Read]) -> None:
        self._tokens: list[re.Match[str]] = list(_TOKEN.finditer(query.strip()))
        self._fields = fields
        self._place = 0

    def test(self) -> Test:
        return self._either() if self._tokens else lambda _row: True

    def _peek(self) -> re.Match[str] | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _is(self, text: str) -> bool:
        token = self._peek()
        return token is not None and (token["paren"] or token["word"]) == text

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is("OR"):
            self._place += 1
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._peek() and not self._is("OR") and not self._is(")"):
            if self._is("AND"):
                self._place += 1
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _single(self) -> Test:
        token = self._peek()
        self._place += 1
        if token is None:
            return lambda _row: True
        if token["word"] == "NOT":
            inner = self._single()
            return lambda row: not inner(row)
        if token["paren"] == "(":
            inner = self._either()
            self._place += 1
            return inner
        test = _term(token, self._fields) if token["field"] else _anywhere(token["word"] or "", self._fields)
        return (lambda row: not test(row)) if token["not"] else test


def _term(token: re.Match[str], fields: Mapping[str, Read]) -> Test:
    read = fields.get(token["field"])
    value = token["value"].strip("'\"")
    if read is None or value in ("*", "any"):
        return lambda _row: True
    wanted = {part.strip().lower() for part in value.split(",")}
    bound = moment(value)

    def test(row: Any) -> bool:  # noqa: ANN401 -- rows of any type
        found = read(row)
        if isinstance(found, int) and not isinstance(found, bool):
            if bound is None:
                return False
            return _COMPARE[token["op"]](found, bound) if token["op"] else bound <= found < bound + _DAY
        if isinstance(found, frozenset):
            return bool(found & wanted)
        return str(found).lower() in wanted

    return test


def _anywhere(word: str, fields: Mapping[str, Read]) -> Test:
    needle = word.strip("'\"").lower()
    return lambda row: any(
        needle in str(read(row)).lower() for name, read in fields.items() if name in ("name", "email")
    )


def moment(text: str) -> int | None:
    """UNIX seconds of an ISO date or time; without a zone it is UTC. None if it is neither."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def mentioned(query: str) -> Iterator[str]:
    """The fields that a query names."""
    return (token["field"] for token in _TOKEN.finditer(query) if token["field"])
