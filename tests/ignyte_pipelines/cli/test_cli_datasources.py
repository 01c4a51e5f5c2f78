"""`ignyte datasource` against the pretend platforms, through their real flows."""

from pathlib import Path

import orjson
import pytest
from terminal import Type

from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox
from sandbox.state import Consent

SHOP = "juniper-and-rye.myshopify.com"


@pytest.fixture
def brand(ignyte: Type, sandbox_home: Path) -> str:
    del sandbox_home
    ignyte("workspace", "create", "brand")
    return "brand"


@pytest.mark.parametrize(("platform", "grade"), [("shopify", "proved"), ("meta_ads", "partly"), ("stripe", "proved")])
def test_connecting_shows_what_was_asked_and_granted(ignyte: Type, brand: str, platform: str, grade: str) -> None:
    done = ignyte("datasource", "connect", brand, platform, "--json")
    assert done.code == 0, done.err
    document = done.document
    assert (document["grade"], document["datasource"]["connection"]) == (grade, "connected")
    assert set(document["asked"]) <= set(document["granted"])
    assert "ignyte sync brand" in done.err


def test_an_optional_scope_is_asked_for_by_name(ignyte: Type, brand: str) -> None:
    words = ("datasource", "connect", brand, "shopify", "--account", SHOP, "--optional", "read_locations")
    document = ignyte(*words, "--json").document
    assert "read_locations" in document["granted"]
    shown = ignyte("datasource", "show", document["datasource"]["id"], "--json").document
    read = {stream["name"]: stream["read"] for stream in shown["streams"]}
    assert read["locations"] is True
    without = ignyte("datasource", "connect", brand, "shopify", "--json").document["datasource"]["id"]
    absent = [each for each in ignyte("datasource", "show", without, "--json").document["streams"] if not each["read"]]
    assert any("read_locations" in each["reason"] for each in absent)


@pytest.mark.parametrize(
    "words",
    [
        ("shopify", "--optional", "write_orders"),
        ("stripe", "--key", "sk_live_visible_to_everyone"),
        ("meta_ads", "--account", "act_000"),
        ("nowhere",),
    ],
)
def test_wrong_usage_connects_nothing(ignyte: Type, brand: str, words: tuple[str, ...]) -> None:
    assert ignyte("datasource", "connect", brand, *words).code == 2
    assert ignyte("datasource", "list", brand, "--json").document == {"datasources": []}


def test_a_shop_that_is_not_there_is_refused(ignyte: Type, brand: str) -> None:
    done = ignyte("datasource", "connect", brand, "shopify", "--account", "other.myshopify.com", "--json")
    assert done.code == 3
    assert done.document["error"]["to"] == "other.myshopify.com"


def test_a_person_who_says_no_is_taken_at_their_word(ignyte: Type, brand: str, pretend: Sandbox) -> None:
    pretend.state.consents["stripe"] = Consent(deny=True)
    try:
        done = ignyte("datasource", "connect", brand, "stripe")
    finally:
        del pretend.state.consents["stripe"]
    assert done.code == 3
    assert "consent was not given" in done.err


def test_a_grant_that_can_write_is_refused(ignyte: Type, brand: str, pretend: Sandbox) -> None:
    pretend.state.consents["shopify"] = Consent(scopes=("read_orders", "write_orders"))
    try:
        done = ignyte("datasource", "connect", brand, "shopify")
    finally:
        del pretend.state.consents["shopify"]
    assert done.code == 3
    assert "write_orders" in done.err


def test_a_key_is_read_from_stdin_and_never_shown(ignyte: Type, brand: str, pretend: Sandbox) -> None:
    keys = pretend.apps["klaviyo"].keys
    assert keys is not None
    key = keys.of_epoch(pretend.state.epoch("klaviyo"))["read_only"]
    done = ignyte("datasource", "connect", brand, "klaviyo", "--key", "-", "--json", given=f"  {key} \n")
    assert done.code == 0, done.err
    shown = ignyte("datasource", "show", done.document["datasource"]["id"])
    assert key not in done.out + done.err + shown.out
    wrong = ignyte("datasource", "connect", brand, "klaviyo", "--key", "-", given="not-a-key\n")
    assert wrong.code == 1
    assert "not-a-key" not in wrong.out + wrong.err


