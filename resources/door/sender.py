"""Sending what was allowed: fenced, counted, with our token where it belongs, and again after a while."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import requests

from resources.door.calls import NONE, Call, merged
from resources.door.limits import Clock, Counts, Limits
from resources.door.line import Line
from resources.door.redaction import redact
from resources.door.rules import Decision
from resources.door.tries import Tries
from resources.errors import Refused, TryLater
from resources.platform import App, Platform
from resources.secret import Secret

_TICK: Final = 1.0


class Closed(Refused):
    """The datasource may not be read any more: paused, revoked, disconnected, or taken over by a newer run."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Headers that are there and a body that is still to come over the line. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class Sender:
    """One datasource's way onto the line."""

    def __init__(  # noqa: PLR0913 -- the door's own, handed on
        self,
        platform: Platform,
        *,
        account: str,
        line: Line,
        app: App | None,
        credential: Callable[[], Secret | None],
        fence: Callable[[], bool],
        on_refusal: Callable[[Decision], None],
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._platform, self._account, self._line = platform, account, line
        self._app, self._credential, self._fence, self._on_refusal = app, credential, fence, on_refusal
        self.limits, self.clock = limits, clock
        self.counts = Counts()

    def close(self) -> None:
        self._line.close()

    @contextmanager
    def answer(self, call: Call, *, seconds: float) -> Iterator[Answer]:
        """Sends, and holds the line for as long as the body is read."""
        response = self._open(call, seconds)
        try:
            yield Answer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                chunks=self._counted(self._line.chunks(response, to=call.to)),
            )
        finally:
            response.close()

    def refusal(self, decision: Decision) -> Refused:
        """Counts a refusal, has it audited, and gives the error to raise."""
        self.count(refusals=1)
        self._on_refusal(decision)
        return Refused(
            f"the door refused the request: {decision.reason}.",
            to=decision.to,
            do_next="Nothing was sent, and it is not tried again.",
        )

    def wait(self, seconds: float) -> None:
        """Sleeps in short steps and asks the fence at each."""
        self.count(waits=1)
        self._ask_fence()
        while seconds > 0:
            self.clock.sleep(min(seconds, _TICK))
            seconds -= _TICK
            self._ask_fence()

    def pause(self, problem: TryLater, call: Call, tries: Tries) -> None:
        """Waits before the next try, or gives up with the problem."""
        delay = tries.delay(problem, call, self.clock.chance())
        if delay is None:
            raise problem
        self.count(retries=1)
        self.wait(delay)

    def clean(self, reason: str) -> str:
        """A platform's reason without our token, should it have come along."""
        secrets = (self._credential(), self._app.developer_token if self._app else None)
        known = [secret.reveal() for secret in secrets if secret]
        return redact(reason or "the platform gave no reason", known).rstrip(".")

    def count(self, **more: int) -> None:
        self.counts = replace(self.counts, **{name: getattr(self.counts, name) + by for name, by in more.items()})

    def _open(self, call: Call, seconds: float) -> requests.Response:
        self._ask_fence()
        credential = self._credential() if call.carries_token else None
        token = self._platform.headers(credential) if credential else NONE
        ours = self._platform.app_headers(self._app) if credential and self._app else NONE
        self.count(requests=1)
        try:
            headers = merged(ours, token, call.headers)
            return self._line.open(call.method, call.url, headers, call.body, to=call.to, seconds=seconds)
        except Refused as refused:
            reason = refused.trouble.what.rstrip(".")
        raise self.refusal(Decision(allowed=False, operation=call.operation, reason=reason, to=call.to))

    def _ask_fence(self) -> None:
        if not self._fence():
            raise Closed(
                "this datasource may not be read any more (paused, revoked or disconnected).",
                to=f"{self._platform.title} {self._account}",
                do_next="Nothing more was sent. Resume or authorize it again to read on.",
            )

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.count(bytes=len(chunk))
            yield chunk
