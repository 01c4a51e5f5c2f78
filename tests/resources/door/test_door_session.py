"""The door over real TLS: what goes out, what is refused, where the fence stands, which redirects are followed."""

from functools import partial

import pytest
from door_platform import API, TOKEN
from door_vendor import Authority, Serving, Sleeper, opened, raw, reply

from resources.door import READING, Closed, Counts, Decision
from resources.errors import Refused, Stop
from resources.platform import App
from resources.secret import Secret

ORDERS = f"{API}/v1/orders"


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


def test_the_app_is_named_beside_the_token_and_nowhere_else(authority: Authority, serving: Serving) -> None:
    at = serving(reply(302, headers={"Location": "https://other.vendor.test/v1/orders"}), reply())
    with opened(at, authority, app=App(client_id="app-1", client_secret=Secret("s"))) as door:
        door.get(ORDERS)
        door.post(f"{API}/token", form={"code": "c", "client_secret": "s"})
    assert [seen.headers.get("x-app") for seen in at.seen] == ["app-1", None, None]


def test_authorizing_carries_no_token(authority: Authority, serving: Serving) -> None:
    at = serving(reply())
    with opened(at, authority) as door:
        door.post(f"{API}/token", form={"code": "c", "client_secret": "s"})
    assert "authorization" not in at.seen[0].headers


def test_a_refusal_sends_nothing_and_is_audited_and_never_retried(authority: Authority, serving: Serving) -> None:
    at, heard = serving(reply()), list[Decision]()
    with opened(at, authority, purposes=READING, on_refusal=heard.append) as door:  # type: ignore[arg-type]
        refused = partial(pytest.raises, Refused, match="Nothing was sent")
        with refused():
            door.get(f"{API}/v1/customers?access_token=canary")
        with refused():
            door.post(ORDERS, json={"a": 1})
        with refused():
            door.delete(ORDERS)
        with refused():
            door.delete(f"{API}/grant")
        with refused():
            door.get("https://evil.test/v1/orders")
        with refused():
            door.get(ORDERS, headers={"X-HTTP-Method-Override": "DELETE"})
        with refused():
            door.get(f"{API}/v1/reports/5")
        with refused():
            door.download(ORDERS)
        assert door.counts == Counts(refusals=8)
    assert len(heard) == 8
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
