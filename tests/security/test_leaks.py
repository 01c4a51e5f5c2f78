"""After a whole run with faults, no secret and nobody's data is anywhere but in the encrypted files."""

import base64
import datetime as dt
import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from leak_child import CANARY_VERIFIER, PHASES
from leak_evidence import FOLDERS, ROOT, Evidence, Watcher, child, gather_people, gather_secrets, until
from merchant import describe
from searching import Needles

from resources.columns import Personal
from resources.platforms import platforms
from sandbox.faults import Fault, Kind
from sandbox.serve import Sandbox, running
from sandbox.world import World
from sandbox.world.people import CANARY_FREE_TEXT_EMAIL, CANARY_FREE_TEXT_NAME, CANARY_GUEST_EMAIL

pytestmark = pytest.mark.slow
FAULTS = (
    Fault(platform="shopify", kind=Kind.MALFORMED_PAGE),
    Fault(platform="google_ads", kind=Kind.EXPIRED_TOKEN),
    Fault(platform="meta_ads", kind=Kind.REVOKED),
    Fault(platform="tiktok_ads", kind=Kind.ERROR_IN_200),
    Fault(platform="pinterest_ads", kind=Kind.CUT_BODY, times=0),
    Fault(platform="microsoft_ads", kind=Kind.MISSING_FIELD),
    Fault(platform="google_analytics", kind=Kind.SERVER_ERROR),
    Fault(platform="amazon_seller", kind=Kind.EXPIRED_TOKEN),
    Fault(platform="klaviyo", kind=Kind.WRONG_TYPE, path="profiles"),
    Fault(platform="recharge", kind=Kind.MALFORMED_PAGE),
)
CUT_SHORT = ("shopify.customers.email", "shopify.orders.email", "stripe.charges.email", "klaviyo.profiles.email")
SECRETS = {
    *("access token", "refresh token", "client secret", "developer token", "API key", "PKCE verifier"),
    *("data key", "data master key", "credentials master key", "audit master key"),
}
LISTED = "planted.canary@example.org"


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with running(World(seed=5, days=12, orders_per_day=4, today=dt.datetime.now(dt.UTC).date())) as started:
        yield started


