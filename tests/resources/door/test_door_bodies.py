"""What the body of a request may hold."""

import pytest
from door_platform import API, ask


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
