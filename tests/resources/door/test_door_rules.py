"""The rules: what may leave and what may not, without sending anything."""

import json

import pytest
from door_platform import API, FILES, ISSUED_FILE, ask

from resources.door import Issued
from resources.operations import Purpose


@pytest.mark.parametrize(
    "url",
    [
        f"{API}/v1/orders",
        f"{API}:443/v1/orders",
        "https://API.vendor.TEST/v1/orders",
        f"{API}/v1/orders?limit=5&created[gte]=1",
        f"{API}/v1/%6frders",
        f"{API}/v1/shops:list?limit=1&f%5Ba%5D=2",
        f"{API}/v1/shops%3Alist",
    ],
)
def test_a_declared_read_may_leave(url: str) -> None:
    assert ask("GET", url).allowed


@pytest.mark.parametrize(
    "url",
    [
        "http://api.vendor.test/v1/orders",
        "HTTPS://api.vendor.test/v1/orders",
        "ftp://api.vendor.test/v1/orders",
        "//api.vendor.test/v1/orders",
        "",
        f"{API}:8443/v1/orders",
        f"{API}:/v1/orders",
        "https://user@api.vendor.test/v1/orders",
        "https://api.vendor.test@evil.test/v1/orders",
        "https://evil.test/v1/orders",
        "https://api.vendor.test.evil.test/v1/orders",
        "https://api.vendor.test./v1/orders",
        "https://apixvendor.test/v1/orders",
        "https://127.0.0.1/v1/orders",
        "https://[::1]/v1/orders",
        "https://api.vendor.test\\@evil.test/v1/orders",
        "https://\u0430pi.vendor.test/v1/orders",
        "https:///v1/orders",
        f"{API}/v1/orders#x",
        f"{API}/v1/orders/",
        f"{API}/v1//orders",
        f"{API}//v1/orders",
        f"{API}/v1/./orders",
        f"{API}/v1/x/../orders",
        f"{API}/v1/%2e%2e/v1/orders",
        f"{API}/v1%2Forders",
        f"{API}/v1%2forders",
        f"{API}/v1%5Corders",
        f"{API}/v1/%256frders",
        f"{API}/v1/orders%00",
        f"{API}/v1/orders%0a",
        f"{API}/v1/orders%",
        f"{API}/v1/orders%zz",
        f"{API}/v1/orders;v=1",
        f"{API}/v1/orders%3Bv=1",
        f"{API}/v1/orders%3Fa=1",
        f"{API}/v1/orders%C3%A9",
        f"{API}/v1/orders x",
        f"{API}/v1/orders\n",
        f"{API}/v1/orders\t",
        f"{API}/v1/orders?method=delete",
        f"{API}/v1/orders?METHOD=delete",
        f"{API}/v1/orders?_method=delete",
        f"{API}/v1/orders?a=1;_method=delete",
        f"{API}/v1/orders?%5fmethod=delete",
        f"{API}/v1/orders?%255fmethod=delete",
        f"{API}/v1/orders?batch=[]",
        f"{API}/v1/orders?batch[0]=x",
        f"{API}/v1/shops:list?unknown=1",
        f"{API}/v1/customers",
        f"{FILES}/v1/orders",
        f"{API}/v1/orders?" + "a" * 20_000,
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    decision = ask("GET", url)
    assert not decision.allowed
    assert decision.reason


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "get", "", "GET /", "OPTIONS"])
def test_another_method_is_refused(method: str) -> None:
    assert not ask(method, f"{API}/v1/orders").allowed


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"x-http-method": "DELETE"},
        {"X-Method-Override": "DELETE"},
        {"Host": "evil.test"},
        {"Transfer-Encoding": "chunked"},
        {"Cookie": "a=b"},
        {"X-Original-URL": "/v1/customers"},
        {"Accept": "a\r\nX-HTTP-Method: DELETE"},
        {"Acc ept": "a"},
    ],
)
def test_headers_can_not_change_the_request(headers: dict[str, str]) -> None:
    assert not ask("GET", f"{API}/v1/orders", headers=headers).allowed


def test_a_get_takes_no_body() -> None:
    assert not ask("GET", f"{API}/v1/orders", {"a": 1}).allowed


def test_an_operation_is_for_its_purpose_only() -> None:
    body = b"code=c&client_secret=s"
    assert ask("POST", f"{API}/token", body).allowed
    assert ask("POST", f"{API}/token", body, purpose=Purpose.AUTHORIZE).allowed
    assert not ask("POST", f"{API}/token", body, purpose=Purpose.READ).allowed
    assert not ask("DELETE", f"{API}/grant", purpose={Purpose.READ, Purpose.PROVE}).allowed


def test_an_id_must_have_been_handed_out_during_the_run() -> None:
    issued = Issued()
    assert ask("GET", f"{API}/v1/reports/77").allowed
    assert not ask("GET", f"{API}/v1/reports/77", issued=issued).allowed
    issued.note("orders", b'{"id": 77}', ids=True)
    assert not ask("GET", f"{API}/v1/reports/77", issued=issued).allowed
    issued.note("start_report", b'{"report": {"ids": [77, true]}}', ids=True)
    assert ask("GET", f"{API}/v1/reports/77", issued=issued).allowed
    assert ask("GET", f"{API}/v1/reports/77/rows", issued=issued).allowed
    assert not ask("GET", f"{API}/v1/reports/1", issued=issued).allowed


def test_a_file_needs_its_whole_address_handed_out() -> None:
    issued = Issued()
    issued.note("poll", b'["report-7.csv"]', ids=True)
    assert not ask("GET", f"{FILES}/out/report-7.csv", issued=issued).allowed
    issued.note("poll", json.dumps({"a": [{"url": ISSUED_FILE}]}).encode(), ids=False)
    assert ask("GET", ISSUED_FILE, issued=issued).allowed
    assert not ask("GET", ISSUED_FILE + "0", issued=issued).allowed
    issued.note("poll", b"not json", ids=False)


def test_a_decision_says_nothing_of_query_or_body() -> None:
    for url in (f"{API}/v1/nothing?access_token=canary", f"https://canary:canary@{API[8:]}/v1/orders"):
        assert "canary" not in str(ask("GET", url))
    assert "canary" not in str(ask("POST", f"{API}/v1/reports", {"canary": "canary"}))
