"""The locked process, seen from outside: started, asked, and ended when it takes too long or too much."""

import os
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

import orjson
import pyarrow as pa
import pyarrow.ipc

from ignyte_pipelines.analysis.frames import Hangup, Kind, Silence, receive, send
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater
from resources.settings import Settings

LARGEST_ANSWER: Final = 1 << 30  # bytes of Arrow that an answer may have; the asker holds all of it
_OPENING: Final = 60.0
_PARSING: Final = 10.0
_KINDS: Final[dict[str, type[Problem]]] = {each.__name__: each for each in (TryLater, AskAgain, Stop, Refused)}
_CLOUD: Final = ("AWS_", "HOME", "TZ")


class Locked:
    """One process with the metrics of one workspace open. Not for use by two threads at once."""

    program: ClassVar[Sequence[str]] = ("-m", "ignyte_pipelines.analysis.worker")

    def __init__(self, settings: Settings, workspace_id: str) -> None:
        self._seconds = settings.query_seconds
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module, nothing from outside
            [sys.executable, "-I", *self.program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(settings),
            # Ctrl-C at the terminal is for the asker, who then ends this process
            start_new_session=True,
            bufsize=0,
        )
        self._end = weakref.finalize(self, _ended, self._process)
        self._open(settings, workspace_id)

    def _open(self, settings: Settings, workspace_id: str) -> None:
        self._send(Kind.OPEN, orjson.dumps({"workspace": workspace_id, "settings": _told(settings)}))
        try:
            kind, body = receive(self._answers, until=time.monotonic() + _OPENING)
        except (Silence, Hangup):
            self.close()
            raise TryLater("its process did not start.", to="SQL", do_next="Try again.") from None
        if kind is Kind.TROUBLE:
            self.close()
            raise _problem(body)

    @property
    def _questions(self) -> int:
        assert self._process.stdin is not None  # noqa: S101 -- for mypy: it is a pipe
        return self._process.stdin.fileno()

    @property
    def _answers(self) -> int:
        assert self._process.stdout is not None  # noqa: S101 -- for mypy: it is a pipe
        return self._process.stdout.fileno()

    @property
    def alive(self) -> bool:
        return self._end.alive and self._process.poll() is None

    def ask(self, sql: str, before: Callable[[Sequence[str]], None]) -> pa.Table:
        """The answer to one question. `before` is told which tables it reads, before anything is read.

        Raises:
            Refused: it is no question, or it reaches for what it may not.
            Stop: DuckDB can't answer it.
            TryLater: it took more time or memory than a question may have. The process is gone then.
        """
        self._send(Kind.QUESTION, sql.encode())
        try:
            tables = self._tables()
            before(tables)
            self._send(Kind.GO)
            return self._read(time.monotonic() + self._seconds)
        except Silence:
            self.close()
            what = f"the answer took longer than {self._seconds:g} seconds."
            raise TryLater(what, to="SQL", do_next="Ask for less, or raise IGNYTE_QUERY_SECONDS.") from None
        except Hangup:
            self.close()
            do_next = "Ask for less, or raise IGNYTE_QUERY_MEMORY_LIMIT."
            raise TryLater("it needs more memory than a question may have.", to="SQL", do_next=do_next) from None
        except Problem:
            raise
        except BaseException:
            # whatever came between (Ctrl-C most likely), a half-read answer must not become the next one's
            self.close()
            raise

    def _tables(self) -> list[str]:
        kind, body = receive(self._answers, until=time.monotonic() + _PARSING)
        if kind is Kind.TROUBLE:
            raise _problem(body)
        return [str(name) for name in orjson.loads(body)]

    def _read(self, until: float) -> pa.Table:
        pieces: list[bytes] = []
        left = LARGEST_ANSWER
        while True:
            kind, body = receive(self._answers, until=until, at_most=LARGEST_ANSWER)
            if kind is Kind.TROUBLE:
                raise _problem(body)
            if kind is Kind.DONE:
                return pa.ipc.open_stream(pa.py_buffer(b"".join(pieces))).read_all()
            left -= len(body)
            if left < 0:
                self.close()
                do_next = "Ask for fewer rows or columns."
                raise Refused(f"the answer has more than {LARGEST_ANSWER >> 20} MB.", to="SQL", do_next=do_next)
            pieces.append(body)

    def _send(self, kind: Kind, body: bytes = b"") -> None:
        try:
            send(self._questions, kind, body)
        except (Hangup, OSError):
            self.close()
            raise TryLater("its process is gone.", to="SQL", do_next="Ask again.") from None

    def close(self) -> None:
        """Ends the process, whatever it is doing. Twice is once."""
        self._end()


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _environment(settings: Settings) -> dict[str, str]:
    """Nothing, but for AWS's own variables where the keys are there: no secret of a platform is ever among them."""
    wanted = _CLOUD if settings.kms == "aws" else ()
    return {name: value for name, value in os.environ.items() if name.startswith(wanted)}


def _told(settings: Settings) -> dict[str, Any]:
    """The settings as the pipe carries them, so that no environment shows the database's password."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return {**settings.model_dump(mode="json", exclude={"vault_access", "database_url"}), "database_url": url}


def _problem(body: bytes) -> Problem:
    said = orjson.loads(body)
    return _KINDS[said["kind"]](said["what"], to=said["to"], do_next=said["do_next"])
