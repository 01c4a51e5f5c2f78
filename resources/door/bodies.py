"""What a request's body may hold."""

import json
import re
from typing import Any, Final, NoReturn

from resources.door.address import Unfit, is_tunnel, read_pairs
from resources.door.graphql import check_graphql
from resources.operations import Graphql, Keys

LARGEST: Final = 65_536
_SPACE: Final = 0x20


def check_body(rule: Keys | Graphql | None, body: bytes) -> None:
    """Holds a body against the rule of its operation.

    Raises:
        Unfit: the body breaks the rule.
    """
    if rule is None:
        if body:
            raise Unfit("the operation takes no body")
        return
    if len(body) > LARGEST:
        raise Unfit("the body is larger than 64 KiB")
    if isinstance(rule, Graphql):
        check_graphql(rule, read_object(body))
    else:
        _check_keys(rule, _read_form(body) if rule.form else read_object(body))


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object, read so that no other reader can see another one in the same bytes.

    Raises:
        Unfit: it is no object, or one that readers may take differently.
    """
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except Unfit:
        raise
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unfit("the body is not a JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("the body has a key twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise Unfit("the body holds a number that JSON does not know")


def _read_form(body: bytes) -> dict[str, str]:
    if not body.isascii() or any(byte <= _SPACE for byte in body) or b";" in body:
        raise Unfit("the body is not a form")
    pairs = read_pairs(body.decode("ascii"), what="form")
    return _once(list(pairs))


def _check_keys(rule: Keys, found: dict[str, Any]) -> None:
    if any(is_tunnel(key) for key in found):
        raise Unfit("a key of the body tunnels another verb")
    if found.keys() - rule.allowed:
        raise Unfit("the body has a key that the operation does not declare")
    for key, pattern in rule.values.items():
        if key in found and re.fullmatch(pattern, _text(found[key])) is None:
            raise Unfit(f"the value of {key} is not one that the operation declares")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
