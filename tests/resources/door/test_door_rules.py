"""The rules: what may leave and what may not, without sending anything."""

import json
import re

import pytest
from door_vendor import API, FILES, ISSUED_FILE, platform
from hypothesis import given
from hypothesis import strategies as st

from resources.door import Decision, Issued, decide
from resources.operations import Purpose

VENDOR = platform()


def ask(method: str, url: str, body: object = b"", **rest: object) -> Decision:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return decide(VENDOR, method, url, body=raw, **rest)  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    "body", [{"kind": "sales"}, {"kind": "visits", "days": 7, "columns": ["a", {"b": 1}]}, {"days": "7"}, {}]
)
def test_a_body_within_its_keys_may_leave(body: object) -> None:
    assert ask("POST", f"{API}/v1/reports", body).allowed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"x"',
        b"null",
        b"{",
        b"\xff",
        b"\xff\xfe{\x00}\x00",
        b'{"kind":"sales","kind":"delete"}',
        b'{"columns":[{"a":1,"a":2}]}',
        b'{"days":NaN}',
        b'{"days":-1}',
        b'{"kind":"sales\\n"}',
        b'{"kind":"delete"}',
        b'{"kind":["sales"]}',
        b'{"other":1}',
        b'{"method":"delete"}',
        b"[" * 50_000,
        b'{"columns":' + b"[" * 50_000,
        b'{"columns":"' + b"x" * 65_536 + b'"}',
    ],
)
def test_any_other_json_body_is_refused(body: bytes) -> None:
    assert not ask("POST", f"{API}/v1/reports", body).allowed


def test_the_body_must_be_announced_as_what_it_is() -> None:
    body = {"kind": "sales"}
    for fit in ("application/json", "application/vnd.api+json; charset=utf-8"):
        assert ask("POST", f"{API}/v1/reports", body, headers={"content-type": fit}).allowed
    for other in ("application/grpc", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert not ask("POST", f"{API}/v1/reports", body, headers={"Content-Type": other}).allowed


@pytest.mark.parametrize("body", [b"q=a+b%20c", b"q=", b""])
def test_a_form_within_its_keys_may_leave(body: bytes) -> None:
    assert ask("POST", f"{API}/v1/search", body).allowed


@pytest.mark.parametrize(
    "body",
    [b"q=a&q=b", b"x=1", b"q=1&method=delete", b"q=1;_method=delete", b"batch=[]", b"q=a b", b"q=\xc3", b'{"q":"a"}'],
)
def test_any_other_form_is_refused(body: bytes) -> None:
    assert not ask("POST", f"{API}/v1/search", body).allowed


READS = "{ orders { id } }"


@pytest.mark.parametrize(
    "body",
    [
        {"query": READS},
        {"query": "query Q($n: Int) { a: orders(first: $n) { id } __typename }", "variables": {"n": 1}},
        {"query": "query Q { ...F } fragment F on Query { shop { id } ... on Query { orders { id } } }"},
        {"query": "query Q { shop { id } }", "operationName": "Q", "variables": None},
        {"query": 'mutation { runQuery(query: "{ orders { id } }", group: false) { id } }'},
        {"query": 'mutation { runQuery(query: """{ orders { id } }""") { id } }'},
        {"query": "mutation M($q: String!) { x: runQuery(query: $q) { id } }", "variables": {"q": READS}},
        {"query": 'mutation M($q: String = "{ shop { id } }") { runQuery(query: $q) { id } }'},
    ],
)
def test_graphql_that_only_reads_may_leave(body: object) -> None:
    decision = ask("POST", f"{API}/graphql", body)
    assert decision.allowed, decision.reason


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        [{"query": READS}],
        {"query": READS, "extensions": {}},
        {"query": READS, "variables": []},
        {"query": 5},
        {"query": ""},
        {"query": "{"},
        {"query": "{ __schema { types { name } } }"},
        {"query": '{ __type(name: "A") { name } }'},
        {"query": "{ customers { id } }"},
        {"query": "{ orders: customers { id } }"},
        {"query": "{ ... { customers { id } } }"},
        {"query": "{ ...F } fragment F on Query { customers { id } }"},
        {"query": "{ ...F } fragment F on Query { ...F }"},
        {"query": "{ ...Missing }"},
        {"query": "{ ...F } fragment F on Q { shop } fragment F on Q { customers }"},
        {"query": "query A { shop } query B { shop }"},
        {"query": "query A { shop } mutation B { wipe }", "operationName": "A"},
        {"query": "query A { shop }", "operationName": "B"},
        {"query": "subscription { orders { id } }"},
        {"query": "type A { b: Int } query { shop }"},
        {"query": "fragment F on Query { shop }"},
        {"query": "mutation { wipe }"},
        {"query": "mutation { orders: wipe }"},
        {"query": "mutation { orders { id } }"},
        {"query": 'mutation { runQuery(query: "{ shop }") wipe }'},
        {"query": 'mutation { runQuery(query: "{ shop }") ...F } fragment F on M { wipe }'},
        {"query": 'mutation { ...F } fragment F on M { runQuery(query: "{ shop }") runQuery(query: "{ shop }") }'},
        {"query": "mutation { runQuery { id } }"},
        {"query": "mutation { runQuery(query: 5) }"},
        {"query": 'mutation { runQuery(query: "mutation { wipe }") }'},
        {"query": 'mutation { runQuery(query: "subscription { shop }") }'},
        {"query": 'mutation { runQuery(query: "{ customers }") }'},
        {"query": 'mutation { runQuery(query: "{ shop } mutation { wipe }") }'},
        {"query": "mutation M($q: String!) { runQuery(query: $q) }"},
        {"query": "mutation M($q: String!) { runQuery(query: $q) }", "variables": {"q": "mutation { wipe }"}},
        {
            "query": 'mutation M($q: String = "{ shop }") { runQuery(query: $q) }',
            "variables": {"q": "mutation { wipe }"},
        },
        {"query": "mutation M($q: String!) { runQuery(query: $q) }", "variables": {"q": {"a": "{ shop }"}}},
        {"query": READS, "operationName": ["A"]},
        {"query": "{ shop " * 4_000},
        {"query": "{ shop(a: " + "[" * 20_000 + ") }"},
        {"query": "{ shop " + "a " * 9_000 + "}"},
    ],
)
def test_any_other_graphql_is_refused(body: object) -> None:
    assert not ask("POST", f"{API}/graphql", body).allowed


