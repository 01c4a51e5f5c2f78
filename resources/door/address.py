"""An address as the rules see it: taken apart strictly, so that nobody downstream can read it otherwise."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote

_LONGEST: Final = 16_384
_URL: Final = re.compile(r"https://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?")
_AUTHORITY: Final = re.compile(
    r"([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::443)?", re.IGNORECASE
)
_PATH: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*")
_TUNNELS: Final = frozenset({"method", "_method", "batch"})


class Unfit(ValueError):  # noqa: N818 -- an objection, raised and caught within the rules
    """A rule's objection to a request; its text holds nothing of the request but names that the rules know."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """The parts of an https address; `path` is decoded once."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]


def read_address(url: str) -> Address:
    """Takes an address apart.

    Raises:
        Unfit: it is anything but plain https to a plain host name.
    """
    if len(url) > _LONGEST:
        raise Unfit("the address is too long")
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise Unfit("the address holds a space, a backslash, a control or a non-ASCII character")
    found = _URL.fullmatch(url)
    if found is None:
        raise Unfit("the address has a fragment" if "#" in url else "only https addresses leave")
    query = read_pairs(found["query"] or "", what="query")
    return Address(host=_host(found["authority"]), path=_path(found["path"] or "/"), query=query)


def read_pairs(text: str, *, what: str) -> tuple[tuple[str, str], ...]:
    """The decoded pairs of a query or a form.

    Raises:
        Unfit: a key tunnels another verb, under any spelling that some server accepts.
    """
    pairs = tuple(parse_qsl(text, keep_blank_values=True))
    # some servers part pairs at ";" too, or decode twice
    elsewhere = parse_qsl(text.replace(";", "&"), keep_blank_values=True)
    for key, _ in (*pairs, *elsewhere):
        if is_tunnel(key) or is_tunnel(unquote(key)):
            raise Unfit(f"a key of the {what} tunnels another verb")
    return pairs


def is_tunnel(key: str) -> bool:
    return key.partition("[")[0].strip().lower() in _TUNNELS


def _host(authority: str) -> str:
    if "@" in authority:
        raise Unfit("the address carries user information")
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise Unfit("the host is no plain name, or the port is not the default one")
    return found[1].lower()


def _path(raw: str) -> str:
    if _PATH.fullmatch(raw) is None:
        raise Unfit("the path holds a character that does not belong there")
    if "%2f" in raw.lower():
        raise Unfit("the path hides a slash")
    path = unquote(raw, errors="replace")
    if any(not " " <= character <= "~" or character in "%;\\?#" for character in path):
        raise Unfit("the path is encoded twice or hides a character")
    if "//" in path or {".", ".."} & set(path.split("/")):
        raise Unfit("the path has an empty or a dot segment")
    return path
