"""The commands of the reviewer's desk, as a person types them."""

from pathlib import Path

import pytest
from terminal import Type

ADD = (
    "--category",
    "email",
    "--purpose",
    "sends",
    "--data",
    "addresses",
    "--location",
    "Frankfurt",
    "--safeguard",
    "DPA",
)


@pytest.fixture(autouse=True)
def _workspace(ignyte: Type) -> None:
    assert ignyte("workspace", "create", "Juniper").code == 0


def test_sub_processors_are_announced_told_of_objected_to_and_settled(ignyte: Type) -> None:
    at_once = ignyte("subprocessors", "add", "Cloud", *ADD, "--json").document
    assert at_once["standing"] == "in force"  # nobody had to be told
    added = ignyte("contacts", "add", "Juniper", "--json", given="dpo@juniper.example\n")
    assert added.code == 0
    assert "dpo@juniper" not in ignyte("contacts", "list", "Juniper").out
    change = ignyte("subprocessors", "add", "Post", *ADD, "--json").document
    assert change["standing"] == "untold"
    early = ignyte("subprocessors", "remove", "Cloud", "--from", "2026-01-01")
    assert (early.code, "30 days" in early.err) == (3, True)
    assert ignyte("subprocessors", "notify").code == 3  # no mail server is named
    objected = ignyte("subprocessors", "object", change["id"], "--workspace", "Juniper", "--reason", "no", "--json")
    assert objected.document["objections"][0]["reason"] == "no"
    settled = ignyte("subprocessors", "settle", change["id"], "--workspace", "Juniper", "--reason", "agreed", "--json")
    assert settled.document["objections"][0]["settlement"] == "agreed"
    assert ignyte("subprocessors", "withdraw", change["id"], "--json").document["withdrawn_at"]
    listed = ignyte("subprocessors", "list", "--json").document
    assert [each["name"] for each in listed["in_force"]] == ["Cloud"]
    assert ignyte("subprocessors", "change", "Nobody", "--location", "Dublin").code == 2


def test_the_list_is_issued_with_its_recipient(ignyte: Type, home: Path) -> None:
    out = home / "list.html"
    done = ignyte("subprocessors", "issue", "--to", "Acme", "--out", str(out), "--json").document
    assert done["act"] in out.read_text()


def test_somebody_unknown_is_answered_with_nothing(ignyte: Type, home: Path) -> None:
    out = home / "answer"
    asked = ignyte(
        "privacy", "access", "Juniper", "--email", "-", "--out", str(out), "--json", given="nobody@example.com\n"
    )
    assert asked.document["tables"] == []
    assert "Nothing" in (out / "index.html").read_text()
    again = ignyte("privacy", "access", "Juniper", "--email", "nobody@example.com", "--out", str(out))
    assert (again.code, "there already" in again.err) == (3, True)
    archive = ignyte(
        *("privacy", "access", "Juniper", "--email", "nobody@example.com", "--archive", "--out", str(home / "a.zip")),
        given="correct horse\ncorrect horse\n",
    )
    assert archive.code == 0, archive.err
    assert (home / "a.zip").read_bytes()[:2] == b"PK"


def test_a_restriction_stands_until_it_is_lifted(ignyte: Type) -> None:
    made = ignyte("privacy", "restrict", "Juniper", "--email", "nobody@example.com", "--json").document
    assert made["rows"] == 0
    (listed,) = ignyte("privacy", "requests", "Juniper", "--json").document["requests"]
    assert (listed["id"], listed["state"]) == (made["request"], "running")
    assert ignyte("privacy", "lift", made["request"], "--json").document["state"] == "done"
    assert ignyte("privacy", "lift", made["request"]).code == 3
    wrong = ignyte("privacy", "access", "Juniper", "--request", made["request"], "--out", "x")
    assert wrong.code == 2


def test_a_workspace_elsewhere_is_refused(ignyte: Type) -> None:
    refused = ignyte("workspace", "create", "Elsewhere", "--region", "us-west-2")
    assert (refused.code, "eu-central-1" in refused.err) == (3, True)
