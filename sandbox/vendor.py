"""The shape of a pretend vendor."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

from sandbox.calls import Answer, Call, Handler, said
from sandbox.oauth import ClientApp


@dataclass(frozen=True, kw_only=True)
class Route:
    """One path: a regex matched whole, whose named groups are the call's `parts`; `host` narrows it to one host."""

    method: str
    path: str
    handle: Handler
    host: str = ""


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """How the vendor words what can go wrong: the bodies that its real twin sends."""

    throttled: Answer
    broken: Answer
    error_in_200: Answer
    expired: Answer
    revoked: Answer


def _never(call: Call, handle: Handler) -> Answer:
    return handle(call)


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """One platform.

    `hosts` are names, or `*.name` for any one label before it. `vital` are fields that a fault takes away or spoils,
    the first that a record has. `endless` answers so that paging never ends. `unknown` answers what no route matches;
    a request there that is not a GET counts as a write that was seen. `claims` tells apart who a request is for on a
    host that several vendors share, such as a login.
    """

    key: str
    hosts: tuple[str, ...]
    routes: tuple[Route, ...]
    app: ClientApp
    troubles: Troubles
    vital: tuple[str, ...]
    endless: Callable[[Call, Handler], Answer] = _never
    claims: Callable[[Call], bool] = lambda _call: True
    unknown: Handler = field(default=lambda _call: said({"error": "not found"}, status=HTTPStatus.NOT_FOUND))

    @cached_property
    def _compiled(self) -> tuple[tuple[Route, re.Pattern[str]], ...]:
        return tuple((route, re.compile(route.path)) for route in self.routes)

    def serves(self, host: str) -> bool:
        return host in self.hosts or f"*.{host.partition('.')[2]}" in self.hosts

    def route(self, method: str, host: str, path: str) -> tuple[Handler, dict[str, str]] | None:
        """The handler of a request and the named parts of its path."""
        for route, pattern in self._compiled:
            if route.method == method and route.host in ("", host) and (found := pattern.fullmatch(path)):
                return route.handle, found.groupdict()
        return None