@pytest.mark.slow
def test_a_revoked_grant_fails_the_sync_and_asks_for_access_again(ignyte: Type, brand: str, pretend: Sandbox) -> None:
    ignyte("datasource", "connect", brand, "stripe")
    pretend.state.faults.add(Fault(platform="stripe", kind=Kind.REVOKED, times=0))
    try:
        done = ignyte("sync", brand, "--platform", "stripe", "--json")
    finally:
        pretend.state.faults.clear()
    assert done.code == 1
    assert done.document["ok"] is False
    assert [each["platform"] for each in done.document["failed"]] == ["stripe"]
    (row,) = ignyte("status", brand, "--json").document["datasources"]
    assert (row["connection"], row["sync"]) == ("reauthorize", "active")
    assert row["reason"] in ignyte("status", brand, columns=400).out
    assert ignyte("sync", brand).code == 3


def test_pausing_and_resuming_leaves_the_connection_alone(ignyte: Type, brand: str) -> None:
    source = ignyte("datasource", "connect", brand, "stripe", "--json").document["datasource"]["id"]
    paused = ignyte("datasource", "pause", source, "--json").document
    assert (paused["connection"], paused["sync"]) == ("connected", "inactive")
    assert ignyte("sync", brand).code == 3
    resumed = ignyte("datasource", "resume", source, "--json").document
    assert (resumed["connection"], resumed["sync"]) == ("connected", "active")
    assert ignyte("datasource", "pause", "ds_unknown").code == 3


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_panel_shows_it_before_its_first_sync(ignyte: Type, brand: str, columns: int) -> None:
    ignyte("datasource", "connect", brand, "stripe")
    (row,) = ignyte("status", brand, "--json").document["datasources"]
    assert (row["connection"], row["sync"], row["last_success_words"], row["rows"]) == (
        "connected",
        "active",
        "never",
        None,
    )
    shown = ignyte("status", brand, columns=columns)
    assert "Stripe" in shown.out
    assert "none calculated yet" in shown.out


def test_a_sandbox_that_is_down_is_said_to_be(ignyte: Type, brand: str, sandbox_home: Path) -> None:
    file = sandbox_home / "sandbox.json"
    described = orjson.loads(file.read_bytes())
    file.write_bytes(orjson.dumps({**described, "address": "127.0.0.1:9"}))
    for words in (("datasource", "connect", brand, "stripe"), ("sandbox", "people")):
        done = ignyte(*words)
        assert done.code == 1
        assert "ignyte sandbox serve" in done.err


def test_people_and_faults_of_the_sandbox(ignyte: Type, sandbox_home: Path, pretend: Sandbox) -> None:
    del sandbox_home
    people = ignyte("sandbox", "people", "--json").document["people"]
    assert people[0]["canary"]
    assert ignyte("sandbox", "people").code == 0
    due = ignyte("sandbox", "fault", "stripe", "throttle", "--times", "2", "--json").document["faults"]
    assert [(each["platform"], each["kind"], each["times"]) for each in due] == [("stripe", "throttle", 2)]
    assert ignyte("sandbox", "fault", "stripe").code == 2
    assert ignyte("sandbox", "fault", "stripe", "earthquake").code == 1
    assert ignyte("sandbox", "fault", "--clear", "--json").document == {"faults": []}
    assert not pretend.state.faults.listed()


def test_a_live_home_never_turns_into_a_sandbox(ignyte: Type, brand: str, sandbox_home: Path) -> None:
    ignyte("datasource", "connect", brand, "stripe")
    (sandbox_home / "sandbox.json").unlink()
    done = ignyte("sandbox", "serve")
    assert done.code == 3
    assert "IGNYTE_HOME" in done.err
    assert ignyte("sandbox", "people").code == 3
