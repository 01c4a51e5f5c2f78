"""What each platform's declaration must say, whatever the platform."""

import re

import pytest

from resources.door.rules import decide
from resources.operations import Operation, Purpose
from resources.platform import ApiKey, OAuth, Platform
from resources.platforms import KEYS, platforms

ALL = (
    "shopify",
    "google_ads",
    "meta_ads",
    "tiktok_ads",
    "pinterest_ads",
    "microsoft_ads",
    "amazon_ads",
    "google_analytics",
    "amazon_seller",
    "stripe",
    "klaviyo",
    "recharge",
)
WRITING = ("PUT", "PATCH", "DELETE")
NAMES = re.compile(r"[a-z][a-z0-9_]*")


def test_all_twelve_are_listed_in_order() -> None:
    assert KEYS == ALL
    assert tuple(declared.key for declared in platforms()) == ALL


def test_hosts_are_names_and_never_anything_goes(declared: Platform) -> None:
    for host in declared.hosts:
        assert not re.fullmatch(host, "example.com")
        assert not re.fullmatch(host, "127.0.0.1")
        assert re.search(r"\\\.(com|net|io)$", host), host


def test_only_giving_back_may_use_a_writing_method(declared: Platform) -> None:
    for operation in declared.operations:
        if operation.purpose is not Purpose.REVOKE:
            assert operation.method in {"GET", "POST"}, operation.name


def test_a_reading_post_says_what_its_body_may_hold(declared: Platform) -> None:
    for operation in declared.operations:
        if operation.method == "POST":
            assert operation.body is not None, operation.name


def test_downloads_are_only_of_what_was_handed_out(declared: Platform) -> None:
    names = {operation.name for operation in declared.operations}
    for operation in declared.operations:
        if operation.purpose is Purpose.DOWNLOAD:
            assert operation.issued_by in names, operation.name


def test_every_table_says_what_it_is_and_how_it_is_kept(declared: Platform) -> None:
    names = [stream.name for stream in declared.streams]
    assert len(set(names)) == len(names)
    for stream in declared.streams:
        assert NAMES.fullmatch(stream.name)
        assert stream.description.endswith(".")
        assert stream.cursor or stream.cursor_reason
        assert stream.keep.reason
        if stream.needs:
            assert stream.needs in declared.scopes.optional


def test_every_column_is_described_and_every_personal_one_has_its_rule(declared: Platform) -> None:
    for stream in declared.streams:
        for column in stream.columns:
            assert NAMES.fullmatch(column.name)
            assert column.description.endswith((".", "…")), f"{stream.name}.{column.name}"
            assert not column.personal or column.erase or column.waiver


def test_a_column_called_like_a_person_s_is_declared_as_one(declared: Platform) -> None:
    telling = re.compile(r"(^|_)(e?mail|phone|first_name|last_name|address1?|ip|birthday|postcode|zip)($|_)")
    for stream in declared.streams:
        for column in stream.columns:
            if telling.search(column.name):
                assert column.personal, f"{stream.name}.{column.name}"


def test_required_scopes_never_match_what_is_refused(declared: Platform) -> None:
    for scope in (*declared.scopes.required, *declared.scopes.optional):
        assert not any(re.fullmatch(pattern, scope) for pattern in declared.scopes.refused)


def test_the_way_in_is_https_or_a_key_with_instructions(declared: Platform) -> None:
    if isinstance(declared.auth, OAuth):
        assert declared.auth.authorize_url.startswith("https://")
    else:
        assert isinstance(declared.auth, ApiKey)
        assert "read" in declared.auth.how.lower()


def example(pattern: str) -> str:
    """Some text that a declared host or path matches."""
    given = (
        pattern.replace(r"\.", ".").replace(r"\d{10}", "1234567890").replace(r"\d{1,18}", "12").replace(r"\d+", "12")
    )
    given = re.sub(r"\((?:\?:)?([^|()]*)[^()]*\)\??", r"\1", given)
    given = re.sub(r"\[[^\]]*\](\{\d+(,\d*)?\}|[*+?])?", "a", given)
    return re.sub(r"\\w[*+]|\.\+|\.\*", "a", given).replace("\\", "")


def reads(declared: Platform) -> list[tuple[Operation, str]]:
    return [
        (operation, f"https://{example(operation.host)}{example(operation.path)}")
        for operation in declared.operations
        if operation.purpose is Purpose.READ
    ]


def test_a_plain_read_is_let_through(declared: Platform) -> None:
    """The positive control of the tests below: the address itself is not what they are refused for."""
    for operation, url in reads(declared):
        if operation.method == "GET" and not operation.issued_by:
            assert decide(declared, "GET", url).allowed, url


@pytest.mark.parametrize("method", WRITING)
def test_no_read_can_be_turned_into_a_write_by_its_method(declared: Platform, method: str) -> None:
    for _, url in reads(declared):
        assert not decide(declared, method, url).allowed


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_no_read_can_be_turned_into_a_write_by_a_header(declared: Platform, header: str) -> None:
    for operation, url in reads(declared):
        assert not decide(declared, operation.method, url, headers={header: "DELETE"}).allowed


@pytest.mark.parametrize("query", ["method=delete", "_method=DELETE", "batch=%5B%5D"])
def test_no_read_can_be_turned_into_a_write_by_its_query(declared: Platform, query: str) -> None:
    for operation, url in reads(declared):
        assert not decide(declared, operation.method, f"{url}?{query}").allowed


def test_no_stranger_and_no_plain_http_is_let_through(declared: Platform) -> None:
    for operation, url in reads(declared):
        host = url.split("/")[2]
        for wrong in (
            url.replace("https:", "http:"),
            url.replace(host, f"{host}.example.com"),
            url.replace(host, f"user@{host}"),
            url.replace(host, f"{host}:8443"),
            url.replace(host, "127.0.0.1"),
            url.replace(host, f"{host}/..%2f"),
        ):
            assert not decide(declared, operation.method, wrong).allowed, wrong
