"""The answer to a question in SQL: who may ask what, and for how long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from ignyte_pipelines.cli.forms import names_of, write
from ignyte_pipelines.cli.output import say
from resources.control_plane.facts import Workspace
from resources.errors import Refused, Stop, TryLater
from resources.stores import Stores
from resources.warehouse.metrics import open_metrics

_QUESTIONS: Final = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def answer(stores: Stores, workspace: Workspace, sql: str, form: str, out: Path | None) -> None:
    """Asks, and writes the answer in that form to `out` or stdout.

    Raises:
        Refused: nothing is published, or the SQL is not one question, or it reaches for what it may not.
        Stop: DuckDB can't answer it.
        TryLater: it took longer than the settings allow.
    """
    with open_metrics(stores, workspace) as connection:
        with _explained():
            _require_question(connection, sql)
        with _limited(connection, stores.settings.query_seconds), _explained():
            connection.execute(sql)
            write(connection, form, out)
    if out is not None:
        say(f"Written to {out}.")


def rows_of(stores: Stores, workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    """The answer to a question of our own, one mapping a row."""
    with open_metrics(stores, workspace) as connection:
        connection.execute(sql)
        names = names_of(connection)
        return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]


def _require_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    do_next = "Ask one SELECT (or FROM, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN)."
    if len(statements) != 1:
        raise Refused(f"it holds {len(statements)} statements.", to="SQL", do_next=do_next)
    if statements[0].type not in _QUESTIONS:
        raise Refused(f"{statements[0].type.name} is not a question.", to="SQL", do_next=do_next)


@contextmanager
def _limited(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        what = f"the answer took longer than {seconds:g} seconds."
        raise TryLater(what, to="SQL", do_next="Ask for less, or raise IGNYTE_QUERY_SECONDS.") from None
    finally:
        timer.cancel()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.PermissionException:
        do_next = "Only the published metrics can be read."
        raise Refused("it reaches for files, the network or settings.", to="SQL", do_next=do_next) from None
    except duckdb.Error as error:
        do_next = '"SHOW TABLES" and "DESCRIBE <table>" tell what there is.'
        raise Stop(str(error).strip(), to="SQL", do_next=do_next) from None
