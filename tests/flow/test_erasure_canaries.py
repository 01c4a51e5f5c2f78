"""Canaries in every platform are seen before an erasure and nowhere after it; whatever is left keeps the proof away."""

import dataclasses
import gzip
import io
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from searching import Needles as Independent
from worlds import PLATFORMS, another, ask, opened, source

from assets.privacy import erasure_steps, unpacking
from assets.privacy.certificate import signer_of, verified
from assets.privacy.certificate_page import page
from assets.privacy.erasure import erase
from assets.privacy.needles import needles_of
from assets.privacy.proving import prove
from assets.privacy.sweep import Sweep
from assets.privacy.verifying import Issued, certify_all
from resources.backups import creating
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import ErasurePolicy
from resources.errors import Refused
from resources.identity import Subject, subject
from resources.stores import Stores
from sandbox.world.people import (
    CANARY_FREE_TEXT_EMAIL,
    CANARY_FREE_TEXT_PHONE,
    CANARY_GUEST_EMAIL,
    CANARY_SPELLING_EMAIL,
)

pytestmark = pytest.mark.slow
WREN = subject(emails=(CANARY_SPELLING_EMAIL.lower(),))
PEOPLE = (
    WREN,
    subject(emails=(CANARY_GUEST_EMAIL.upper(),)),
    subject(emails=(CANARY_FREE_TEXT_EMAIL,), phones=(CANARY_FREE_TEXT_PHONE,)),
)
WRITTEN = f'{{"note": "asked by {CANARY_SPELLING_EMAIL.upper()}"}}'
Opened = tuple[Stores, Workspace]


@pytest.fixture(scope="module")
def before(calculated_home: Path) -> Path:
    """A home with canaries in four platforms, calculated, and backed up."""
    home = another(calculated_home, "canaries-before")
    with opened(home) as (stores, workspace):
        creating.create(stores, workspace)
    return home


@pytest.fixture(scope="module")
def after(before: Path) -> Path:
    """The same once all three were erased."""
    home = another(before, "canaries-after")
    with opened(home) as (stores, workspace):
        erased = erase(stores, ask(stores, workspace, *PEOPLE))
    assert [each.certificate.kind for each in erased] == ["erasure"] * 3
    return home


@pytest.fixture
def left(after: Path, tmp_path: Path) -> Iterator[Opened]:
    """A copy in which something can be left behind."""
    with opened(another(after, f"{tmp_path.name}-left")) as found:
        yield found


def swept(stores: Stores, workspace: Workspace, *people: Subject) -> dict[str, dict[str, int]]:
    needles = [needle for number, each in enumerate(people) for needle in needles_of(str(number), each.identifiers)]
    found = Sweep(stores, workspace.id, needles).run()
    assert all(each.proven for each in found)
    return {each.store: dict(each.found) for each in found if each.found}


def test_all_are_seen_before_and_none_is_after(before: Path, after: Path) -> None:
    with opened(before) as (stores, workspace):
        seen = swept(stores, workspace, *PEOPLE)
        assert {"0", "1", "2"} <= seen["source files"].keys()
        assert seen.keys() == {"source files", "backups"}
    with opened(after) as (stores, workspace):
        assert swept(stores, workspace, *PEOPLE) == {}
    # whoever looks with other eyes finds nothing either
    mails = {each: [each, each.lower()] for each in (CANARY_SPELLING_EMAIL, CANARY_GUEST_EMAIL, CANARY_FREE_TEXT_EMAIL)}
    assert Independent(mails).in_folder(after) == {}


def test_the_certificate_says_what_was_done_and_names_nobody(after: Path) -> None:
    with opened(after) as (stores, workspace):
        issued = stores.plane.certificates.all(workspace.id)
        requests = stores.plane.requests.of(workspace.id)
        assert {each.certificate_id for each in requests} == {each.id for each in issued}
        whole = Independent({"mail": [CANARY_SPELLING_EMAIL, CANARY_GUEST_EMAIL, CANARY_FREE_TEXT_EMAIL]})
        for each in issued:
            assert whole.within(each.document.encode()) == set()
            said = verified(each.document.encode(), key=signer_of(stores.settings).public_pem)
            assert said.trusted
            assert said.said["deadline"]["kept"]
            assert all(check["holds"] for check in said.said["checks"])
            assert all(store["control_found"] == store["control_planted"] > 0 for store in said.said["stores"])
            assert said.said["backups"]["objects_that_nothing_opens"] > 0
            files = {file.id: file for file in stores.plane.files.of(workspace.id)}
            for pair in said.said["files"]:
                assert files[pair["before"]["file"]].sha256 == pair["before"]["sha256"] != pair["after"]["sha256"]
                assert pair["key_destroyed"] in said.said["keys_destroyed"]
            assert each.id in page(each.document)


