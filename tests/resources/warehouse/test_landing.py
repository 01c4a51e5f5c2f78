"""What is landed is there once, encrypted, with its cursor; what is refused left no trace."""

import threading
from pathlib import Path

import duckdb
import pytest
from warehouse_rows import WHEN, cursors_of, land, landed, refunds

from resources.control_plane.facts import Datasource, FileState
from resources.errors import Refused, Stop
from resources.stores import Stores
from resources.warehouse.opening import attach, detach, memory, read_whole
from resources.warehouse.sources import open_for_load


def file_of(stores: Stores, datasource: Datasource) -> Path:
    current = stores.plane.files.current_source(datasource.id)
    assert current is not None
    return stores.data_root / current.path


def test_a_row_loaded_twice_is_one_row_the_newest(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a", "b"))
    land(stores, datasource, refunds("b", "c", amount=250))
    assert landed(stores, datasource) == {"a": 100, "b": 250, "c": 250}


def test_cursors_lie_in_the_file_beside_the_data(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a"))
    assert cursors_of(stores, datasource) == {}
    land(stores, datasource, refunds("b"), {"refunds": WHEN})
    assert cursors_of(stores, datasource) == {"refunds": WHEN}
    land(stores, datasource, refunds(), {"charges": WHEN})
    assert cursors_of(stores, datasource) == {"refunds": WHEN, "charges": WHEN}


def test_the_file_is_encrypted_private_and_clean(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("re_canary_7431"))
    path = file_of(stores, datasource)
    assert landed(stores, datasource) == {"re_canary_7431": 100}  # positive control
    assert b"canary" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.with_name(path.name + ".wal").exists()
    current = stores.plane.files.current_source(datasource.id)
    assert current is not None
    assert (current.state, current.size) == (FileState.CLEAN, path.stat().st_size)


def test_scratch_holds_nothing_of_a_load_once_the_stores_close(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("re_canary_7431"))
    assert stores.scratch.stat().st_mode & 0o777 == 0o700
    assert list(stores.scratch.rglob("*.parquet")) == []


def test_no_staging_copy_stays_in_the_file(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a"))
    land(stores, datasource, refunds("a"))
    with open_for_load(stores, datasource) as source:
        schemas = source.connection.execute(
            "SELECT DISTINCT schema_name FROM duckdb_tables() WHERE database_name = 'source'"
        ).fetchall()
        plain = source.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'memory'")
        assert plain.fetchone() == (0,)
    assert schemas == [("raw_stripe",)]


def test_a_refused_commit_changes_nothing(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a"), {"refunds": WHEN})
    with pytest.raises(Refused):
        land(stores, datasource, refunds("b"), {"refunds": WHEN.replace(year=2027)}, may_commit=False)
    assert landed(stores, datasource) == {"a": 100}
    assert cursors_of(stores, datasource) == {"refunds": WHEN}


def test_a_wrong_key_a_damaged_file_and_a_plain_file_are_told_apart_from_an_empty_one(
    stores: Stores, datasource: Datasource, tmp_path: Path
) -> None:
    land(stores, datasource, refunds("a"))
    path = file_of(stores, datasource)
    _, other = stores.keys.new(datasource.workspace_id, "someone else", 1, stores.clock())
    duckdb.connect(str(tmp_path / "plain.duckdb")).close()
    connection = memory(stores.scratch)
    for file in (path, tmp_path / "plain.duckdb"):
        with pytest.raises(Stop, match=r"opened|encrypted"):
            attach(connection, file, "source", other, read_only=True)
    connection.close()


def test_every_damaged_block_is_found_by_a_full_read(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds(*(f"re_{number}" for number in range(20_000))))
    path, current = file_of(stores, datasource), stores.plane.files.current_source(datasource.id)
    assert current is not None
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    connection = memory(stores.scratch)

    def read() -> None:
        with stores.keys.plain(current.key_id) as key:
            attach(connection, path, "source", key, read_only=True)
        read_whole(connection, "source")

    with pytest.raises(Stop):
        read()
    connection.close()


def test_two_loads_of_one_datasource_wait_for_one_another(stores: Stores, datasource: Datasource) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with open_for_load(stores, datasource):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with open_for_load(stores, datasource):
        inside.set()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_detached_file_opens_again(stores: Stores, datasource: Datasource, tmp_path: Path) -> None:
    _, key = stores.keys.new(datasource.workspace_id, "x", 1, stores.clock())
    connection = memory(stores.scratch)
    attach(connection, tmp_path / "f.duckdb", "one", key)
    connection.execute("CREATE TABLE one.t AS SELECT 1 AS n")
    detach(connection, "one")
    attach(connection, tmp_path / "f.duckdb", "two", key, read_only=True)
    assert read_whole(connection, "two") == {"main.t": 1}
    connection.close()
