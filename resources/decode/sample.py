"""A look at the first records of a page: which declared fields are absent, which others came."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from resources.columns import Column, Kind
from resources.decode.paths import enclosing, record_steps, steps
from resources.errors import Stop
from resources.platform import Stream
from resources.reading import Format

_LINES = 50
_BYTES = 256 * 1024
_NEXT = "Nothing of this page was stored and the last good state stays; the connector must learn the new shape."


class Sample:
    """The first records of one page as Python values."""

    def __init__(self, body: bytes, kind: Format, to: str) -> None:
        self._to = to
        self._kind = kind
        self._body = body

    def compare(self, stream: Stream) -> frozenset[str]:
        """The names of fields that are not declared.

        Raises:
            Stop: a declared field that is not optional is in none of the records.
        """
        if self._kind in {Format.CSV, Format.TSV}:
            return self._compare_header(stream)
        chains = list(self._chains(stream))
        for column in stream.columns:
            if chains and not column.optional and not column.path.startswith("@"):
                up, path = enclosing(column.path)
                if not any(_has(chain[-1 - up], path) for chain in chains if up < len(chain)):
                    raise self._vanished(stream, column)
        for column in stream.columns:
            if column.kind is not Kind.JSON and any(_nested(chain, column) for chain in chains):
                # DuckDB would keep it as text, and with it whatever nobody declared
                what = f"the field {column.path} holds more than one value."
                raise Stop(what, to=f"{self._to} {stream.name}", do_next=_NEXT)
        known = {next(steps(column.path)).name for column in stream.columns if "^" not in column.path}
        return frozenset(name for chain in chains if isinstance(chain[-1], dict) for name in chain[-1].keys() - known)

    def _compare_header(self, stream: Stream) -> frozenset[str]:
        first = self._body.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
        try:
            header = next(csv.reader(io.StringIO(first), delimiter="," if self._kind is Format.CSV else "\t"), [])
        except csv.Error:
            raise Stop("the line of names can't be read.", to=f"{self._to} {stream.name}", do_next=_NEXT) from None
        for column in stream.columns:
            if not column.path.startswith("@") and column.path not in header:
                raise self._vanished(stream, column)
        return frozenset(header) - {column.path for column in stream.columns}

    def _vanished(self, stream: Stream, column: Column) -> Stop:
        return Stop(
            f"the field {column.path} is in none of the records.", to=f"{self._to} {stream.name}", do_next=_NEXT
        )

    def _values(self) -> Iterator[Any]:
        try:
            if self._kind is Format.JSONL:
                yield from map(orjson.loads, filter(None, self._body[:_BYTES].split(b"\n")[:-1] or [self._body]))
            else:
                yield orjson.loads(self._body)
        except orjson.JSONDecodeError:
            raise Stop("a page is damaged or cut off, and can't be read.", to=self._to, do_next=_NEXT) from None

    def _chains(self, stream: Stream) -> Iterator[list[Any]]:
        """The first records, each with the records that enclose it, outermost first."""
        for top in self._values():
            at_top = stream.records.startswith("[]") and self._kind is Format.JSON
            for record in top[:_LINES] if at_top and isinstance(top, list) else [top]:
                for chain in _descend([record], record, list(record_steps(stream))):
                    if not stream.only or str(_get(chain[-1], stream.only[0])).startswith(stream.only[1]):
                        yield chain


def _descend(chain: list[Any], at: Any, way: list[Any]) -> Iterator[list[Any]]:  # noqa: ANN401 -- JSON has any shape
    if not way:
        yield chain if chain[-1] is at else [*chain, at]
        return
    step, *rest = way
    if step.name == "*":
        at = [row for rows in at.values() if isinstance(rows, list) for row in rows] if isinstance(at, dict) else None
    elif step.name:
        at = at.get(step.name) if isinstance(at, dict) else None
    if not step.many:
        yield from _descend(chain, at, rest) if at is not None else ()
        return
    for record in at[:_LINES] if isinstance(at, list) else ():
        yield from _descend([*chain, record], record, rest)


def _nested(chain: list[Any], column: Column) -> bool:
    up, path = enclosing(column.path)
    found = _get(chain[-1 - up], path) if up < len(chain) and not path.startswith("@") else None
    return isinstance(found, dict | list)


def _get(record: Any, path: str) -> Any:  # noqa: ANN401 -- JSON has any shape
    for step in steps(path):
        if step.name:
            record = record.get(step.name) if isinstance(record, dict) else None
        if step.index is not None:
            record = record[step.index] if isinstance(record, list) and step.index < len(record) else None
    return record


def _has(record: Any, path: str) -> bool:  # noqa: ANN401 -- JSON has any shape
    """Whether the field is there, if only as null; where an enclosing object is null, it may well be."""
    for step in steps(path):
        if record is None:
            return True
        if step.name:
            if not isinstance(record, dict) or step.name not in record:
                return False
            record = record[step.name]
        if step.index is not None and isinstance(record, list):
            record = record[step.index] if step.index < len(record) else None
    return True
