"""The conversation of `ignyte shell`: reads a question, answers it, reads the next."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.cli.failures import tell
from ignyte_pipelines.cli.forms import write
from ignyte_pipelines.cli.output import say
from resources.errors import Problem

_HELP: Final = """\
.tables            the tables
.describe TABLE    its columns and what they hold
.format FORM       how answers are shown from now on: table, csv or json
.help              this
.quit              leaves, as Ctrl-D does
Anything else is SQL (DuckDB's), over as many lines as it needs, up to a semicolon. Ctrl-C stops a question."""
_FORMS: Final = ("table", "csv", "json")
_KEYWORDS: Final = (
    *("SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "HAVING", "JOIN", "LEFT JOIN", "USING", "ON", "AS"),
    *("WITH", "UNION ALL", "DISTINCT", "CASE", "WHEN", "THEN", "ELSE", "END", "AND", "OR", "NOT", "IN", "BETWEEN"),
    *("LIKE", "IS NULL", "DESC", "ASC", "OVER", "PARTITION BY", "QUALIFY", "PIVOT", "SUMMARIZE", "DESCRIBE", "SHOW"),
    *("sum(", "avg(", "count(", "min(", "max(", "round(", "coalesce(", "date_trunc("),
)
_HISTORY: Final = 1000


def talk(session: Session, history: Path, form: str) -> None:
    """Talks until the input ends or the person leaves; `form` is how answers are shown at first."""
    # read before the first question, so that an unpublished workspace says so at once
    words = _words(session)
    with _editing(history, words):
        if sys.stdin.isatty():
            say(f"Metrics of [bold]{session.workspace.name}[/]. Questions end with a semicolon; .help tells more.")
        for question in _questions():
            name, _, rest = question.partition(" ")
            if name == ".quit":
                return
            if name == ".format" and rest.strip() in _FORMS:
                form = rest.strip()
                continue
            _answered(session, question, form)


def _answered(session: Session, question: str, form: str) -> None:
    """Answers one question; what goes wrong is told, and the conversation goes on."""
    begun = time.monotonic()
    try:
        answer = _asked(session, question)
        if answer is not None:
            write(answer, form, None)
            say(f"[dim]{time.monotonic() - begun:.2f} s[/]")
    except Problem as problem:
        tell(problem, as_json=False)
    except KeyboardInterrupt:
        say("Stopped.")


def _asked(session: Session, question: str) -> pa.Table | None:
    if not question.startswith("."):
        return session.sql(question).arrow()
    name, _, rest = question.partition(" ")
    if name == ".tables":
        return session.sql("SHOW TABLES").arrow()
    if name == ".describe" and rest.strip():
        return session.describe(rest.strip()).arrow()
    say(_HELP if name == ".help" else f"{question} is not known. .help tells what is.")
    return None


def _questions() -> Iterator[str]:
    """Whole questions from the input: a dot command is one line, SQL goes on to a line that ends with a semicolon."""
    lines: list[str] = []
    while True:
        try:
            line = _line("   ...> " if lines else "ignyte> ")
        except EOFError:
            break
        except KeyboardInterrupt:
            # takes back what was typed so far, as every shell does
            say("")
            lines = []
            continue
        lines.append(line)
        whole = "\n".join(lines).strip()
        if not whole or whole.startswith(".") or whole.endswith(";"):
            lines = []
            if whole:
                yield whole
    if rest := "\n".join(lines).strip():
        yield rest


def _line(prompt: str) -> str:
    if sys.stdin.isatty():
        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _words(session: Session) -> list[str]:
    found = session.sql(
        "SELECT table_name AS word FROM duckdb_tables() UNION SELECT column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() ORDER BY word"
    )
    return [
        *(str(row["word"]) for row in found.rows()),
        *_KEYWORDS,
        ".tables",
        ".describe",
        ".format",
        ".help",
        ".quit",
    ]


def completer(words: list[str]) -> Callable[[str, int], str | None]:
    """Completes what is being typed: readline asks for the first match, the second, and so on."""

    def complete(text: str, number: int) -> str | None:
        matches = [word for word in words if word.lower().startswith(text.lower())]
        return matches[number] if number < len(matches) else None

    return complete


@contextmanager
def _editing(history: Path, words: list[str]) -> Iterator[None]:
    """Line editing with the questions of earlier times; only what was typed is kept, never an answer."""
    if not sys.stdin.isatty():
        yield
        return
    import readline

    history.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(history, os.O_CREAT | os.O_WRONLY, 0o600))
    readline.read_history_file(history)
    readline.set_history_length(_HISTORY)
    readline.set_completer(completer(words))
    readline.set_completer_delims(" \t\n,;()=<>+-*/'\"")
    readline.parse_and_bind("tab: complete")
    try:
        yield
    finally:
        readline.write_history_file(history)
