"""People who ask and workspaces that go, as typed: what is said before and after, and what Dagster shows of it."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
import pytest
from terminal import Type, Typed, typed

from ignyte_pipelines.instance import instance
from resources.settings import Settings
from sandbox.serve import Sandbox

PLATFORMS = ("shopify", "stripe")
ORDERS = "SELECT sum(orders) AS orders FROM brand_metrics_by_date"


@dataclass(frozen=True, kw_only=True)
class Story:
    """One home, in which two people asked and the workspace went at last."""

    home: Path
    workspace: str
    people: tuple[str, str]
    orders: tuple[int, int]
    would: Typed
    later: Typed
    waiting: Typed
    erased: Typed
    ledger: tuple[dict[str, Any], ...]
    kept: dict[str, str]
    shown: Typed
    doctor: Typed
    deleted: Typed
    purges: tuple[dict[str, Any], ...]
    left: dict[str, str]


def ledger(home: Path, name: str) -> tuple[dict[str, Any], ...]:
    """The figures of each entry of a ledger."""
    with instance(Settings(home=home)) as dagster:
        records = dagster.fetch_materializations(dg.AssetKey(name), limit=10).records
        made = [record.asset_materialization for record in records if record.asset_materialization]
        return tuple({name: value.value for name, value in each.metadata.items()} for each in made)


def kept_by_dagster(home: Path) -> dict[str, str]:
    """All bytes of each of Dagster's files, and every cell of each of its tables."""
    found = {}
    for file in sorted(path for path in (home / "dagster").rglob("*") if path.is_file()):
        found[file.name] = file.read_bytes().decode(errors="replace").lower()
        if file.suffix == ".db":
            with closing(sqlite3.connect(file)) as database:
                tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                for (name,) in tables:
                    rows = database.execute(f'SELECT * FROM "{name}"').fetchall()
                    found[f"{file.name} {name}"] = str(rows).lower()
    return found


def orders(ignyte: Type) -> int:
    (row,) = ignyte("query", "brand", ORDERS, "--json").document
    return int(row["orders"])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, pretend: Sandbox) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("privacy") / "home"
    home.mkdir(mode=0o700)
    (home / "sandbox.json").write_bytes(orjson.dumps(pretend.described()))
    bought = Counter(order.email for order in pretend.state.world.orders if order.email)
    (first, _), (second, _) = [each for each in bought.most_common() if "example.com" in each[0]][:2]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "IGNYTE_HOME"):
            patch.setenv(name, str(home))
        ignyte = partial(typed, home=home)
        workspace = ignyte("workspace", "create", "brand", "--json").document["id"]
        for platform in PLATFORMS:
            ignyte("datasource", "connect", "brand", platform)
        assert ignyte("sync", "brand").code == 0
        before = orders(ignyte)
        would = ignyte("privacy", "erase", "brand", "--email", "-", "--dry-run", given=f"{first}\n")
        later = ignyte("privacy", "erase", "brand", "--email", second, "--later", "--yes", "--json")
        waiting = ignyte("privacy", "requests", "brand", "--open", "--json")
        erased = ignyte("privacy", "erase", "brand", "--email", first, "--yes", "--json")
        assert erased.code == 0, erased.err
        request = erased.document["erased"][0]["id"]
        found: dict[str, Any] = {
            "shown": ignyte("privacy", "show", request),
            "doctor": ignyte("doctor", "--json"),
            "orders": (before, orders(ignyte)),
            "ledger": ledger(home, "erasure_ledger"),
            "kept": kept_by_dagster(home),
            "deleted": ignyte("workspace", "delete", "brand", "--now", "--yes", "--json"),
            "purges": ledger(home, "purge_ledger"),
            "left": kept_by_dagster(home),
        }
        yield Story(
            home=home,
            workspace=workspace,
            people=(first, second),
            would=would,
            later=later,
            waiting=waiting,
            erased=erased,
            **found,
        )


pytestmark = pytest.mark.slow


def test_a_dry_run_says_what_would_go_and_files_nothing(story: Story) -> None:
    assert story.would.code == 0
    assert "Would erase" in story.would.out
    assert "shopify" in story.would.out
    assert len(story.waiting.document["requests"]) == 1


def test_a_request_for_later_waits_with_its_clock(story: Story) -> None:
    (filed,) = story.later.document["requests"]
    (waiting,) = story.waiting.document["requests"]
    assert waiting["id"] == filed["id"]
    assert (waiting["state"], waiting["kind"], waiting["regime"]) == ("received", "erase", "gdpr")
    assert "subject" not in waiting


def test_the_answer_has_what_went_and_the_proof(story: Story) -> None:
    (answer,) = story.erased.document["erased"]
    assert answer["state"] == "done"
    assert answer["certificate_id"].startswith("cert_")
    assert len(answer["receipt"].replace("-", "")) == 24
    assert {place["platform"] for place in answer["places"]} >= {"shopify"}
    assert story.orders[0] > story.orders[1] > 0


def test_the_batch_took_along_who_was_waiting_in_one_run_with_figures_only(story: Story) -> None:
    (entry,) = story.ledger
    assert entry["requests"] == 2
    assert entry["rows"] >= 4
    assert len(entry["certificates"]) == 2
    assert entry["seconds"] >= 0
    kept = "\n".join(story.kept.values())
    assert not [person for person in story.people if person.lower() in kept]
    # the search finds what is there
    assert story.workspace in kept


def test_a_request_is_shown_step_by_step_and_without_the_person(story: Story) -> None:
    for word in ("found", "suppressed", "rewritten", "rebuilt", "cert_"):
        assert word in story.shown.out
    everything = story.shown.out + story.later.out + story.waiting.out + story.erased.out + story.would.out
    assert not [person for person in story.people if person.lower() in everything.lower()]


def test_the_doctor_knows_what_is_owed(story: Story) -> None:
    found = {each["guarantee"]: each for each in story.doctor.document["guarantees"]}
    assert found["people are answered in time"]["found"] == "0 requests open"
    assert found["every deletion is proved"]["found"] == "2 certificates"
    assert found["backups end in time"]["verdict"] == "holds"
    assert "what is too old goes" in found


def test_dagster_forgets_a_deleted_workspace_but_for_its_ledger(story: Story) -> None:
    assert story.deleted.code == 0, story.deleted.err
    (entry,) = story.purges
    assert entry["certificate"] == story.deleted.document["certificate"]["id"]
    assert entry["files"] > 0
    assert entry["runs"] > 0
    with instance(Settings(home=story.home)) as dagster:
        assert [run.job_name for run in dagster.get_runs()] == ["purge"]
        assert list(dagster.get_dynamic_partitions("workspace")) == []
    # the run that purged says what, in its own row and tag
    says = {place for place, content in story.left.items() if story.workspace in content}
    assert says == {"runs.db", "runs.db runs", "runs.db run_tags"}


def test_a_skip_is_a_skip(story: Story) -> None:
    ignyte = partial(typed, home=story.home)
    assert ignyte("backup", "expire", "--json").document == {"ended": []}
    assert ledger(story.home, "backup_ledger") == ()
    with instance(Settings(home=story.home)) as dagster:
        assert dagster.get_runs(limit=1)[0].job_name == "expire_backups"
