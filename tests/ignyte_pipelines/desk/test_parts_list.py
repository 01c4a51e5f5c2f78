"""The list of parts has every library of the lock, and says honestly what is known of them."""

import json
import subprocess
from datetime import datetime

import pytest

from ignyte_pipelines.desk import parts_list
from ignyte_pipelines.desk.gathered import LOCK, told
from ignyte_pipelines.desk.parts_list import Advisories, advisories, bill, pieces


def test_every_locked_library_is_in_it_with_its_digests(now: datetime) -> None:
    found = pieces(LOCK)
    lines = [line for line in LOCK.read_text().splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert len(found) == len(lines) > 100
    assert all(piece.sha256 for piece in found)
    bom = json.loads(bill("ignyte-pipelines", "0.1.0", found, now))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    names = {(part["name"], part["version"]) for part in bom["components"]}
    assert names == {(piece.name, piece.version) for piece in found}
    assert all(part["purl"].startswith("pkg:pypi/") for part in bom["components"])


def answered(monkeypatch: pytest.MonkeyPatch, text: str) -> Advisories:
    monkeypatch.setattr(parts_list, "find_spec", lambda _: object())
    done = subprocess.CompletedProcess([], 0, stdout=text.encode())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    return advisories(LOCK)


def test_what_was_not_answered_is_no_clean_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    skipped = {"dependencies": [{"name": "a", "skip_reason": "not found"}], "fixes": []}
    found = answered(monkeypatch, json.dumps(skipped))
    assert (found.asked, found.unanswered) == (False, 1)
    assert "nobody answered" in told(found)
    assert not answered(monkeypatch, "not json").asked


def test_an_advisory_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}], "fixes": []}
    found = answered(monkeypatch, json.dumps(said))
    assert found.known == {"a 1": ("PYSEC-1",)}
    assert "1 with known advisories" in told(found)
