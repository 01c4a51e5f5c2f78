"""Sessions: what is asked of which generation, on the record, in which shapes the answer comes."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from published import TABLES, publish

from ignyte_pipelines import connect
from ignyte_pipelines.analysis.sessions import Session
from resources.audit import Phase
from resources.control_plane.facts import Workspace
from resources.errors import Refused, Stop, TryLater
from resources.stores import Stores

DAYS = "SELECT day, orders, net_sales, calculated_at FROM days ORDER BY day DESC LIMIT 3"


def test_connect_gives_arrow_pandas_polars_and_rows(stores: Stores, workspace: Workspace) -> None:
    with connect(workspace.name, home=stores.settings.home) as session:
        answer = session.sql(DAYS)
        assert repr(session) == "Session('brand')"
    assert isinstance(answer.arrow(), pa.Table)
    assert answer.arrow().schema.field("net_sales").type == pa.decimal128(18, 4)
    frame, exact, polar = answer.df(), answer.df(exact=True), answer.pl()
    assert isinstance(frame, pd.DataFrame)
    assert isinstance(polar, pl.DataFrame)
    assert list(frame["orders"]) == list(polar["orders"]) == [58, 57, 56]
    assert frame["net_sales"].dtype == "float64"
    assert exact["net_sales"][0] == Decimal("716.0448")
    assert str(frame["day"].dtype).startswith("datetime64")
    assert answer.rows()[0]["net_sales"] == Decimal("716.0448")
    assert len(answer) == 3
    assert "net_sales" in repr(answer)
    assert "<table" in answer._repr_html_()


def test_sums_of_counts_are_numbers_in_pandas(session: Session) -> None:
    frame = session.sql("SELECT sum(orders) AS orders, sum(net_sales) AS net_sales FROM days").df()
    assert float(frame["orders"][0]) == 1711
    assert frame["net_sales"].dtype == "float64"


def test_tables_and_columns_are_listed_with_what_they_hold(session: Session) -> None:
    assert session.tables() == ["customers", "days"]
    described = {row["column_name"]: row["comment"] for row in session.describe("days").rows()}
    assert described["orders"] == "Orders placed on the day."
    assert len(session.table("customers")) == 3
    for name in ("nope", "days; DROP TABLE days", "days' OR '1'='1"):
        with pytest.raises(Refused):
            session.table(name)
        with pytest.raises(Refused):
            session.describe(name)


def test_each_question_is_on_record_with_its_tables_and_without_its_values(
    stores: Stores, workspace: Workspace
) -> None:
    with Session(stores.settings, stores.plane, stores.audit, workspace, via="query") as session:
        session.sql("SELECT d.day FROM days d JOIN customers c ON c.customer_key = 'someone-4711'")
        with pytest.raises(Stop) as caught:
            session.sql("SELECT nonsense FROM days WHERE note = 'someone-4711' AND missing = 1")
        with pytest.raises(Refused):
            session.sql("SELECT 'someone-4711'; SELECT 2")
    assert "nonsense" in str(caught.value)
    mine = [
        each for each in stores.audit.entries() if each.verb == "metrics.query" and each.details.get("via") == "query"
    ]
    intents = [each for each in mine if each.phase == Phase.INTENT]
    assert [each.details["tables"] for each in intents] == [("customers", "days"), ("days",)]
    assert {each.workspace for each in mine} == {workspace.id}
    assert {each.actor.name for each in mine} == {stores.audit.me.name}
    outcomes = [each for each in stores.audit.entries() if each.id in {each.id for each in intents} and each.result]
    assert [each.result for each in outcomes] == ["done", "failed"]
    everything = b"".join(file.read_bytes() for file in stores.settings.audit_dir.rglob("*") if file.is_file())
    assert b"someone-4711" not in everything
    assert b"nonsense" not in everything


def test_without_a_record_there_is_no_answer(
    stores: Stores, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(stores.settings, stores.plane, stores.audit, workspace, via="test") as session:
        session.sql("SELECT 1")

        def full(_entry: object) -> None:
            raise Refused("the disk is full.", to="audit log", do_next="Make room.")

        monkeypatch.setattr(stores.audit, "begin", full)
        with pytest.raises(Refused, match="audit log"):
            session.sql(DAYS)


@pytest.mark.slow
def test_a_new_generation_is_asked_from_the_next_question_on(stores: Stores) -> None:
    workspace = stores.plane.workspaces.create("turns", now=stores.clock())
    publish(stores, workspace)
    with Session(stores.settings, stores.plane, stores.audit, workspace, via="test") as session:
        assert session.sql("SELECT count(*) AS n FROM days").rows() == [{"n": 59}]
        publish(stores, workspace, (*TABLES, "DELETE FROM metrics.days WHERE orders > 9"))
        assert session.sql("SELECT count(*) AS n FROM days").rows() == [{"n": 10}]


def test_a_workspace_without_metrics_says_so(stores: Stores) -> None:
    empty = stores.plane.workspaces.create("empty", now=stores.clock())
    with (
        Session(stores.settings, stores.plane, stores.audit, empty, via="test") as session,
        pytest.raises(Refused, match="no metrics yet"),
    ):
        session.sql("SELECT 1")
    with pytest.raises(Refused, match="there is none"):
        connect("nowhere", home=stores.settings.home)


def test_a_file_that_was_changed_is_not_opened(stores: Stores) -> None:
    workspace = stores.plane.workspaces.create("damaged", now=stores.clock())
    publish(stores, workspace)
    file = stores.plane.files.published(workspace.id)
    assert file is not None
    path = stores.data_root / file.path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with (
        Session(stores.settings, stores.plane, stores.audit, workspace, via="test") as session,
        pytest.raises(Stop, match="not the file that was published"),
    ):
        session.sql("SELECT 1")


def test_a_killed_process_is_replaced(session: Session) -> None:
    session.sql("SELECT 1")
    assert session._locked is not None
    session._locked._process.kill()
    session._locked._process.wait()
    assert session.sql("SELECT 42 AS answer").rows() == [{"answer": 42}]


def test_a_process_that_dies_in_the_middle_is_told_as_such(session: Session) -> None:
    session.sql("SELECT 1")
    locked = session._locked
    assert locked is not None
    with pytest.raises(TryLater):
        locked.ask("SELECT 1", lambda _tables: locked._process.kill())
    assert session.sql("SELECT 42 AS answer").rows() == [{"answer": 42}]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_process_holds_no_environment_no_spare_descriptor_and_one_file(session: Session, stores: Stores) -> None:
    session.sql("SELECT 1")
    assert session._locked is not None
    proc = Path(f"/proc/{session._locked._process.pid}")
    limits = (proc / "limits").read_text()
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max open files")] == ["0"]
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max file size")] == ["0"]
    try:
        environment = (proc / "environ").read_bytes()
        targets = [str(each.readlink()) for each in (proc / "fd").iterdir()]
    except PermissionError:
        # not even its own user may look, now that it is not dumpable
        return
    assert environment == b""
    inside = [each for each in targets if each.startswith(str(stores.settings.home))]
    assert [Path(each).suffix for each in inside] == [".duckdb"]


def test_importing_the_package_does_not_import_the_analysts_part() -> None:
    code = "import sys, ignyte_pipelines; sys.exit('duckdb' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 -- our own words
