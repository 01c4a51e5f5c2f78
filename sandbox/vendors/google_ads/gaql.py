"""The query language: what a query asks for, and whether a row answers it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Row = dict[str, Any]
_QUERY: Final = re.compile(
    r"\s*SELECT\s+(?P<fields>[\w.,\s]+?)\s+FROM\s+(?P<resource>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>[\w.,\s]+?))?(?:\s+LIMIT\s+(?P<limit>\d+))?"
    r"(?:\s+PARAMETERS\s+.+)?\s*",
    re.DOTALL | re.IGNORECASE,
)
_VALUE: Final = r"(?:'[^']*'|\"[^\"]*\"|[\w.-]+)"
_CONDITION: Final = re.compile(
    rf"(?P<field>[\w.]+)\s*(?:BETWEEN\s+(?P<low>{_VALUE})\s+AND\s+(?P<high>{_VALUE})"
    rf"|(?P<not>NOT\s+)?IN\s*\((?P<list>[^)]*)\)|(?P<sign>!=|>=|<=|=|>|<)\s*(?P<value>{_VALUE}))\s*(?:AND\s+|$)",
    re.IGNORECASE,
)
_SIGNS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
}


class Malformed(ValueError):  # noqa: N818 -- an objection, answered as one
    """A query that the language does not know."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What one field must be like."""

    field: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked for. `order` holds fields with whether they go down."""

    fields: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None

    def answers(self, row: Row) -> bool:
        return all(condition.holds(row.get(condition.field)) for condition in self.where)


def parse(text: str) -> Query:
    """The query's parts.

    Raises:
        Malformed: it is none.
    """
    found = _QUERY.fullmatch(text)
    if not found:
        raise Malformed("Error in query: unexpected input.")
    order = [part.split() for part in (found["order"] or "").split(",") if part.strip()]
    return Query(
        fields=tuple(name.strip() for name in found["fields"].split(",")),
        resource=found["resource"].lower(),
        where=_conditions(found["where"] or ""),
        order=tuple((part[0], len(part) > 1 and part[1].upper() == "DESC") for part in order),
        limit=int(found["limit"]) if found["limit"] else None,
    )


def _conditions(text: str) -> tuple[Condition, ...]:
    conditions, end = [], 0
    for found in _CONDITION.finditer(text.strip()):
        if found.start() != end:
            break
        end = found.end()
        conditions.append(Condition(field=found["field"], holds=_test(found)))
    if end != len(text.strip()):
        raise Malformed("Error in WHERE clause: invalid condition.")
    return tuple(conditions)


def _test(found: re.Match[str]) -> Callable[[Any], bool]:
    if found["low"]:
        low, high = found["low"].strip("'\""), found["high"].strip("'\"")
        return lambda value: low <= str(value) <= high
    if found["list"] is not None:
        wanted = {one.strip().strip("'\"") for one in found["list"].split(",")}
        return lambda value: (_text(value) in wanted) != bool(found["not"])
    sign, right = _SIGNS[found["sign"]], found["value"].strip("'\"")
    return lambda value: _compared(sign, value, right)


def _compared(sign: Callable[[Any, Any], bool], value: object, right: str) -> bool:
    text = _text(value)
    if text.lstrip("-").isdigit() and right.lstrip("-").isdigit():
        return sign(int(text), int(right))
    return sign(text, right)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