def test_a_receipt_is_handed_out_once(left: Opened) -> None:
    stores, workspace = left
    several = ask(stores, workspace, *PEOPLE[:2])
    (nobody,) = ask(stores, workspace, subject(emails=("nobody.at.all@example.com",)))
    answers = certify_all(stores, [*(each.id for each in several), nobody.id], "erasure")
    first = answers[several[0].id]
    assert isinstance(first, Issued)
    assert isinstance(answers[several[1].id], Issued)
    assert isinstance(answers[nobody.id], Refused)
    about = verified(first.document.encode(), tokens=WREN.tokens, receipt=first.receipt).about
    assert (about, first.receipt in repr(first)) == (True, False)
    (again,), _ = prove(stores, "erasure", [several[0].id])
    assert (again.certificate.id, again.certificate.document, again.receipt) == (first.id, first.document, "")
    assert not Independent({"receipt": [first.receipt]}).in_folder(stores.settings.home)


def test_nothing_is_certified_before_it_is_done(before: Path, tmp_path: Path) -> None:
    with opened(another(before, f"{tmp_path.name}-undone")) as (stores, workspace):
        (request,) = ask(stores, workspace, WREN)
        proved, refused = prove(stores, "erasure", [request.id])
        said = str(refused[request.id])
        assert (proved, "anary" in said) == ([], False)
        assert re.search(r"source files \(\d+\), control plane \(1\), backups", said)
        assert stores.plane.certificates.all() == []


def test_a_source_that_was_skipped_is_named(before: Path, tmp_path: Path) -> None:
    with opened(another(before, f"{tmp_path.name}-skipped")) as (stores, workspace):
        requests = ask(stores, workspace, WREN)
        seen = erasure_steps.look(stores, workspace, requests, ErasurePolicy.DELETE)
        erasure_steps.keep_away(stores, requests, seen)
        for key in PLATFORMS:
            if key != "stripe":
                file = source(stores, workspace, key)
                erasure_steps.rewrite_source(stores, file, requests, seen, ErasurePolicy.DELETE)
        _, refused = prove(stores, "erasure", [requests[0].id])
        # the copy in the backup has the same living key, and the metrics were not calculated anew
        assert {"source files", "backups", "metrics files"} <= stores_named(refused)


def stores_named(refused: dict[str, Refused]) -> set[str]:
    (refusal,) = refused.values()
    what = refusal.trouble.what.partition(": ")[2].rstrip(".")
    return {each.rpartition(" ")[0] for each in what.split(", ")}


def _row(stores: Stores, workspace: Workspace) -> None:
    stores.plane.datasources.failed(source(stores, workspace, "stripe").id, WRITTEN, stores.clock())


def _deleted_row(stores: Stores, workspace: Workspace) -> None:
    del workspace
    with closing(sqlite3.connect(stores.settings.home / "control.db")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE gone (note TEXT)")
        connection.execute("INSERT INTO gone VALUES (?)", [WRITTEN])
        connection.commit()
        connection.execute("DROP TABLE gone")
        connection.commit()


def _event(stores: Stores, workspace: Workspace) -> None:
    del workspace
    folder = stores.settings.dagster_home / "history" / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "index.db")) as connection:
        connection.execute("CREATE TABLE kept (event BLOB)")
        connection.execute("INSERT INTO kept VALUES (?)", [zlib.compress(WRITTEN.encode())])
        connection.commit()


def _export(stores: Stores, workspace: Workspace) -> None:
    folder = stores.settings.home / "exports" / workspace.id
    folder.mkdir(parents=True)
    content = io.BytesIO()
    pq.write_table(pa.table({"email": [CANARY_SPELLING_EMAIL]}), content, compression="zstd")
    (folder / "orders.parquet.gz").write_bytes(gzip.compress(content.getvalue()))


