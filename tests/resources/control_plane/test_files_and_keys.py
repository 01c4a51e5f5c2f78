"""Files, keys and credentials: one in use, and what is destroyed is gone down to its bytes."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Datasource, FileGeneration, FileKind, FileState, KeyRecord, Workspace
from resources.errors import Refused, Stop

SHA = "ab" * 32
CANARY = b"canary-" + bytes(range(64, 120))


def add_key(plane: ControlPlane, workspace_id: str, now: datetime, **facts: Any) -> KeyRecord:  # noqa: ANN401 -- passed on
    given: dict[str, Any] = {"owner": "metrics", "generation": 1, "wrapped": CANARY, "kms_key": "local:data:0"} | facts
    return plane.keys.add(workspace_id=workspace_id, now=now, **given)


def begin(
    plane: ControlPlane,
    workspace_id: str,
    datasource_id: str | None,
    generation: int,
    now: datetime,
    *,
    rewrite: bool = False,
) -> FileGeneration:
    key = add_key(plane, workspace_id, now, owner=datasource_id or "metrics", generation=generation)
    return plane.files.begin(
        workspace_id=workspace_id,
        datasource_id=datasource_id,
        generation=generation,
        path=f"workspaces/{workspace_id}/{datasource_id or 'metrics'}-{generation}.duckdb",
        key_id=key.id,
        schema_version=1,
        now=now,
        rewrite=rewrite,
    )


def test_a_source_file_is_loading_then_clean_then_loading_again(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    assert plane.files.current_source(datasource.id) is None
    file = begin(plane, datasource.workspace_id, datasource.id, 1, now)
    assert (file.kind, file.state) == (FileKind.SOURCE, FileState.LOADING)
    clean = plane.files.mark(file.id, FileState.CLEAN, size=12, sha256=SHA)
    assert plane.files.current_source(datasource.id) == clean
    again = plane.files.mark(file.id, FileState.LOADING)
    assert (again.size, again.sha256) == (12, SHA)


def test_a_rewritten_source_takes_the_place_of_the_old_one(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    old = begin(plane, datasource.workspace_id, datasource.id, 1, now)
    plane.files.mark(old.id, FileState.CLEAN)
    new = begin(plane, datasource.workspace_id, datasource.id, 2, now, rewrite=True)
    current = plane.files.current_source(datasource.id)
    assert current
    assert current.id == old.id
    plane.files.publish(new.id, size=7, sha256=SHA, now=now)
    current = plane.files.current_source(datasource.id)
    assert current
    assert (current.id, current.state, current.size) == (new.id, FileState.CLEAN, 7)
    assert plane.files.get(old.id).state == FileState.RETIRED


def test_publishing_swaps_the_pointer(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    first = begin(plane, workspace.id, None, 1, now)
    assert plane.files.published(workspace.id) is None
    plane.files.publish(first.id, size=1, sha256=SHA, now=now)
    second = begin(plane, workspace.id, None, 2, now)
    assert plane.files.published(workspace.id) == plane.files.get(first.id)
    published = plane.files.publish(second.id, size=2, sha256=SHA, now=now)
    assert plane.files.published(workspace.id) == published
    assert plane.files.get(first.id).state == FileState.RETIRED
    assert published.published_at == now
    assert [file.generation for file in plane.files.of(workspace.id)] == [1, 2]


def test_a_file_takes_no_wrong_step(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    file = begin(plane, workspace.id, None, 1, now)
    with pytest.raises(Stop, match="can't become clean"):
        plane.files.mark(file.id, FileState.CLEAN)
    with pytest.raises(Stop, match="can't become published"):
        plane.files.mark(file.id, FileState.PUBLISHED)
    plane.files.mark(file.id, FileState.DELETED)
    with pytest.raises(Stop, match="can't become published"):
        plane.files.publish(file.id, size=1, sha256=SHA, now=now)


def test_one_datasource_has_one_file_in_use(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    begin(plane, datasource.workspace_id, datasource.id, 1, now)
    with pytest.raises(Stop, match="contradicts"):
        begin(plane, datasource.workspace_id, datasource.id, 2, now)


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside", "a/../../b", ""])
def test_a_path_stays_inside(plane: ControlPlane, workspace: Workspace, now: datetime, path: str) -> None:
    key = add_key(plane, workspace.id, now)
    with pytest.raises(Stop, match="data root"):
        plane.files.begin(
            workspace_id=workspace.id,
            datasource_id=None,
            generation=1,
            path=path,
            key_id=key.id,
            schema_version=1,
            now=now,
        )


def test_generations_are_never_used_twice(plane: ControlPlane, datasource: Datasource, now: datetime) -> None:
    place = datasource.workspace_id
    assert plane.files.next_generation(place, datasource.id) == 1
    file = begin(plane, place, datasource.id, 1, now)
    plane.files.mark(file.id, FileState.DELETED)
    assert plane.files.next_generation(place, datasource.id) == 2
    assert plane.files.next_generation(place, "metrics") == 1
    # a key whose file was never begun, because the process died in between
    add_key(plane, place, now, generation=4)
    assert plane.files.next_generation(place, "metrics") == 5


def test_unknown_files_and_keys_stop(plane: ControlPlane, now: datetime) -> None:
    with pytest.raises(Stop, match="there is none"):
        plane.files.get("file_0")
    with pytest.raises(Stop, match="there is none"):
        plane.keys.get("key_0")
    with pytest.raises(Stop, match="there is none"):
        plane.keys.destroy("key_0", now)


def test_a_destroyed_key_has_no_wrapped_bytes(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    key = add_key(plane, workspace.id, now)
    gone = plane.keys.destroy(key.id, now)
    assert (gone.wrapped, gone.destroyed_at) == (None, now)
    assert plane.keys.destroy(key.id, now) == gone
    assert plane.keys.of(workspace.id) == [gone]


def test_credentials_are_replaced_in_order_and_destroyed(
    plane: ControlPlane, datasource: Datasource, now: datetime
) -> None:
    def put(version: int) -> None:
        plane.credentials.put(
            datasource_id=datasource.id, purpose="grant", blob=CANARY, key_id="local", version=version, now=now
        )

    put(1)
    put(2)
    with pytest.raises(Refused, match="meanwhile"):
        put(2)
    found = plane.credentials.get(datasource.id, "grant")
    assert found
    assert (found.version, found.blob, found.key_id) == (2, CANARY, "local")
    plane.credentials.destroy(datasource.id)
    assert plane.credentials.get(datasource.id, "grant") is None


def bytes_under(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_destroyed_bytes_are_in_no_sqlite_file(home: Path, sqlite_url: str, now: datetime) -> None:
    with ControlPlane(sqlite_url) as plane:
        plane.migrate()
        workspace = plane.workspaces.create("Northwind", now=now)
        # neighbours on the page, so that what is freed is not simply written over
        keys = [add_key(plane, workspace.id, now, wrapped=CANARY + bytes([n])) for n in range(3)]
        assert all(CANARY + bytes([n]) in bytes_under(home) for n in range(3))
        plane.keys.destroy(keys[1].id, now)
        found = bytes_under(home)
        assert [CANARY + bytes([n]) in found for n in range(3)] == [True, False, True]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_destroyed_credentials_are_in_no_sqlite_file(
    home: Path, sqlite_url: str, datasource: Datasource, now: datetime
) -> None:
    with ControlPlane(sqlite_url) as plane:
        plane.credentials.put(
            datasource_id=datasource.id, purpose="grant", blob=CANARY, key_id="local", version=1, now=now
        )
        assert CANARY in bytes_under(home)
        plane.credentials.destroy(datasource.id)
        assert CANARY not in bytes_under(home)


def test_a_reader_in_the_way_is_told_by_scrub(sqlite_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "resources.control_plane.database._PRAGMAS", ("PRAGMA busy_timeout = 1", "PRAGMA journal_mode = WAL")
    )
    with ControlPlane(sqlite_url) as plane, ControlPlane(sqlite_url) as slow:
        plane.migrate()
        plane.workspaces.create("Northwind", now=now)
        with slow._database.reading() as session:
            session.connection().exec_driver_sql("SELECT * FROM workspaces").all()
            plane.workspaces.create("Northwind", now=now)
            assert not plane.scrub()
        assert plane.scrub()
