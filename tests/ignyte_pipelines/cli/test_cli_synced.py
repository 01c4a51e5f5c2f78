"""What the commands show of a workspace that was really synced and built from the pretend platforms."""

import csv
import io
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from terminal import SYNCED, Synced, Type, typed

from sandbox.serve import Sandbox
from sandbox.world.people import CANARY_FREE_TEXT_EMAIL, CANARY_GUEST_EMAIL, CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow
DAYS = "SELECT day, orders, net_sales, mer FROM brand_metrics_by_date ORDER BY day"
EVERY_VIEW = [
    ("status",),
    ("status", "brand"),
    ("status", "--fleet"),
    ("workspace", "show", "brand"),
    ("workspace", "list"),
    ("datasource", "list", "brand"),
    ("metrics", "list"),
    ("metrics", "show", "aov", "--workspace", "brand"),
    ("query", "brand", DAYS),
    ("query", "brand", "FROM customers"),
    ("doctor",),
    ("platforms", "list"),
]


@pytest.fixture
def synced_home(synced: Synced) -> Path:
    return synced.home


@pytest.fixture
def ignyte(synced_home: Path) -> Type:
    return partial(typed, home=synced_home)


def test_the_sync_tells_what_it_did(synced: Synced, pretend: Sandbox) -> None:
    first_sync = synced.answer
    document = first_sync.document
    assert document["ok"] is True
    assert {each["platform"] for each in document["synced"]} == set(SYNCED)
    rows = {each["platform"]: each["rows"] for each in document["synced"]}
    assert rows["shopify"]["orders"] == len(pretend.state.world.orders)
    assert all(each["refusals"] == 0 for each in document["synced"])
    assert document["metrics"]["generation"] == 1
    assert "✓ Shopify" in first_sync.err
    assert "✓ Metrics" in first_sync.err


def test_the_panel_is_fresh(ignyte: Type) -> None:
    document = ignyte("status", "brand", "--json").document
    assert {row["platform"] for row in document["datasources"]} == set(SYNCED)
    for row in document["datasources"]:
        assert (row["connection"], row["sync"], row["late"], row["last_error"]) == ("connected", "active", False, None)
        assert row["rows"] > 0
        assert row["next_due"] > row["last_success"]
    assert document["metrics"]["generation"] == 1
    (line,) = ignyte("status", "--fleet", "--json").document["workspaces"]
    assert (line["datasources"], line["reauthorize"], line["failing"]) == (3, 0, 0)


def test_one_answer_in_every_form_is_the_same(ignyte: Type, tmp_path: Path) -> None:
    objects = ignyte("query", "brand", DAYS, "--format", "json").document
    assert ignyte("query", "brand", DAYS, "--json").document == objects
    rows = list(csv.DictReader(io.StringIO(ignyte("query", "brand", DAYS, "--format", "csv").out)))
    assert [row["day"] for row in rows] == [each["day"] for each in objects]
    assert [float(row["net_sales"]) for row in rows] == [each["net_sales"] for each in objects]
    file = tmp_path / "days.parquet"
    assert ignyte("query", "brand", DAYS, "--format", "parquet", "--out", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    table = pq.read_table(file).to_pylist()
    assert [float(each["net_sales"]) for each in table] == [each["net_sales"] for each in objects]
    shown = ignyte("query", "brand", DAYS)
    assert f"{len(objects)} rows" in shown.out


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM customers",
        "CREATE TABLE x AS SELECT 1",
        "COPY customers TO 'x.csv'",
        "SET memory_limit = '9GB'",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM 'https://example.com/x.parquet'",
        "ATTACH 'x.duckdb' AS y",
        "",
    ],
)
def test_what_is_no_question_about_the_metrics_is_refused(ignyte: Type, sql: str) -> None:
    assert ignyte("query", "brand", sql, "--json").code == 3


def test_a_question_that_is_wrong_says_where(ignyte: Type) -> None:
    done = ignyte("query", "brand", "SELECT nonsense FROM customers")
    assert done.code == 1
    assert "nonsense" in done.err


def test_a_question_that_takes_too_long_is_stopped(ignyte: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_QUERY_SECONDS", "0.2")
    done = ignyte("query", "brand", "SELECT count(*) FROM range(1000000000) a, range(1000000000) b", "--json")
    assert done.code == 1
    assert done.document["error"]["kind"] == "TryLater"


def test_the_info_panel_says_when_it_was_calculated(ignyte: Type) -> None:
    shown = ignyte("metrics", "show", "mer")
    assert "last calculated" in shown.out
    assert "not yet" not in shown.out
    assert ignyte("metrics", "show", "mer", "--json").document["last_calculated"]


def test_every_guarantee_holds(ignyte: Type) -> None:
    done = ignyte("doctor", "--json")
    assert done.code == 0
    verdicts = {each["guarantee"]: each["verdict"] for each in done.document["guarantees"]}
    assert "broken" not in verdicts.values()
    assert len(verdicts) >= 12


def test_the_doctor_finds_a_plain_file_and_an_open_door(ignyte: Type, synced_home: Path) -> None:
    stray = synced_home / "data" / "stray.duckdb"
    stray.write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 100)
    stray.chmod(0o644)
    try:
        done = ignyte("doctor", "--json")
    finally:
        stray.unlink()
    assert done.code == 1
    bad = {each["guarantee"] for each in done.document["guarantees"] if each["verdict"] == "broken"}
    assert bad == {"only its owner reaches the home", "every data file is encrypted"}


def test_no_view_shows_a_secret_or_a_person(ignyte: Type, pretend: Sandbox) -> None:
    people = [CANARY_SPELLING_EMAIL, CANARY_GUEST_EMAIL, CANARY_FREE_TEXT_EMAIL]
    secrets = [each.client_secret for each in pretend.apps.values() if each.client_secret]
    for words in EVERY_VIEW:
        for form in ((), ("--json",)):
            done = ignyte(*words, *form, columns=160)
            assert done.code == 0, words
            shown = (done.out + done.err).lower()
            assert not [text for text in (*people, *secrets, "shpat_", "shprt_") if text.lower() in shown], words
