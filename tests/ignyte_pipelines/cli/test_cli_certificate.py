"""`ignyte certificate` as whoever receives one types it, far from the home that issued it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from terminal import typed
from typer.testing import CliRunner

from assets.privacy.certificate import FORMAT, committed, new_receipt, signed, signer_of
from ignyte_pipelines.cli.certificate import app
from resources.control_plane.privacy_facts import Certificate
from resources.identity import subject
from resources.settings import Settings
from resources.stores import open_stores

RECEIPT = new_receipt(bytes(range(15)))
MAIL = "wren.canary+juniper@example.com"


@pytest.fixture
def issuer(tmp_path: Path) -> Path:
    """A home that has issued a certificate."""
    home = tmp_path / "issuer"
    with open_stores(Settings(home=home)) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=datetime(2026, 3, 14, tzinfo=UTC))
        said = {
            "format": FORMAT,
            "id": "cert_1",
            "kind": "erasure",
            "act": "req_1",
            "workspace": workspace.id,
            "issued_at": "2026-03-14T10:00:00+00:00",
            "asked": {
                "what": "erase a person",
                "received_at": "2026-03-14T09:00:00+00:00",
                "limits": "",
                "person": committed(subject(emails=(MAIL,)).tokens, RECEIPT),
            },
            "deadline": {"due_at": "2026-04-14T09:00:00+00:00", "kept": True, "own_target_kept": True},
            "plan": ["Look everywhere."],
            "steps": [{"step": "found", "done_at": "2026-03-14T09:30:00+00:00", "facts": {"rows": "3"}}],
            "files": [],
            "keys_destroyed": ["key_1"],
            "rows_left": {"ds_1 raw_shopify.orders": 7},
            "tables_recomputed": {"file": "", "tables": 0},
            "checks": [{"what": "it <b>holds</b>", "store": "control plane", "seen": "1 of 1", "holds": True}],
            "stores": [
                {"store": "control plane", "how": "all", "files": 1, "bytes": 9, "cells": 0}
                | {"control_planted": 20, "control_found": 20, "found": 0, "numbers_shared_with_others": 0}
            ],
            "not_reached": [{"what": "Shopify", "reason": "Ask it."}],
            "backups": {"objects_that_nothing_opens": 0, "last_one_removed_by": ""},
            "verifier": "somebody else",
            "software": {"name": "ignyte-pipelines", "version": "0.1.0"},
        }
        stores.plane.certificates.add(
            Certificate(
                id="cert_1",
                workspace_id=workspace.id,
                kind="erasure",
                act_id="req_1",
                issued_at=datetime(2026, 3, 14, 10, tzinfo=UTC),
                document=signed(said, signer_of(stores.settings)),
            )
        )
    return home


@pytest.fixture
def received(issuer: Path, tmp_path: Path) -> Path:
    """The document as it was handed over, and the issuer's public key beside it."""
    file = tmp_path / "certificate.json"
    done = CliRunner(env={"IGNYTE_HOME": str(issuer)}).invoke(app, ["show", "req_1", "--out", str(file)])
    assert done.exit_code == 0, done.output
    (tmp_path / "issuer.pem").write_bytes(signer_of(Settings(home=issuer)).public_pem)
    return file


def verify(home: Path, *words: str) -> tuple[int, str]:
    done = CliRunner(env={"IGNYTE_HOME": str(home), "COLUMNS": "200"}).invoke(app, ["verify", *words])
    return done.exit_code, done.output


def test_it_is_verified_far_from_home(received: Path, home: Path, tmp_path: Path) -> None:
    assert verify(home, str(received))[0] == 0
    # nothing is opened, and nothing is made
    assert list(home.iterdir()) == []
    code, out = verify(home, str(received), "--key", str(tmp_path / "issuer.pem"))
    assert (code, "by the key you trust" in out, "key_1" in out) == (0, True, False)
    assert verify(tmp_path / "issuer", str(received), "--json")[0] == 0


def test_a_change_or_a_strange_key_is_said_with_exit_code_1(received: Path, home: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.json"
    changed.write_bytes(received.read_bytes().replace(b"key_1", b"key_2"))
    code, out = verify(home, str(changed))
    assert (code, "the signature does not fit" in out) == (1, True)
    signer_of(Settings(home=home))
    code, out = verify(home, str(received))
    assert (code, "another key" in out) == (1, True)
    assert verify(home, str(tmp_path / "nothing.json"))[0] == 1


def test_whom_it_is_about(received: Path, home: Path) -> None:
    code, out = verify(home, str(received), "--email", MAIL.upper(), "--receipt", RECEIPT)
    assert (code, "about the person you named" in out) == (0, True)
    assert verify(home, str(received), "--email", "a@example.com", "--receipt", RECEIPT)[0] == 1
    assert verify(home, str(received), "--email", MAIL)[0] == 2


def test_it_is_listed_shown_and_printed(issuer: Path, tmp_path: Path) -> None:
    runner = CliRunner(env={"IGNYTE_HOME": str(issuer), "COLUMNS": "200"})
    listed = json.loads(runner.invoke(app, ["list", "--json"]).stdout)
    assert [each["id"] for each in listed["certificates"]] == ["cert_1"]
    shown = runner.invoke(app, ["show", "cert_1", "--json"]).stdout
    assert json.loads(shown)["certificate"]["act"] == "req_1"
    html = tmp_path / "page.html"
    assert runner.invoke(app, ["show", "cert_1", "--html", str(html)]).exit_code == 0
    page = html.read_text()
    assert "it &lt;b&gt;holds&lt;/b&gt;" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert runner.invoke(app, ["show", "cert_2"]).exit_code == 3


def test_it_is_a_command_of_the_program(home: Path) -> None:
    del home
    assert typed("certificate", "--help").code == 0
