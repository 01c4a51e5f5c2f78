"""A rewrite: the same rows under a new key, without those that go, and nothing left of the old file."""

from pathlib import Path

import duckdb
import pytest
from warehouse_rows import WHEN, cursors_of, land, landed, refunds

from resources.control_plane.facts import Datasource, FileState
from resources.errors import Problem, Refused, Stop, TryLater
from resources.stores import Stores
from resources.warehouse import copying, rewriting
from resources.warehouse.opening import attach
from resources.warehouse.rewriting import Change, rewrite
from resources.warehouse.sources import mark_loading, open_for_load


def files_on_disk(stores: Stores) -> list[str]:
    return sorted(file.name for file in stores.data_root.rglob("*") if file.is_file())


def test_everything_is_there_under_another_key_and_the_old_file_is_gone(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a", "b"), {"refunds": WHEN})
    old = stores.plane.files.current_source(datasource.id)
    assert old
    done = rewrite(stores, datasource)
    assert landed(stores, datasource) == {"a": 100, "b": 100}
    assert cursors_of(stores, datasource) == {"refunds": WHEN}
    assert done.left_out == {}
    assert done.kept["raw_stripe.refunds"] == 2
    assert (done.file.generation, done.file.state) == (old.generation + 1, FileState.CLEAN)
    assert files_on_disk(stores) == [f"{datasource.id}-{done.file.generation}.duckdb"]
    assert (stores.data_root / done.file.path).stat().st_mode & 0o777 == 0o600
    with pytest.raises(Stop, match="destroyed"):
        stores.keys.plain(old.key_id)
    assert stores.plane.files.get(old.id).state is FileState.DELETED


def test_the_next_load_goes_on_where_the_last_one_ended(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a"), {"refunds": WHEN})
    rewrite(stores, datasource)
    land(stores, datasource, refunds("a", "c", amount=7))
    assert landed(stores, datasource) == {"a": 7, "c": 7}


def test_what_is_left_out_is_gone_and_counted(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a", "b", "c"))
    done = rewrite(stores, datasource, Change(keep=lambda _, table: "id <> 'b'" if table == "refunds" else "true"))
    assert done.left_out == {"raw_stripe.refunds": 1}
    assert landed(stores, datasource) == {"a": 100, "c": 100}
    assert (done.old.generation, done.old.state) == (1, FileState.CLEAN)


def test_rows_are_chosen_by_a_table_made_beforehand_and_values_take_the_place_of_others(
    stores: Stores, datasource: Datasource
) -> None:
    land(stores, datasource, refunds("a", "b", "c"))

    def prepare(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        rows = f"SELECT rowid AS rid FROM {catalog}.raw_stripe.refunds WHERE id = 'b'"
        connection.execute(f"CREATE TABLE chosen AS {rows}")

    chosen = "rowid IN (FROM chosen)"
    done = rewrite(
        stores,
        datasource,
        Change(
            prepare=prepare,
            keep=lambda _, table: "id <> 'c'" if table == "refunds" else "true",
            values=lambda _, table: (
                {"amount_minor": f"CASE WHEN {chosen} THEN 7 ELSE amount_minor END"} if table == "refunds" else {}
            ),
        ),
    )
    assert done.left_out == {"raw_stripe.refunds": 1}
    assert landed(stores, datasource) == {"a": 100, "b": 7}


def test_nothing_loaded_and_half_a_load_are_not_rewritten(stores: Stores, datasource: Datasource) -> None:
    with pytest.raises(Refused, match="nothing was loaded"):
        rewrite(stores, datasource)
    land(stores, datasource, refunds("a"))
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
    with pytest.raises(TryLater, match="not whole"):
        rewrite(stores, datasource)


def test_a_file_that_somebody_changed_is_not_rewritten(stores: Stores, datasource: Datasource) -> None:
    land(stores, datasource, refunds("a"))
    file = stores.plane.files.current_source(datasource.id)
    assert file
    path = stores.data_root / file.path
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(Stop, match="not as it was left"):
        rewrite(stores, datasource)


@pytest.mark.parametrize("step", ["copied", "digest"])
def test_a_rewrite_that_fails_leaves_the_old_file_as_it_was(
    stores: Stores, datasource: Datasource, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    land(stores, datasource, refunds("a"))
    before = stores.plane.files.current_source(datasource.id)
    real = getattr(rewriting, step)
    calls = []

    def fails(*arguments: object) -> object:
        calls.append(step)
        if step == "digest" and len(calls) == 1:
            return real(*arguments)
        raise Stop("it broke.", to="test", do_next="")

    monkeypatch.setattr(rewriting, step, fails)
    with pytest.raises(Problem):
        rewrite(stores, datasource)
    monkeypatch.undo()
    assert stores.plane.files.current_source(datasource.id) == before
    rewrite(stores, datasource)
    assert landed(stores, datasource) == {"a": 100}
    assert len(files_on_disk(stores)) == 1


def test_a_copy_that_differs_is_found(stores: Stores, datasource: Datasource, monkeypatch: pytest.MonkeyPatch) -> None:
    land(stores, datasource, refunds("a", "b"))
    seen = copying._seen

    def one_more(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
        count, total = seen(connection, rows)
        return (count + 1, total) if '"old"' in rows else (count, total)

    monkeypatch.setattr(copying, "_seen", one_more)
    with pytest.raises(Stop, match="not what was read"):
        rewrite(stores, datasource)
    monkeypatch.undo()
    assert landed(stores, datasource) == {"a": 100, "b": 100}


def test_no_old_byte_is_readable_by_any_key_that_is_left(stores: Stores, datasource: Datasource, home: Path) -> None:
    land(stores, datasource, refunds("a"))
    old = stores.plane.files.current_source(datasource.id)
    assert old
    copy = home / "stolen.duckdb"
    copy.write_bytes((stores.data_root / old.path).read_bytes())
    rewrite(stores, datasource)
    for record in stores.plane.keys.of(datasource.workspace_id):
        if record.wrapped is not None:
            with stores.keys.plain(record.id) as key, pytest.raises(Stop), open_for_load(stores, datasource) as source:
                attach(source.connection, copy, "stolen", key, read_only=True)
