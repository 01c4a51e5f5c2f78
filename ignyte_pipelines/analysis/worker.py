"""The locked process: opens the published metrics, gives everything else up, and answers questions in SQL."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import duckdb
import orjson
import pyarrow as pa
import pyarrow.ipc
from pydantic import SecretStr

from ignyte_pipelines.analysis.confinement import end_after, give_up, size_of
from ignyte_pipelines.analysis.frames import Hangup, Kind, Sender, receive, send
from resources.errors import Problem, Refused, Stop, TryLater
from resources.settings import Settings
from resources.stores import open_stores
from resources.warehouse.published import open_metrics

_BATCH: Final = 100_000
_GRACE: Final = 2.0  # seconds that the asker has, before the kernel steps in
_QUESTIONS: Final = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def main() -> None:
    questions, answers = os.dup(0), os.dup(1)
    for standard in (0, 1):
        # what a library prints must not end up between frames
        os.dup2(2, standard)
    with ExitStack() as opened:
        try:
            serve(opened, questions, answers)
        except Hangup:
            return


def serve(opened: ExitStack, questions: int, answers: int) -> None:
    """Opens what the first frame names, then answers until nobody asks any more."""
    _, body = receive(questions)
    wanted = orjson.loads(body)
    settings = _settings(wanted["settings"])
    try:
        connection = _opened(opened, settings, wanted["workspace"])
    except Problem as problem:
        send(answers, Kind.TROUBLE, _told(problem))
        return
    known = _tables(connection)
    give_up(size_of(settings.query_memory_limit))
    send(answers, Kind.READY)
    while True:
        _, sql = receive(questions)
        end_after(settings.query_seconds + _GRACE)
        try:
            tables = known & tables_of(connection, sql.decode())
            _answer(connection, sql.decode(), tables, questions, answers)
        except Problem as problem:
            send(answers, Kind.TROUBLE, _told(problem))
        finally:
            end_after(0)


def _settings(said: dict[str, Any]) -> Settings:
    url = said.pop("database_url")
    # whatever the environment says, this process gets no key for credentials
    return Settings(**said, database_url=SecretStr(url) if url else None, vault_access="data")


def _opened(opened: ExitStack, settings: Settings, workspace_id: str) -> duckdb.DuckDBPyConnection:
    # the stores are closed again at once: from then on nothing is open but the metrics file
    with open_stores(settings) as stores:
        return opened.enter_context(open_metrics(stores, stores.plane.workspaces.get(workspace_id)))


def _tables(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()")
    return frozenset(str(name) for (name,) in found.fetchall())


def _answer(
    connection: duckdb.DuckDBPyConnection, sql: str, tables: frozenset[str], questions: int, answers: int
) -> None:
    send(answers, Kind.TABLES, orjson.dumps(sorted(tables)))
    receive(questions)  # the question is on record now
    try:
        _stream(connection, sql, answers)
    except duckdb.Error as error:
        raise problem_of(error) from None
    except MemoryError:
        raise too_large() from None
    send(answers, Kind.DONE)


def _stream(connection: duckdb.DuckDBPyConnection, sql: str, answers: int) -> None:
    reader = connection.execute(sql).to_arrow_reader(_BATCH)
    with pa.ipc.new_stream(pa.PythonFile(Sender(answers), mode="w"), reader.schema) as stream:
        for batch in reader:
            stream.write_batch(batch)


def tables_of(connection: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    """The names that one question reads from, as DuckDB itself finds them.

    That there is one question, and that it is one, is asked so that a slip of the keyboard gets a useful answer. What
    keeps the rest of the world out is the way in which the file is open, not this.

    Raises:
        Refused: it is not exactly one question.
        Stop: it is not SQL.
    """
    try:
        statements = connection.extract_statements(sql)
        _require_question(statements)
        return frozenset(connection.get_table_names(sql))
    except duckdb.Error as error:
        raise problem_of(error) from None


def _require_question(statements: list[duckdb.Statement]) -> None:
    do_next = "Ask one SELECT (or FROM, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN)."
    if len(statements) != 1:
        raise Refused(f"it holds {len(statements)} statements.", to="SQL", do_next=do_next)
    if statements[0].type not in _QUESTIONS:
        raise Refused(f"{statements[0].type.name} is not a question.", to="SQL", do_next=do_next)


def problem_of(error: duckdb.Error) -> Problem:
    """What DuckDB says, as a problem that a person can do something about."""
    if isinstance(error, duckdb.PermissionException):
        do_next = "Only the published metrics can be read."
        return Refused("it reaches for files, the network or settings.", to="SQL", do_next=do_next)
    if isinstance(error, duckdb.OutOfMemoryException):
        return too_large()
    do_next = '"SHOW TABLES" and "DESCRIBE <table>" tell what there is.'
    return Stop(str(error).strip(), to="SQL", do_next=do_next)


def too_large() -> TryLater:
    what = "it needs more memory than a question may have."
    return TryLater(what, to="SQL", do_next="Ask for less, or raise IGNYTE_QUERY_MEMORY_LIMIT.")


def _told(problem: Problem) -> bytes:
    trouble = problem.trouble
    kind = type(problem).__name__
    return orjson.dumps({"kind": kind, "what": trouble.what, "to": trouble.to, "do_next": trouble.do_next})


if __name__ == "__main__":
    sys.path[:] = [entry for entry in sys.path if Path(entry).is_absolute()]
    main()
