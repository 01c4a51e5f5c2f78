"""The door over real TLS: what goes out, what comes in, and what is done about trouble."""

import gzip
import logging
import ssl
import time
import traceback
from collections.abc import Callable, Iterator

import pytest
from door_vendor import API, FAST, TOKEN, Answer, Authority, Seen, Sleeper, Vendor, opened, reply, vendor

from resources.door import READING, Closed, Counts, Decision, Limits, Redacting
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater
from resources.reading import FINE, Judgement, Reply, Verdict
from resources.secret import Secret

ORDERS = f"{API}/v1/orders"


def raw(data: bytes, *, hang_up: bool = True) -> Answer:
    def answer(tls: ssl.SSLSocket) -> None:
        tls.sendall(data)
        if not hang_up:
            tls.recv(1)

    return answer


def drip(piece: bytes, times: int, first: bytes = b"", pause: float = 0.1) -> Answer:
    def answer(tls: ssl.SSLSocket) -> None:
        tls.sendall(first)
        for _ in range(times):
            tls.sendall(piece)
            time.sleep(pause)

    return answer


@pytest.fixture
def serving(tls: ssl.SSLContext) -> Iterator[Callable[..., Vendor]]:
    from contextlib import ExitStack  # noqa: PLC0415 -- only here

    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(vendor(tls, *answers))


Serving = Callable[..., Vendor]


def test_a_get_carries_the_token_and_nothing_of_ours(authority: Authority, serving: Serving) -> None:
    at = serving(reply(200, {"a": 1}, {"X-Thing": "b", "Set-Cookie": "canary=1"}))
    with opened(at, authority) as door:
        answer = door.get(ORDERS, params={"since": "2026-01-01T00:00:00Z", "f[a]": "x y&z"}, headers={"X-Extra": "1"})
        door.get(ORDERS)
        assert (door.account, door.settings["currency"]) == ("shop-1", "EUR")
        assert door.counts == Counts(requests=2, bytes=16)
        assert not door._sender._line._session.cookies
    first = at.seen[0]
    assert first.target == "/v1/orders?since=2026-01-01T00%3A00%3A00Z&f%5Ba%5D=x%20y%26z"
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert first.headers["x-extra"] == "1"
    assert "cookie" not in at.seen[1].headers
    assert at.connections == 1
    assert (answer.status, answer.json(), answer.headers["x-thing"]) == (200, {"a": 1}, "b")
    assert answer.to == "GET api.vendor.test/v1/orders"


def test_an_address_goes_out_as_it_was_decided_on(authority: Authority, serving: Serving) -> None:
    at = serving(reply())
    with opened(at, authority) as door:
        door.get(f"{API}/v1/%6Frders?sig=%7E%2D,b/c", params={"d": "e"})
    assert at.seen[0].target == "/v1/%6Frders?sig=%7E%2D,b/c&d=e"


def test_bodies_go_out_as_they_were_checked(authority: Authority, serving: Serving) -> None:
    at = serving(reply())
    with opened(at, authority) as door:
        door.post(f"{API}/v1/reports", json={"kind": "sales"}, headers={"content-type": "application/vnd.api+json"})
        door.post(f"{API}/v1/search", form={"q": "a b;c&d"})
        door.delete(f"{API}/grant")
    assert [seen.body for seen in at.seen] == [b'{"kind":"sales"}', b"q=a+b%3Bc%26d", b""]
    assert [seen.headers.get("content-type") for seen in at.seen] == [
        "application/vnd.api+json",
        "application/x-www-form-urlencoded",
        None,
    ]
    assert at.seen[2].method == "DELETE"


def test_authorizing_carries_no_token(authority: Authority, serving: Serving) -> None:
    at = serving(reply())
    with opened(at, authority) as door:
        door.post(f"{API}/token", form={"code": "c", "client_secret": "s"})
    assert "authorization" not in at.seen[0].headers


