"""`ignyte door check` and `ignyte platforms`: what the declarations say, by exit code."""

import pytest
from terminal import Type

from resources.platforms import KEYS

GRAPHQL = "https://juniper-and-rye.myshopify.com/admin/api/2026-10/graphql.json"


@pytest.mark.parametrize(
    "words",
    [
        ("shopify", "POST", GRAPHQL, "--body", '{"query": "{ shop { name } }"}'),
        ("stripe", "GET", "https://api.stripe.com/v1/charges?limit=100"),
        ("meta_ads", "GET", "https://graph.facebook.com/v26.0/me/permissions"),
    ],
)
def test_reads_are_let_out(ignyte: Type, words: tuple[str, ...]) -> None:
    done = ignyte("door", "check", *words, "--json")
    assert done.code == 0
    assert done.document["allowed"] is True
    assert done.document["operation"]


@pytest.mark.parametrize(
    "words",
    [
        ("shopify", "POST", GRAPHQL, "--body", '{"query": "mutation { orderDelete(id: 1) { id } }"}'),
        ("stripe", "POST", "https://api.stripe.com/v1/refunds", "--body", "charge=ch_1"),
        ("stripe", "GET", "https://api.stripe.com/v1/charges", "--header", "X-HTTP-Method-Override: DELETE"),
        ("stripe", "GET", "https://example.com/v1/charges"),
        ("meta_ads", "GET", "http://graph.facebook.com/v26.0/me/permissions"),
    ],
)
def test_everything_else_is_refused_with_its_reason(ignyte: Type, words: tuple[str, ...]) -> None:
    done = ignyte("door", "check", *words, "--json")
    assert done.code == 3
    assert done.document["allowed"] is False
    assert done.document["reason"]


def test_the_verdict_is_said_in_words_too(ignyte: Type) -> None:
    done = ignyte("door", "check", "stripe", "DELETE", "https://api.stripe.com/v1/charges/ch_1")
    assert done.code == 3
    assert done.out.startswith("refused")


@pytest.mark.parametrize(
    "words",
    [("nowhere", "GET", "https://x.test"), ("stripe", "GET", "https://x.test", "--header", "no colon"), ("stripe",)],
)
def test_wrong_usage_has_its_own_code(ignyte: Type, words: tuple[str, ...]) -> None:
    assert ignyte("door", "check", *words).code == 2


def test_every_platform_is_listed(ignyte: Type) -> None:
    done = ignyte("platforms", "list", "--json")
    assert [each["key"] for each in done.document["platforms"]] == list(KEYS)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("columns", [60, 120])
def test_each_platform_shows_its_scopes_hosts_and_streams(ignyte: Type, key: str, columns: int) -> None:
    document = ignyte("platforms", "show", key, "--json").document
    assert document["scopes"]["required"]
    assert document["hosts"]
    assert all(stream["key"] for stream in document["streams"])
    shown = ignyte("platforms", "show", key, columns=columns)
    assert shown.code == 0
    assert document["streams"][0]["name"] in shown.out
