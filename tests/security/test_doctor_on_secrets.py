"""The doctor's word on secrets: it says so when a guarantee does not hold."""

import logging
from pathlib import Path

import pytest

from ignyte_pipelines.certificate import certificate
from ignyte_pipelines.cli import leakage
from ignyte_pipelines.cli.leakage import leakage as examined
from resources.stores import Stores


def verdicts(stores: Stores) -> dict[str, str]:
    return {each.guarantee: each.verdict for each in examined(stores)}


def test_all_hold_in_a_home_of_ours(stores: Stores) -> None:
    certificate(stores.settings.home, stores.clock())
    assert set(verdicts(stores).values()) == {"holds"}
    assert len(verdicts(stores)) == 5


def test_each_is_seen_when_it_does_not_hold(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    place = certificate(stores.settings.home, stores.clock()).chain
    place.chmod(0o644)
    logger = logging.getLogger("urllib3.connectionpool")
    monkeypatch.setattr(logger, "filters", [])
    monkeypatch.setattr(leakage, "dumps_core", lambda: True)
    monkeypatch.setattr(leakage, "master", lambda *_: None)
    monkeypatch.setattr(leakage, "handed", lambda surroundings, _: surroundings)
    assert set(verdicts(stores).values()) == {"broken"}


def test_what_the_doctor_plants_stays_in_scratch(stores: Stores, home: Path) -> None:
    verdicts(stores)
    assert not [file for file in home.rglob("*") if file.is_file() and b"planted-by-the-doctor" in file.read_bytes()]
