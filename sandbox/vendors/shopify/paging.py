"""Relay's connections over a sequence."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphql import GraphQLError

_MOST: Final = 250


def page(rows: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the rows that first/after or last/before ask for, as a connection.

    Raises:
        GraphQLError: neither first nor last, more than 250, or a cursor that is not one.
    """
    first, last = given.get("first"), given.get("last")
    if first is None and last is None:
        raise _bad("you must provide one of first or last")
    if (first or last or 0) > _MOST:
        raise _bad(f"first cannot exceed {_MOST}")
    start = _place(given["after"]) + 1 if given.get("after") else 0
    end = _place(given["before"]) if given.get("before") else len(rows)
    if first is not None:
        end = min(end, start + first)
    else:
        start = max(start, end - (last or 0))
    chosen = rows[start:end]
    return {
        "nodes": chosen,
        "edges": [{"cursor": _cursor(start + place), "node": row} for place, row in enumerate(chosen)],
        "pageInfo": {
            "hasNextPage": end < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start) if chosen else None,
            "endCursor": _cursor(start + len(chosen) - 1) if chosen else None,
        },
    }


def _cursor(place: int) -> str:
    return base64.b64encode(b'{"last_id":%d}' % place).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).removeprefix(b'{"last_id":').removesuffix(b"}"))
    except ValueError as error:
        raise _bad("Invalid cursor for current pagination sort.") from error


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})