def _history(stores: Stores, workspace: Workspace) -> None:
    folder = stores.settings.home / "shell"
    folder.mkdir()
    (folder / f"{workspace.id}.history").write_text(f"SELECT '{CANARY_SPELLING_EMAIL.swapcase()}';\n")


def _entry(stores: Stores, workspace: Workspace) -> None:
    # a reason would be refused
    with stores.audit.act("workspace.look", f"workspace {workspace.id}", details={"note": WRITTEN}):
        pass


def _log(stores: Stores, workspace: Workspace) -> None:
    del workspace
    (stores.settings.home / "service.log").write_bytes(WRITTEN.encode("utf-16"))


def _wal(stores: Stores, workspace: Workspace) -> None:
    file = stores.plane.files.current_source(source(stores, workspace, "shopify").id)
    assert file
    path = stores.data_root / file.path
    path.with_name(f"{path.name}.wal").write_bytes(b"ciphertext")


def _unknown_file(stores: Stores, workspace: Workspace) -> None:
    old = next(path for path in (stores.data_root / "workspaces" / workspace.id / "sources").iterdir())
    (old.parent / "kept-1.duckdb").write_bytes(old.read_bytes())


def _living_key(stores: Stores, workspace: Workspace) -> None:
    stores.keys.new(workspace.id, source(stores, workspace, "stripe").id, 99, stores.clock())[1].close()


def _copied_key(stores: Stores, workspace: Workspace) -> None:
    dead = next(each for each in stores.plane.keys.of(workspace.id) if each.wrapped is None)
    stores.keeper.copies.keep(dataclasses.replace(dead, wrapped=b"the key as it was wrapped"))


def _changed_file(stores: Stores, workspace: Workspace) -> None:
    file = stores.plane.files.published(workspace.id)
    assert file
    stores.plane.files.mark(file.id, file.state.RETIRED)


# each alone was seen to be found in its own store and in no other, so several at once hide nothing from one another
LEFT_BEHIND = (
    {
        "control plane": _row,
        "orchestrator": _event,
        "exports": _export,
        "shell histories": _history,
        "audit log": _entry,
        "rest of the home": _log,
        "source files": _wal,
        "left-over files": _unknown_file,
        "data keys": _living_key,
        "backups": _copied_key,
    },
    {"control plane": _deleted_row, "left-over files": _changed_file},
)


@pytest.mark.parametrize("places", LEFT_BEHIND)
def test_what_is_left_behind_is_found(left: Opened, places: Mapping[str, Callable[[Stores, Workspace], None]]) -> None:
    stores, workspace = left
    (request,) = ask(stores, workspace, WREN)
    for leave in places.values():
        leave(stores, workspace)
    proved, refused = prove(stores, "erasure", [request.id])
    # a file that is not in use any more has a key that lives on
    also = {"data keys"} if _changed_file in places.values() else set()
    assert (proved, stores_named(refused)) == ([], places.keys() | also)
    assert "anary" not in str(refused[request.id])


def test_the_old_file_is_known_under_any_name(before: Path, left: Opened) -> None:
    stores, workspace = left
    (request,) = ask(stores, workspace, WREN)
    with opened(before) as (earlier, _):
        file = earlier.plane.files.current_source(source(earlier, workspace, "shopify").id)
        assert file
        (stores.settings.home / "notes.txt").write_bytes((earlier.data_root / file.path).read_bytes())
    _, refused = prove(stores, "erasure", [request.id])
    assert "rest of the home" in stores_named(refused)


def test_who_was_never_suppressed_is_not_certified(left: Opened) -> None:
    stores, workspace = left
    (request,) = ask(stores, workspace, subject(emails=("nobody.at.all@example.com",)))
    _, refused = prove(stores, "erasure", [request.id])
    assert stores_named(refused) == {"control plane"}


def test_a_search_that_misses_its_control_proves_nothing(left: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    stores, workspace = left
    (request,) = ask(stores, workspace, WREN)
    monkeypatch.setattr(unpacking, "_unpacked", lambda _: iter(()))
    proved, refused = prove(stores, "erasure", [request.id])
    assert proved == []
    assert {"orchestrator", "control plane", "source files"} <= stores_named(refused)