def test_fragments_within_fragments_cost_no_more_than_their_text() -> None:
    doubling = " ".join(f"fragment F{n} on Q {{ ...F{n + 1} ...F{n + 1} }}" for n in range(400))
    document = f"{{ ...F0 }} {doubling} fragment F400 on Q {{ %s }}"
    assert ask("POST", f"{API}/graphql", {"query": document % "orders"}).allowed
    assert not ask("POST", f"{API}/graphql", {"query": document % "customers"}).allowed


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
    issued.note("poll", b'["report.csv"]', ids=True)
    assert not ask("GET", ISSUED_FILE, issued=issued).allowed
    issued.note("poll", json.dumps({"a": [{"url": ISSUED_FILE}]}).encode(), ids=False)
    assert ask("GET", ISSUED_FILE, issued=issued).allowed
    assert not ask("GET", ISSUED_FILE + "0", issued=issued).allowed
    issued.note("poll", b"not json", ids=False)


def test_a_decision_says_nothing_of_query_or_body() -> None:
    for url in (f"{API}/v1/nothing?access_token=canary", f"https://canary:canary@{API[8:]}/v1/orders"):
        assert "canary" not in str(ask("GET", url))
    assert "canary" not in str(ask("POST", f"{API}/v1/reports", {"canary": "canary"}))


PIECES = st.sampled_from(
    [
        *(
            API,
            FILES,
            "https://",
            "http://",
            "evil.test",
            "/",
            "//",
            "..",
            "%2e",
            "%2F",
            "%25",
            "?",
            "&",
            "=",
            "#",
            "@",
        ),
        *(":", ";", "\\", "v1", "orders", "/v1/orders", "/graphql", "method", "_method", "\n", " ", "\u0430", ":443"),
    ]
)
URLS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), PIECES.map(lambda piece: f"{API}/v1/{piece}"))


@given(
    st.sampled_from(["GET", "POST", "DELETE", "x", ""]),
    URLS,
    st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=2),
    st.one_of(st.binary(max_size=200), st.just(b"")),
)
def test_whatever_is_asked_gets_a_decision_and_only_declared_operations_leave(
    method: str, url: str, headers: dict[str, str], body: bytes
) -> None:
    decision = decide(VENDOR, method, url, headers=headers, body=body)
    assert decision.allowed == (decision.operation is not None)
    if decision.operation is not None:
        assert decision.operation in VENDOR.operations
        assert decision.operation.method == method
        assert re.match(rf"https://({decision.operation.host})(:443)?(/|$|\?)", url, re.IGNORECASE)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
GRAPHQL = st.lists(
    st.sampled_from(
        [
            *'{}()[]:$!@"',
            "query",
            "mutation",
            "subscription",
            "fragment F on Q",
            "...F",
            "orders",
            "wipe",
            "runQuery",
            " ",
        ]
    ),
    max_size=25,
).map(" ".join)


@given(st.one_of(st.dictionaries(st.sampled_from(["query", "variables", "operationName", "x"]), JSON), JSON), GRAPHQL)
def test_no_body_makes_the_rules_fail(tree: object, document: str) -> None:
    for body in (tree, {"query": document}):
        for path in ("/graphql", "/v1/reports", "/v1/search"):
            decision = ask("POST", f"{API}{path}", body)
            assert decision.reason
            assert not (decision.allowed and "wipe {" in document and path == "/graphql" and "mutation" in document[:8])
