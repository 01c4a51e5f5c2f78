"""ignyte workspace cancel, reactivate, restrict, hold and delete, as a person types them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from searching import Needles
from terminal import Type

NAME = "Juniper Unmistakable Trading"
SHOP = "juniper-and-rye.myshopify.com"


@pytest.fixture
def made(ignyte: Type) -> str:
    return str(ignyte("workspace", "create", NAME, "--json").document["id"])


def test_a_cancelled_workspace_says_until_when_it_may_come_back(ignyte: Type, made: str) -> None:
    done = ignyte("workspace", "cancel", NAME, "--grace-days", "12", "--reason", "moving on", "--json")
    assert done.code == 0, done.err
    assert (done.document["state"], done.document["grace_days"]) == ("cancelled", 12)
    day = datetime.fromisoformat(done.document["deleted_on"])
    assert timedelta(days=11.9) < day - datetime.now(UTC) < timedelta(days=12)
    assert f"ignyte workspace reactivate '{NAME}'" in done.err
    for words in (("workspace", "list"), ("workspace", "show", made), ("status",), ("status", "--fleet")):
        assert f"{day:%Y-%m-%d}" in ignyte(*words, columns=200).out.replace("\n", ""), words
    (listed,) = ignyte("workspace", "list", "--json").document["workspaces"]
    assert listed["deleted_on"] == done.document["deleted_on"]
    (line,) = ignyte("status", "--fleet", "--json").document["workspaces"]
    assert line["deleted_on"] == done.document["deleted_on"]
    assert ignyte("workspace", "cancel", NAME).code == 3
    back = ignyte("workspace", "reactivate", NAME, "--json").document
    assert (back["state"], back["deleted_on"]) == ("active", None)
    assert back["gone_meanwhile"] == {"retention": [], "datasources": [], "people": 0}
    assert ignyte("workspace", "reactivate", NAME).code == 3


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("stop", "told"),
    [(("cancel", NAME), "workspace reactivate"), (("restrict", NAME, "--reason", "a dispute"), "restrict --lift")],
)
def test_what_may_not_be_used_is_neither_read_nor_asked(
    ignyte: Type, sandbox_home: Path, stop: tuple[str, ...], told: str
) -> None:
    del sandbox_home
    assert ignyte("workspace", *stop).code == 0
    for words in (
        ("query", NAME, "SELECT 1"),
        ("sync", NAME),
        ("datasource", "connect", NAME, "stripe"),
    ):
        done = ignyte(*words)
        assert (done.code, told in done.err) == (3, True), (words, done.err)
    assert ignyte("datasource", "list", NAME, "--json").document == {"datasources": []}


@pytest.mark.usefixtures("made")
def test_a_hold_and_a_restriction_are_shown_with_their_reason_until_lifted(ignyte: Type) -> None:
    assert ignyte("workspace", "hold", NAME, "--reason", "a lawsuit", "--json").document["hold"] == "a lawsuit"
    assert ignyte("workspace", "restrict", NAME, "--reason", "a dispute", "--json").code == 0
    shown = ignyte("workspace", "show", NAME, columns=200).out
    assert "a lawsuit" in shown
    assert "a dispute" in shown
    assert "a lawsuit" in ignyte("status", columns=200).out
    assert "held, restricted" in ignyte("workspace", "list", columns=200).out
    refused = ignyte("workspace", "delete", NAME, "--now", "--yes", "--json")
    assert (refused.code, "a lawsuit" in refused.document["error"]["what"]) == (3, True)
    for what in ("hold", "restrict"):
        assert ignyte("workspace", what, NAME).code == 2
        assert ignyte("workspace", what, NAME, "--lift", "--reason", "both").code == 2
        assert ignyte("workspace", what, NAME, "--lift").code == 0
    document = ignyte("workspace", "show", NAME, "--json").document
    assert (document["hold"], document["restricted"]) == ("", "")


@pytest.mark.usefixtures("made")
def test_deleting_needs_a_cancellation_or_a_word_and_then_the_name(ignyte: Type) -> None:
    early = ignyte("workspace", "delete", NAME)
    assert (early.code, "--now" in early.err) == (3, True)
    assert ignyte("workspace", "cancel", NAME).code == 0
    early = ignyte("workspace", "delete", NAME)
    assert (early.code, "--now" in early.err) == (3, True)
    mistyped = ignyte("workspace", "delete", NAME, "--now", given="Juniper\n")
    assert (mistyped.code, "not its name" in mistyped.err) == (3, True)
    assert ignyte("workspace", "reactivate", NAME).code == 0


@pytest.mark.slow
def test_a_deleted_workspace_leaves_its_certificate_and_nothing_else(
    ignyte: Type, sandbox_home: Path, made: str
) -> None:
    ignyte("datasource", "connect", NAME, "shopify")
    assert ignyte("sync", NAME).code == 0
    people = ignyte("sandbox", "people", "--json").document["people"]
    emails = {each["email"] for each in people if each.get("email")}
    assert emails
    history = sandbox_home / "shell" / f"{made}.history"
    history.parent.mkdir(exist_ok=True)
    history.write_text(f"-- {min(emails)}")
    needles = Needles({"e-mail": emails, "workspace": {NAME}, "shop": {SHOP}})
    theirs = [sandbox_home / "sandbox.json"]
    assert {label for found in needles.in_folder(sandbox_home, theirs).values() for label in found} == {
        "e-mail",
        "workspace",
        "shop",
    }
    done = ignyte("workspace", "delete", NAME, "--now", "--json", given=f"{NAME}\n")
    assert done.code == 0, done.err
    # the pretend terminal echoes what is typed to stdout
    document = orjson.loads(done.out[done.out.index("{") :])
    certificate = document["certificate"]["id"]
    assert f"ignyte certificate verify {certificate}.json" in done.err
    assert {step["step"] for step in document["steps"]} >= {"fenced", "keys", "files", "traces", "tombstone"}
    assert needles.in_folder(sandbox_home, theirs) == {}
    assert not (sandbox_home / "data" / "workspaces" / made).exists()
    assert ignyte("workspace", "list", "--json").document == {"workspaces": []}
    assert ignyte("workspace", "show", made, "--json").document["state"] == "deleted"
    again = ignyte("workspace", "delete", made, "--now", "--yes", "--json").document
    assert (again["again"], again["certificate"]["id"]) == (True, certificate)
    assert ignyte("workspace", "reactivate", made).code == 3
