"""No question gets out: each attempt is refused by the whole service, and by the open file alone."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from escapes import ATTEMPTS, CURIOUS
from published import CANARY

from ignyte_pipelines.analysis.locked import Locked
from ignyte_pipelines.analysis.sessions import Session
from resources.control_plane.facts import Workspace
from resources.errors import Problem
from resources.stores import Stores

SALES = "SELECT sum(net_sales) FROM days"
# these change something inside the process's own memory, which nobody shares, and dies with it
INSIDE = (
    *(
        "PREPARE",
        "SET VARIABLE",
        "CREATE TEMP TABLE t AS SELECT",
        "BEGIN",
        "COMMIT",
        "CALL",
        "USE",
        "DETACH",
        "DEALLOCATE",
    ),
    *("CHECKPOINT", "FORCE CHECKPOINT", "VACUUM", "SELECT 1; SELECT 2", "COPY FROM DATABASE metrics TO memory"),
    # what is loaded already, and a report on stdout, which is nobody's
    *("LOAD httpfs", "PRAGMA enable_profiling"),
)


class Ungated(Locked):
    """Runs whatever it gets: what is refused here is refused by the way in which the file is open."""

    program = (str(Path(__file__).with_name("ungated.py")),)


class Workers:
    """Ungated processes, each used until something in it was changed."""

    def __init__(self, stores: Stores, workspace: Workspace) -> None:
        self._stores, self._workspace = stores, workspace
        self._worker: Ungated | None = None
        self.words = ""

    def run(self, sql: str) -> str | None:
        """What came back as text, or None if it was refused or the process died of it."""
        if self._worker is None or not self._worker.alive:
            self._worker = Ungated(self._stores.settings, self._workspace.id)
        try:
            return str(self._worker.ask(sql, lambda _tables: None).to_pylist())
        except Problem as problem:
            self.words = str(problem)
            return None

    def renew(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def _filled(sql: str, stores: Stores, workspace: Workspace, outside: Path) -> str:
    file = stores.plane.files.published(workspace.id)
    assert file is not None
    places = {"out": outside, "home": stores.settings.home, "db": stores.data_root / file.path}
    for name, place in places.items():
        sql = sql.replace(f"{{{name}}}", str(place))
    return sql


def _state(*folders: Path) -> dict[str, str]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="module")
def untouched(stores: Stores, workspace: Workspace, outside: Path) -> Iterator[None]:
    """Whatever was tried, nothing is different afterwards: no file made, changed or gone."""
    del workspace
    before = _state(outside, stores.data_root, stores.settings.keys_dir)
    yield
    assert _state(outside, stores.data_root, stores.settings.keys_dir) == before


@pytest.fixture(scope="module")
def ungated(stores: Stores, workspace: Workspace) -> Iterator[Workers]:
    workers = Workers(stores, workspace)
    yield workers
    workers.renew()


def test_there_are_more_than_a_hundred_attempts() -> None:
    assert len(set(ATTEMPTS)) > 150


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_service_refuses_and_stays_up(
    session: Session, stores: Stores, workspace: Workspace, outside: Path, attempt: str
) -> None:
    with pytest.raises(Problem) as caught:
        session.sql(_filled(attempt, stores, workspace, outside))
    assert CANARY not in str(caught.value)
    assert len(session.sql(SALES)) == 1


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("question", CURIOUS)
def test_what_may_be_asked_about_the_database_gives_nothing_away(
    session: Session, stores: Stores, workspace: Workspace, outside: Path, question: str
) -> None:
    try:
        found = str(session.sql(_filled(question, stores, workspace, outside)).rows())
    except Problem as problem:
        found = str(problem)
    file = stores.plane.files.published(workspace.id)
    assert file is not None
    with stores.keys.plain(file.key_id) as key:
        secrets = [CANARY, key.for_duckdb(), key.for_duckdb().rstrip("="), bytes(key.view()).hex()]
    assert not [each for each in secrets if each in found]


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_open_file_alone_lets_nothing_out(
    ungated: Workers, stores: Stores, workspace: Workspace, outside: Path, attempt: str
) -> None:
    found = ungated.run(_filled(attempt, stores, workspace, outside))
    assert CANARY not in f"{found} {ungated.words}"
    if found is not None:
        ungated.renew()
        assert attempt.startswith(INSIDE), found