def test_a_refusal_sends_nothing_and_is_audited_and_never_retried(authority: Authority, serving: Serving) -> None:
    at, heard = serving(reply()), list[Decision]()
    with opened(at, authority, purposes=READING, on_refusal=heard.append) as door:  # type: ignore[arg-type]
        attempts: list[Callable[[], object]] = [
            lambda: door.get(f"{API}/v1/customers?access_token=canary"),
            lambda: door.post(ORDERS, json={"a": 1}),
            lambda: door.delete(ORDERS),
            lambda: door.delete(f"{API}/grant"),
            lambda: door.get("https://evil.test/v1/orders"),
            lambda: door.get(ORDERS, headers={"X-HTTP-Method-Override": "DELETE"}),
            lambda: door.get(f"{API}/v1/reports/5"),
            lambda: door.download(ORDERS),
        ]
        for attempt in attempts:
            with pytest.raises(Refused, match="Nothing was sent"):
                attempt()
        assert door.counts == Counts(refusals=len(attempts))
    assert len(heard) == len(attempts)
    assert "canary" not in str(heard)
    assert at.seen == []
    assert at.connections == 0


def test_what_one_reply_hands_out_the_next_request_may_use(authority: Authority, serving: Serving) -> None:
    at = serving(reply(200, {"id": 12345678901234567890}), reply())
    with opened(at, authority) as door:
        with pytest.raises(Refused):
            door.get(f"{API}/v1/reports/12345678901234567890")
        door.post(f"{API}/v1/reports", json={"kind": "sales"})
        assert door.get(f"{API}/v1/reports/12345678901234567890/rows").status == 200


@pytest.mark.parametrize("closes_at", [1, 2, 4])
def test_once_the_fence_is_closed_nothing_more_is_sent(authority: Authority, serving: Serving, closes_at: int) -> None:
    at = serving(reply())
    with opened(at, authority, fence=lambda: len(at.seen) < closes_at) as door:
        for _ in range(closes_at):
            door.get(ORDERS)
        with pytest.raises(Closed, match="may not be read any more"):
            door.get(ORDERS)
        assert door.counts.refusals == 0
    assert len(at.seen) == closes_at


def test_the_fence_is_asked_before_retries_redirects_and_at_each_tick(authority: Authority, serving: Serving) -> None:
    for answer in (reply(503), reply(302, headers={"Location": "/v1/orders/2"}), raw(b"")):
        at = serving(answer)
        with opened(at, authority, fence=lambda at=at: not at.seen) as door, pytest.raises(Closed):  # type: ignore[misc]
            door.get(ORDERS)
        assert len(at.seen) == 1
    sleeper = Sleeper()
    fence = lambda: len(sleeper.slept) < 3  # noqa: E731 -- one expression
    with opened(at, authority, fence=fence, sleeper=sleeper) as door, pytest.raises(Closed):
        door.wait(100)
    assert sleeper.slept == [1.0, 1.0, 1.0]


def test_a_wait_takes_its_time(authority: Authority, serving: Serving) -> None:
    sleeper = Sleeper()
    with opened(serving(reply()), authority, sleeper=sleeper) as door:
        door.wait(2.5)
    assert sleeper.slept == [1.0, 1.0, 0.5]


@pytest.mark.parametrize(
    "trouble", [reply(429), reply(500), reply(503), raw(b""), raw(b"HTTP/1.1 200 OK\r\nContent-Le")]
)
def test_passing_trouble_is_tried_again(authority: Authority, serving: Serving, trouble: Answer) -> None:
    at, sleeper = serving(trouble, trouble, reply(200, {"a": 1})), Sleeper()
    with opened(at, authority, sleeper=sleeper) as door:
        assert door.get(ORDERS).json() == {"a": 1}
        assert (door.counts.requests, door.counts.retries, door.counts.waits) == (3, 2, 2)
    assert sum(sleeper.slept) == 0.5 + 1.0


def test_trouble_that_stays_is_given_up(authority: Authority, serving: Serving) -> None:
    at = serving(reply(503))
    with opened(at, authority) as door, pytest.raises(TryLater, match="503"):
        door.get(ORDERS)
    assert len(at.seen) == 5


