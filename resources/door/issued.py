"""What the platform handed out during this run: addresses and ids that later requests may use."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from resources.operations import Operation, Purpose

_ADDRESS: Final = re.compile(r"https://[!-~]{1,16000}")
_ID: Final = re.compile(r"[\w.:~=+-]{1,256}")


class Issued:
    """Texts and numbers found in the replies of the operations that other operations name as their issuer."""

    def __init__(self, found: Mapping[str, set[str]] | None = None) -> None:
        self._found = {name: set(texts) for name, texts in (found or {}).items()}

    def has(self, issuer: str, text: str) -> bool:
        return text in self._found.get(issuer, ())

    def note(self, issuer: str, body: bytes, *, ids: bool) -> None:
        """Remembers the addresses in a JSON body, and the ids where `ids`. Other bodies issue nothing."""
        try:
            tree = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        kept = self._found.setdefault(issuer, set())
        for text in _leaves(tree):
            if _ADDRESS.fullmatch(text) or (ids and _ID.fullmatch(text)):
                kept.add(text)


def issuers(operations: tuple[Operation, ...]) -> dict[str, bool]:
    """The operations whose replies are remembered, and whether for more than addresses: pages hold many ids."""
    found: dict[str, bool] = {}
    for operation in operations:
        if operation.issued_by:
            found[operation.issued_by] = (
                found.get(operation.issued_by, False) or operation.purpose is not Purpose.DOWNLOAD
            )
    return found


def _leaves(tree: object) -> Iterator[str]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, str):
            yield node
        elif isinstance(node, int) and not isinstance(node, bool):
            yield str(node)