@pytest.fixture(scope="module")
def evidence(shop: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """One run for all the tests below."""
    found = Evidence(folder=tmp_path_factory.mktemp("leaks"))
    found.home.mkdir(mode=0o700)
    describe(shop, found.home)
    with child(found) as process, (found.folder / "stdout").open("w") as said:
        assert process.stdin is not None
        for phase in PHASES:
            until(process, phase, said)
            gather_secrets(found, shop)
            nod = "\n"
            if phase == "synced":
                gather_people(found)
                for fault in FAULTS:
                    shop.state.faults.add(fault)
                nod = f"\n{CANARY_GUEST_EMAIL} {min(str(each) for each in found.values['access token'])}\n"
            process.stdin.write(nod)
            process.stdin.flush()
        process.wait(60)
    found.hold("PKCE verifier", CANARY_VERIFIER)
    for value in (CANARY_GUEST_EMAIL, CANARY_FREE_TEXT_EMAIL, CANARY_FREE_TEXT_NAME):
        found.hold("planted person", value)
    for person in shop.state.full.people[:40]:
        found.hold("a person's email", person.email)
        found.hold("a person's street", person.address.street)
        if person.phone:
            found.hold("a person's phone", person.phone)
    return found


@pytest.fixture(scope="module")
def needles(evidence: Evidence) -> Needles:
    return Needles(evidence.values, CUT_SHORT)


def test_the_run_went_wrong_in_all_the_ways_it_should(evidence: Evidence) -> None:
    assert evidence.returncode == 0
    said = (evidence.folder / "stdout").read_text() + (evidence.folder / "stderr").read_text()
    assert "unexpected ValueError" in said
    for words in ("not JSON", "cut off", "no longer valid", "was refused", "no_such_column"):
        assert words in said
    assert len((evidence.folder / "debug.log").read_bytes()) > 10_000


def test_every_channel_and_every_personal_column_has_a_canary(evidence: Evidence) -> None:
    assert set(evidence.values) >= SECRETS
    declared = {
        f"{each.key}.{stream.name}.{column.name}": column.personal
        for each in platforms()
        for stream in each.streams
        for column in stream.columns
        if column.personal
    }
    # a country's two letters, or a short first name, occur by chance as well
    short = {label for label, kind in declared.items() if kind in {Personal.LOCATION, Personal.NAME}}
    assert set(declared) - short <= set(evidence.values)
    assert set(evidence.empty) <= short


def test_none_is_in_any_file(evidence: Evidence, needles: Needles) -> None:
    # the master keys lie where they belong, and a sandbox's pretend registrations are public
    but = (evidence.home / "keys", evidence.home / "sandbox.json")
    assert needles.in_folder(evidence.folder, but) == {}
    assert needles.in_folder(ROOT / "dbt_project" / "target") == {}
    assert {"data master key", "audit master key", "credentials master key"} <= {
        label for labels in needles.in_folder(evidence.home / "keys").values() for label in labels
    }


def test_none_passed_through_a_temporary_file_an_environment_or_an_argument(
    evidence: Evidence, needles: Needles
) -> None:
    assert evidence.seen
    shown = {place: needles.within(content) for place, content in {**evidence.seen, **evidence.passing}.items()}
    assert {place: labels for place, labels in shown.items() if labels} == {}


def test_nothing_of_the_run_is_left_behind(evidence: Evidence) -> None:
    assert evidence.scratch
    assert [list((evidence.folder / name).iterdir()) for name in ("memory", "tmp", "work")] == [[], [], []]
    assert [file for file in evidence.folder.rglob("core*") if file.is_file()] == []


def in_a_deleted_row(folder: Path, home: Path) -> None:
    with sqlite3.connect(shutil.copy(home / "control.db", folder)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE planted AS SELECT ? AS said", [f"x{LISTED}"])
    connection.execute("DROP TABLE planted")
    connection.commit()
    connection.close()


def in_dagster_s_snapshots(folder: Path, home: Path) -> None:
    (place,) = (file for file in (home / "dagster").rglob("*.db") if b"CREATE TABLE snapshots" in file.read_bytes())
    connection = sqlite3.connect(shutil.copy(place, folder))
    row = ("planted", "PIPELINE", zlib.compress(json.dumps({"tags": LISTED}).encode()))
    connection.execute("INSERT INTO snapshots (snapshot_id, snapshot_type, snapshot_body) VALUES (?, ?, ?)", row)
    connection.commit()
    connection.close()


def in_dagster_s_events(folder: Path, home: Path) -> None:
    (place,) = (file for file in (home / "dagster").rglob("index.db"))
    connection = sqlite3.connect(shutil.copy(place, folder))
    body = json.dumps({"message": LISTED}).replace("@", "\\u0040")
    connection.execute("INSERT INTO event_logs (run_id, event, timestamp) VALUES ('r', ?, '2026-01-01')", [body])
    connection.commit()
    connection.close()


def in_an_archive(folder: Path, _: Path) -> None:
    with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.gz", gzip.compress(LISTED.encode("utf-16-le")))


def in_a_log(folder: Path, home: Path) -> None:
    shutil.copy(home.parent / "debug.log", folder)
    with (folder / "debug.log").open("a") as log:
        log.write(f"GET /x?mail={quote(LISTED)}\n")


def inside_base64(folder: Path, _: Path) -> None:
    (folder / "stdout").write_bytes(b"Basic " + base64.b64encode(b"user:" + LISTED.encode() + b":x"))


def in_a_name(folder: Path, _: Path) -> None:
    (folder / f"run-{LISTED}").write_text("")


STORES: tuple[Callable[[Path, Path], None], ...] = (
    *(in_a_deleted_row, in_dagster_s_snapshots, in_dagster_s_events),
    *(in_an_archive, in_a_log, inside_base64, in_a_name),
)


@pytest.mark.parametrize("plant", STORES)
def test_the_search_finds_a_canary_in_each_kind_of_store(
    evidence: Evidence, tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    planted = Needles({"planted": [LISTED]})
    plant(tmp_path, evidence.home)
    assert list(planted.in_folder(tmp_path).values()) == [{"planted"}]


def test_the_search_finds_the_start_of_a_value(tmp_path: Path) -> None:
    (tmp_path / "zone_map").write_bytes(b"\0\0\0" + LISTED[:8].encode() + b"\0")
    assert Needles({"planted": [LISTED]}).in_folder(tmp_path) == {}
    assert Needles({"planted": [LISTED]}, cut_short=["planted"]).in_folder(tmp_path) == {"zone_map": {"planted"}}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows what a process was given")
def test_the_watcher_sees_what_a_process_shows(tmp_path: Path) -> None:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    found = Evidence(folder=tmp_path)
    below = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', {LISTED!r}])"
    with subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-c", below], env={"SECRET": LISTED}, stdin=subprocess.PIPE
    ) as process:
        watcher = Watcher(found, process.pid)
        watcher.start()
        (tmp_path / "tmp" / "passing").write_text(LISTED)
        watcher.join(1.5)
        watcher.stop()
        process.communicate(b"\n")
    planted = Needles({"planted": [LISTED]})
    seen = {place.rpartition("/")[2] for place, content in found.seen.items() if planted.within(content)}
    assert seen == {"environ", "cmdline"}
    assert [place for place, content in found.passing.items() if planted.within(content)]
