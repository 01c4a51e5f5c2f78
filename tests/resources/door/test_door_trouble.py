"""What is done about trouble: tried again, refreshed, given up, or put to the person."""

import pytest
from door_platform import API, TOKEN
from door_vendor import Answer, Authority, Seen, Serving, Sleeper, opened, raw, reply

from resources.errors import AskAgain, Problem, Stop, TryLater
from resources.reading import FINE, Judgement, Reply, Verdict
from resources.secret import Secret

ORDERS = f"{API}/v1/orders"


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
