"""Whatever is thrown at the rules, they answer, and only what is declared leaves."""

import re

from door_platform import API, FILES, VENDOR, ask
from hypothesis import given
from hypothesis import strategies as st

from resources.door import decide

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
