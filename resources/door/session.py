"""The door, opened for one datasource."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

from resources.door.calls import NONE, Call, with_body, with_params
from resources.door.files import fetch
from resources.door.intake import decoded
from resources.door.issued import Issued, issuers
from resources.door.limits import Clock, Counts, Limits
from resources.door.line import Line
from resources.door.network import Network
from resources.door.rules import Decision, decide
from resources.door.sender import Sender
from resources.door.tries import Tries
from resources.door.verdicts import weigh
from resources.errors import AskAgain, Stop, TryLater
from resources.operations import Purpose
from resources.platform import App, Platform
from resources.reading import Judgement, Reply, Verdict
from resources.secret import Secret

READING: Final = frozenset({Purpose.READ, Purpose.DOWNLOAD})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Door:
    """Everything that leaves for one account of one platform. One thread at a time; close it after use."""

    def __init__(  # noqa: PLR0913 -- each is one thing that only the caller can decide
        self,
        platform: Platform,
        *,
        account: str,
        settings: Mapping[str, str],
        credential: Callable[[], Secret | None],
        fence: Callable[[], bool],
        network: Network,
        app: App | None = None,
        refresh: Callable[[], bool] | None = None,
        purposes: Iterable[Purpose] = READING,
        on_refusal: Callable[[Decision], None] = lambda _: None,
        limits: Limits = Limits(),  # noqa: B008 -- frozen facts
        clock: Clock = Clock(),  # noqa: B008 -- as above
    ) -> None:
        """Opens no connection yet.

        `credential` is asked before each request, so that it may hand out a fresh token; `refresh` gets one and says
        whether it could; `fence` says whether this datasource may still be read; `on_refusal` hears of each refusal.
        """
        self._platform, self._account, self._settings = platform, account, dict(settings)
        self._refresh, self._purposes, self._limits, self._clock = refresh, frozenset(purposes), limits, clock
        self._issued, self._issuers = Issued(), issuers(platform.operations)
        self._sender = Sender(
            platform,
            account=account,
            line=Line(network, limits, clock),
            app=app,
            credential=credential,
            fence=fence,
            on_refusal=on_refusal,
            limits=limits,
            clock=clock,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._sender.close()

    @property
    def account(self) -> str:
        return self._account

    @property
    def settings(self) -> Mapping[str, str]:
        return self._settings

    @property
    def counts(self) -> Counts:
        return self._sender.counts

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        return self._ask(self._allowed("GET", with_params(url, params), headers or NONE))

    def post(
        self,
        url: str,
        *,
        json: object | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        body, sent = with_body(json, form, headers)
        return self._ask(self._allowed("POST", url, sent, body))

    def delete(self, url: str) -> Reply:
        return self._ask(self._allowed("DELETE", url))

    def download(self, url: str, *, compressed: bool = False) -> Iterator[bytes]:
        """A file's text in pieces of whole lines; `compressed` takes off gzip, or the zip around a single file."""
        call = self._allowed("GET", url, purposes={Purpose.DOWNLOAD} & self._purposes)
        return fetch(self._sender, call, compressed=compressed)

    def wait(self, seconds: float) -> None:
        """Sleeps in short steps and asks the fence at each.

        Raises:
            Closed: the datasource may not be read any more.
        """
        self._sender.wait(seconds)

    def _allowed(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] = NONE,
        body: bytes = b"",
        *,
        purposes: Iterable[Purpose] | None = None,
    ) -> Call:
        wanted = self._purposes - {Purpose.DOWNLOAD} if purposes is None else frozenset(purposes)
        decision = decide(self._platform, method, url, headers=headers, body=body, purpose=wanted, issued=self._issued)
        if decision.operation is None:
            raise self._sender.refusal(decision)
        return Call(method=method, url=url, headers=headers, body=body, operation=decision.operation, to=decision.to)

    def _ask(self, call: Call) -> Reply:
        tries = Tries(self._limits)
        while True:
            try:
                reply = self._once(call)
                judgement = weigh(self._platform.judge, reply, now=self._clock.now())
                self._check(judgement, reply.to)
            except TryLater as trouble:
                problem = trouble
            else:
                if judgement.verdict is Verdict.REFRESH:
                    self._renew(judgement, reply.to, tries)
                elif reply.status in _REDIRECTS:
                    call = self._followed(call, reply, tries)
                else:
                    return self._noted(call, reply)
                continue
            self._sender.pause(problem, call, tries)

    def _once(self, call: Call) -> Reply:
        with self._sender.answer(call, seconds=self._limits.reply_seconds) as answer:
            parts = decoded(answer.chunks, answer.headers, self._limits, most=self._limits.reply_bytes, to=call.to)
            return Reply(status=answer.status, headers=answer.headers, body=b"".join(parts), to=call.to)

    def _check(self, judgement: Judgement, to: str) -> None:
        reason = f"{self._sender.clean(judgement.reason)}."
        if judgement.verdict is Verdict.RETRY:
            raise TryLater(reason, to=to, after=judgement.after)
        if judgement.verdict is Verdict.ASK_AGAIN:
            raise self._ask_again(reason, to)
        if judgement.verdict is Verdict.STOP:
            raise Stop(reason, to=to, do_next="Nothing was stored; the last good state stays.")

    def _ask_again(self, reason: str, to: str) -> AskAgain:
        return AskAgain(reason, to=to, do_next=f"Authorize {self._platform.title} again.")

    def _renew(self, judgement: Judgement, to: str, tries: Tries) -> None:
        if tries.refreshed or self._refresh is None or not self._refresh():
            raise self._ask_again(f"{self._sender.clean(judgement.reason)}.", to)
        tries.refreshed = True
        self._sender.count(refreshes=1)

    def _followed(self, call: Call, reply: Reply, tries: Tries) -> Call:
        location = reply.headers.get("location", "")
        if call.method != "GET" or not location or not tries.may_follow():
            raise Stop("the answer is a redirect that is not followed.", to=reply.to, do_next="Nothing was stored.")
        there = self._allowed("GET", urljoin(call.url, location), purposes={call.operation.purpose})
        if there.host != call.host:
            return replace(there, strange=True)
        return replace(there, headers=call.headers, strange=call.strange)

    def _noted(self, call: Call, reply: Reply) -> Reply:
        name = call.operation.name
        if name in self._issuers:
            self._issued.note(name, reply.body, ids=self._issuers[name])
        return reply
