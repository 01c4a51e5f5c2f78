"""A request as a pretend vendor sees it, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import orjson

from sandbox.state import Seen, State
from sandbox.world import World


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request. Header names are lower case, the path is decoded, `parts` are the groups of the route's regex."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    state: State
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        return self.state.world

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The query's parameters; of one that comes twice, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def fields(self) -> dict[str, str]:
        """The parameters of the query and of the body, be it a form or a JSON object of texts."""
        if self.headers.get("content-type", "").startswith("application/json"):
            body = self.json()
            return {**self.arguments, **({str(k): str(v) for k, v in body.items()} if isinstance(body, dict) else {})}
        return {**self.arguments, **dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))}

    def json(self) -> Any:  # noqa: ANN401 -- JSON has any shape
        """The body's value; None where it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    def wrote(self, platform: str) -> None:
        """Writes down that the request would have changed something."""
        seen = Seen(
            platform=platform, method=self.method, host=self.host, path=self.path, at=self.state.clock(), status=0
        )
        self.state.writes_seen.append(seen)

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, or ""."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"


Handler = Callable[[Call], Answer]


def said(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return Answer(status=status, body=orjson.dumps(value), headers=headers or {})


def redirected(address: str) -> Answer:
    return Answer(status=302, headers={"location": address}, kind="text/html; charset=utf-8")