@pytest.mark.parametrize(
    ("header", "slept"),
    [("7", 7), ("0", 0), ("1.5", 1.5), ("Tue, 24 Nov 2026 12:00:09 GMT", 9), ("soon", 0.5), ("-3", 0)],
)
def test_retry_after_is_honoured(authority: Authority, serving: Serving, header: str, slept: float) -> None:
    sleeper = Sleeper()
    at = serving(reply(429, headers={"Retry-After": header}), reply())
    with opened(at, authority, sleeper=sleeper) as door:
        door.get(ORDERS)
    assert sum(sleeper.slept) == slept


def test_a_wait_that_is_too_long_is_left_to_the_next_sync(authority: Authority, serving: Serving) -> None:
    at, sleeper = serving(reply(429, headers={"Retry-After": "90000"})), Sleeper()
    with opened(at, authority, sleeper=sleeper) as door, pytest.raises(TryLater) as caught:
        door.get(ORDERS)
    assert caught.value.after == 90_000
    assert sleeper.slept == []
    assert len(at.seen) == 1


def test_a_code_is_not_traded_twice(authority: Authority, serving: Serving) -> None:
    at = serving(raw(b""))
    with opened(at, authority) as door, pytest.raises(TryLater):
        door.post(f"{API}/token", form={"code": "c", "client_secret": "s"})
    assert len(at.seen) == 1


@pytest.mark.parametrize(
    ("verdict", "error"), [(Verdict.ASK_AGAIN, AskAgain), (Verdict.STOP, Stop), (Verdict.RETRY, TryLater)]
)
def test_the_platform_s_judgement_counts_whatever_the_status(
    authority: Authority, serving: Serving, verdict: Verdict, error: type[Problem]
) -> None:
    def judge(answer: Reply) -> Judgement:
        return Judgement(verdict=verdict, reason=f"says {answer.json()['why']}, {TOKEN}", after=1)

    with opened(serving(reply(200, {"why": "no"})), authority, judge=judge) as door:
        with pytest.raises(error, match="says no") as caught:
            door.get(ORDERS)
        assert door.counts.requests == (5 if verdict is Verdict.RETRY else 1)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [(401, AskAgain, "Authorize Vendor again"), (403, Stop, "ask for access"), (400, Stop, "400"), (404, Stop, "404")],
)
def test_a_status_that_the_platform_leaves_open_has_its_plain_meaning(
    authority: Authority, serving: Serving, status: int, error: type[Problem], words: str
) -> None:
    at = serving(reply(status))
    with opened(at, authority) as door, pytest.raises(error, match=words):
        door.get(ORDERS)
    assert len(at.seen) == 1


def test_a_token_that_ran_out_is_refreshed_once(authority: Authority, serving: Serving) -> None:
    tokens = ["old-canary", "new-canary"]

    def refresh() -> bool:
        tokens.pop(0)
        return True

    at = serving(reply(401), reply(200, {"a": 1}))
    with opened(at, authority, credential=lambda: Secret(tokens[0]), refresh=refresh) as door:
        assert door.get(ORDERS).json() == {"a": 1}
        assert door.counts.refreshes == 1
    assert [seen.headers["authorization"] for seen in at.seen] == ["Bearer old-canary", "Bearer new-canary"]


@pytest.mark.parametrize(("refreshes", "sent"), [(True, 2), (False, 1)])
def test_a_token_that_stays_refused_needs_the_person(
    authority: Authority,
    serving: Serving,
    refreshes: bool,  # noqa: FBT001 -- a parameter of the test
    sent: int,
) -> None:
    at = serving(reply(401))
    with opened(at, authority, refresh=lambda: refreshes) as door, pytest.raises(AskAgain):
        door.get(ORDERS)
    assert len(at.seen) == sent


def test_a_redirect_within_the_rules_is_followed(authority: Authority, serving: Serving) -> None:
    at = serving(reply(301, headers={"Location": "/v1/orders/2?a=1"}), reply(200, {"a": 2}))
    with opened(at, authority) as door:
        assert door.get(ORDERS, headers={"X-Extra": "1"}).json() == {"a": 2}
    assert at.seen[1].target == "/v1/orders/2?a=1"
    assert at.seen[1].headers["authorization"] == f"Bearer {TOKEN}"
    assert at.seen[1].headers["x-extra"] == "1"


