"""One request as the door carries it, and how its parts are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode

import orjson

from resources.operations import Operation, Purpose

NONE: Final[Mapping[str, str]] = MappingProxyType({})
_OURS: Final = {"User-Agent": "ignyte-pipelines", "Accept": "*/*", "Accept-Encoding": "gzip"}
# a client's own secret goes with these, or an address that is its own key: our token would only leak
_WITHOUT_TOKEN: Final = frozenset({Purpose.AUTHORIZE, Purpose.DOWNLOAD})


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was allowed. `strange` after a redirect to another host, where our token has no business."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    operation: Operation
    to: str
    strange: bool = False

    @property
    def carries_token(self) -> bool:
        return not self.strange and self.operation.purpose not in _WITHOUT_TOKEN

    @property
    def host(self) -> str:
        return self.url.split("/")[2].lower().removesuffix(":443")


def with_params(url: str, params: Mapping[str, str] | None) -> str:
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params, quote_via=quote)}"


def with_body(
    json: object | None, form: Mapping[str, str] | None, headers: Mapping[str, str] | None
) -> tuple[bytes, dict[str, str]]:
    """The body's bytes, and the headers with the body's type where the caller named none."""
    sent = dict(headers or {})
    if json is None and form is None:
        return b"", sent
    if all(name.lower() != "content-type" for name in sent):
        sent["Content-Type"] = "application/json" if form is None else "application/x-www-form-urlencoded"
    return (orjson.dumps(json) if form is None else urlencode(form).encode()), sent


def merged(*parts: Mapping[str, str]) -> dict[str, str]:
    """Header maps in one, the later ones winning whatever their case."""
    found: dict[str, tuple[str, str]] = {}
    for part in (_OURS, *parts):
        found.update({name.lower(): (name, value) for name, value in part.items()})
    return dict(found.values())
