"""What the access export lists is what erasure finds and what is gone (I10)."""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pyzipper

from assets.privacy.access import answer
from assets.privacy.erasure import erase
from assets.privacy.finding import find
from assets.privacy.handed_out import LASTS, MANIFEST, expire, remove_all
from assets.privacy.requests import receive
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import RequestKind, RequestState
from resources.errors import Refused
from resources.identity import subject
from resources.platforms import platform
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import open_for_reading
from sandbox.world.people import CANARY_SPELLING_EMAIL

pytestmark = pytest.mark.slow
WHO = subject(emails=(CANARY_SPELLING_EMAIL,))


@pytest.fixture
def stores(whole_home: Path, home: Path) -> Iterator[Stores]:
    shutil.copytree(whole_home, home, dirs_exist_ok=True)
    with open_stores(Settings(home=home)) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    (found,) = stores.plane.workspaces.all()
    return found


def counted(stores: Stores, workspace: Workspace) -> dict[tuple[str, str], int]:
    """The rows of every table of every source."""
    found = {}
    for datasource in stores.plane.datasources.of(workspace.id):
        declared = platform(datasource.platform)
        with open_for_reading(stores, datasource) as source:
            for stream in declared.streams:
                query = f"SELECT count(*) FROM source.{declared.schema}.{stream.name}"
                there = source.connection.execute(
                    "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?",
                    [declared.schema, stream.name],
                ).fetchone()
                if there:
                    found[declared.title, stream.name] = (source.connection.execute(query).fetchone() or (0,))[0]
    return found


def test_what_is_listed_is_what_is_found_and_what_is_gone(stores: Stores, workspace: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "export"
    asked = receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test")
    exported = answer(stores, asked, out)
    assert stores.plane.requests.get(asked.id).state is RequestState.DONE

    listed = {(platform(p.platform).title, p.stream): p.rows for p in find(stores, workspace, [WHO]).places if p.rows}
    assert {(table.platform, table.table): table.rows for table in exported.tables if table.rows} == listed
    assert {title for title, _ in listed} >= {"Shopify", "Stripe", "Klaviyo"}

    manifest = json.loads((out / MANIFEST).read_bytes())
    on_disk = {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()} - {MANIFEST, "index.html"}
    named = {name: digest for table in manifest["tables"] for name, digest in table["files"].items()}
    assert named.keys() == on_disk
    for name, digest in named.items():
        content = (out / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        if name.endswith(".csv"):
            with (out / name).open(newline="") as file:
                assert len(list(csv.DictReader(file))) == len(
                    json.loads((out / name).with_suffix(".json").read_bytes())
                )
    assert all(table["purpose"] and table["kept"] for table in manifest["tables"])
    assert CANARY_SPELLING_EMAIL.lower() in "".join((out / name).read_text().lower() for name in named)
    assert "default-src 'none'" in (out / "index.html").read_text()

    before = counted(stores, workspace)
    erase(stores, [receive(stores, workspace, RequestKind.ERASE, WHO, channel="test")])
    after = counted(stores, workspace)
    assert {place: before[place] - after[place] for place in before if before[place] != after[place]} == listed
    nothing = answer(stores, receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test"), tmp_path / "again")
    assert nothing.tables == ()


def test_an_archive_opens_with_its_password_only_and_expires(
    stores: Stores, workspace: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "export.zip"
    answer(
        stores,
        receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test"),
        out,
        password=Secret("correct horse"),
    )
    assert out.stat().st_mode & 0o777 == 0o600
    assert b"canary" not in out.read_bytes().lower()
    with pyzipper.AESZipFile(out) as archive:
        archive.setpassword(b"wrong")
        with pytest.raises(RuntimeError, match="password"):
            archive.read(MANIFEST)
        archive.setpassword(b"correct horse")
        assert json.loads(archive.read(MANIFEST))["controller"] == "Juniper"
    with pytest.raises(Refused, match="there already"):
        answer(stores, receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test"), out)

    assert expire(stores, stores.clock() + LASTS - timedelta(hours=1)) == 0
    assert expire(stores, stores.clock() + LASTS + timedelta(hours=1)) == 1
    assert not out.exists()


def test_only_what_lies_there_as_it_was_written_is_removed(
    stores: Stores, workspace: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "export"
    answer(stores, receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test"), out)
    (out / MANIFEST).write_text("something else")
    assert remove_all(stores, workspace.id) == 0
    assert out.exists()


def test_it_is_on_the_record_and_leaves_nothing_behind(stores: Stores, workspace: Workspace, tmp_path: Path) -> None:
    asked = receive(stores, workspace, RequestKind.ACCESS, WHO, channel="test")
    answer(stores, asked, tmp_path / "export")
    verbs = [entry.verb for entry in stores.audit.entries() if entry.target == f"request {asked.id}"]
    assert {"personal.read", "personal.export"} <= set(verbs)
    assert not any("access" in place.name for place in stores.scratch.iterdir())
    assert stores.plane.requests.get(asked.id).subject is None