def test_another_host_never_sees_the_token(authority: Authority, serving: Serving) -> None:
    back = reply(302, headers={"Location": f"{API}/v1/orders/3"})
    at = serving(reply(302, headers={"Location": "https://other.vendor.test/v1/orders"}), back, reply())
    with opened(at, authority) as door:
        door.get(ORDERS, headers={"X-Extra": "1"})
    assert [seen.headers["host"] for seen in at.seen] == ["api.vendor.test", "other.vendor.test", "api.vendor.test"]
    for seen in at.seen[1:]:
        assert "authorization" not in seen.headers
        assert "x-extra" not in seen.headers


@pytest.mark.parametrize(
    "location",
    [
        *("https://evil.test/v1/orders", "http://api.vendor.test/v1/orders", "//evil.test/v1/orders", "/v1/customers"),
        *("https://127.0.0.1/v1/orders", "https://169.254.169.254/latest", "/v1/orders?_method=delete", "/token"),
        *("file:///etc/passwd", "https://files.vendor.test/out/x", "/v1/reports/5"),
    ],
)
def test_a_redirect_out_of_the_rules_is_refused(authority: Authority, serving: Serving, location: str) -> None:
    at = serving(reply(302, headers={"Location": location}))
    with opened(at, authority) as door:
        with pytest.raises(Refused):
            door.get(ORDERS)
        assert door.counts.refusals == 1
    assert len(at.seen) == 1


def test_redirects_end(authority: Authority, serving: Serving) -> None:
    at = serving(reply(302, headers={"Location": "/v1/orders"}))
    with opened(at, authority) as door, pytest.raises(Stop, match="redirect"):
        door.get(ORDERS)
    assert len(at.seen) == 4
    for answer in (reply(302), reply(307, headers={"Location": "/v1/reports"})):
        with opened(serving(answer), authority) as door, pytest.raises(Stop, match="redirect"):
            door.post(f"{API}/v1/reports", json={"kind": "sales"})


HEAD = b"HTTP/1.1 200 OK\r\n"
CUTS = [
    HEAD + b"Content-Length: 100\r\n\r\n" + b"{" * 60,
    HEAD + b"Content-Length: 100\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{'a':\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\n{'a':",
    HEAD + b"\r\n{}",
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + gzip.compress(b"a" * 1000)[:20],
]


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_answer_is_never_taken_for_the_whole(authority: Authority, serving: Serving, cut: bytes) -> None:
    at = serving(raw(cut), raw(cut), reply(200, {"a": 1}))
    with opened(at, authority) as door:
        assert door.get(ORDERS).json() == {"a": 1}
    at = serving(raw(cut))
    with opened(at, authority) as door, pytest.raises(TryLater, match=r"cut off|where it ends|failed"):
        door.get(ORDERS)


def test_a_chunked_and_a_gzipped_answer_are_read_whole(authority: Authority, serving: Serving) -> None:
    text = b'{"a": "' + b"x" * 700_000 + b'"}'
    packed = gzip.compress(text[:1000]) + gzip.compress(text[1000:])
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (text[:9], text[9:])) + b"0\r\n\r\n"
    at = serving(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks,
        reply(200, packed, {"Content-Encoding": "gzip"}),
        reply(204, b""),
    )
    with opened(at, authority) as door:
        assert door.get(ORDERS).body == text
        assert door.get(ORDERS).body == text
        assert door.get(ORDERS).body == b""
        assert door.counts.bytes == len(text) + len(packed)
    assert at.seen[0].headers["accept-encoding"] == "gzip"


