"""The answer to a question in SQL: a person's in a locked process and on the record, our own at once."""

from pathlib import Path
from typing import Any

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.cli.forms import write
from ignyte_pipelines.cli.output import say
from resources.control_plane.facts import Workspace
from resources.stores import Stores
from resources.warehouse.published import open_metrics


def session(stores: Stores, workspace: Workspace, via: str) -> Session:
    """A session for one command; `via` is the command's name, for the record."""
    return Session(stores.settings, stores.plane, stores.audit, workspace, via=via)


def answer(stores: Stores, workspace: Workspace, sql: str, form: str, out: Path | None) -> None:
    """Asks, and writes the answer in that form to `out` or stdout.

    Raises:
        Refused: nothing is published, or the SQL is not one question, or it reaches for what it may not.
        Stop: DuckDB can't answer it.
        TryLater: it took more time or memory than the settings allow.
    """
    with session(stores, workspace, "query") as asked:
        write(asked.sql(sql).arrow(), form, out)
    if out is not None:
        say(f"Written to {out}.")


def rows_of(stores: Stores, workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    """The answer to a question of our own, one mapping a row."""
    with open_metrics(stores, workspace) as connection:
        connection.execute(sql)
        names = [str(column[0]) for column in connection.description or []]
        return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]