SMALL = Limits(reply_bytes=1_000_000, ratio_from_bytes=100_000, ratio=100)


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (b"x" * 1_000_001, "", "larger than"),
        (gzip.compress(b"\0" * 900_000), "gzip", "unpacks to more"),
        (gzip.compress(gzip.compress(b"\0" * 900_000_0)), "gzip", ""),
        (b"\x1f\x8b" + b"rubbish" * 5, "gzip", "damaged"),
        (gzip.compress(b"a") + b"tail", "gzip", "damaged"),
        (b"x", "br", "not asked for"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_too_much_and_too_odd_stop(
    authority: Authority, serving: Serving, body: bytes, encoding: str, words: str
) -> None:
    at = serving(reply(200, body, {"Content-Encoding": encoding} if encoding else {}))
    with opened(at, authority, limits=SMALL) as door:
        if words:
            with pytest.raises(Stop, match=words):
                door.get(ORDERS)
        else:  # one layer only is taken off
            assert gzip.decompress(door.get(ORDERS).body) == b"\0" * 9_000_000
        assert door.counts.retries == 0


def test_a_bomb_is_seen_before_it_is_unpacked(authority: Authority, serving: Serving) -> None:
    import tracemalloc  # noqa: PLC0415 -- only here

    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    with opened(serving(reply(200, bomb, {"Content-Encoding": "gzip"})), authority) as door:
        tracemalloc.start()
        with pytest.raises(Stop, match="unpacks"):
            door.get(ORDERS)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60_000_000


@pytest.mark.parametrize(
    "slow",
    [
        raw(b"", hang_up=False),
        raw(HEAD + b"Content-Length: 5\r\n\r\na", hang_up=False),
        drip(b"x", 20, HEAD + b"Content-Length: 20\r\n\r\n"),
        drip(b"X-A: b\r\n", 20, HEAD),
    ],
)
def test_no_answer_may_take_for_ever(authority: Authority, serving: Serving, slow: Answer) -> None:
    at = serving(slow)
    began = time.monotonic()
    limits = Limits(connect_seconds=1, read_seconds=0.25, reply_seconds=0.5, tries=1)
    with opened(at, authority, limits=limits) as door, pytest.raises(TryLater, match="in time"):
        door.get(ORDERS)
    assert time.monotonic() - began < 1.5


def test_a_credential_with_stray_characters_stops_and_is_not_shown(authority: Authority, serving: Serving) -> None:
    for stray in ("canary\r\nX-Evil: 1", "canary\u20ac"):
        at = serving(reply())
        with opened(at, authority, credential=lambda stray=stray: Secret(stray)) as door:  # type: ignore[misc]
            with pytest.raises(Stop, match="stray characters") as caught:
                door.get(ORDERS)
            assert "canary" not in "".join(traceback.format_exception(caught.value))
        assert at.seen == []


TROUBLES: list[Answer] = [
    *(reply(400, b"canary-body"), reply(401), reply(403), reply(429), reply(500, b"canary-body"), raw(b"")),
    *(
        raw(CUTS[0]),
        reply(302, headers={"Location": "https://evil.test/?canary-query"}),
        reply(200, b"x", {"Content-Encoding": "br"}),
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_error_and_no_log_shows_a_secret(
    authority: Authority, serving: Serving, trouble: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    redacting = Redacting(lambda: [TOKEN])
    # traces show the line of the call, so the values stand elsewhere
    query, headers = {"sig": "canary-query"}, {"X-Extra": "canary-header"}
    caplog.handler.addFilter(redacting)
    try:
        with opened(serving(trouble), authority) as door, pytest.raises(Problem) as caught:
            door.get(ORDERS, params=query, headers=headers)
    finally:
        caplog.handler.removeFilter(redacting)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "canary" not in shown
    assert "api.vendor.test" in caplog.text
    causes: list[BaseException | None] = [caught.value.__cause__, caught.value.__context__]
    assert "canary" not in str([(cause, getattr(cause, "args", ())) for cause in causes])


def test_an_answer_with_more_than_it_announced_spoils_nothing(authority: Authority, serving: Serving) -> None:
    at = serving(
        HEAD + b'Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"evil"', reply(200, b"[1]")
    )
    with opened(at, authority, limits=FAST) as door:
        assert door.get(ORDERS).body == b"{}"
        assert door.get(ORDERS).body == b"[1]"


def test_judges_see_every_answer(authority: Authority, serving: Serving) -> None:
    judged: list[int] = []

    def judge(answer: Reply) -> Judgement:
        judged.append(answer.status)
        return FINE

    at = serving(reply(503), reply(302, headers={"Location": "/v1/orders/1"}), reply())
    with opened(at, authority, judge=judge) as door:
        door.get(ORDERS)
    assert judged == [503, 302, 200]
    assert isinstance(at.seen[0], Seen)
