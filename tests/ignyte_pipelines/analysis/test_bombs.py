"""A question that eats time or memory ends alone: its process is killed, and the next question is answered."""

import contextlib
import os
import resource
import time
from collections.abc import Iterator

import pytest
from escapes import BOMBS

from ignyte_pipelines.analysis.confinement import size_of
from ignyte_pipelines.analysis.sessions import Session
from resources.control_plane.facts import Workspace
from resources.errors import Problem, TryLater
from resources.stores import Stores

pytestmark = pytest.mark.slow
SECONDS = 2.0


@pytest.fixture(scope="module")
def capped(stores: Stores, workspace: Workspace) -> Iterator[Session]:
    settings = stores.settings.model_copy(update={"query_seconds": SECONDS})
    with Session(settings, stores.plane, stores.audit, workspace, via="test") as opened:
        yield opened


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb[:60])
def test_a_bomb_is_capped_and_the_service_stays_up(capped: Session, bomb: str) -> None:
    capped.sql("SELECT 1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    with contextlib.suppress(Problem):
        capped.sql(bomb)
    assert time.monotonic() - begun < SECONDS + 10
    # what it ate was not ours: the asker holds at most the answer
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1.5 * 1024 * 1024
    assert len(capped.sql("SELECT sum(net_sales) FROM days")) == 1


def test_time_up_says_what_to_do_and_leaves_no_process(capped: Session) -> None:
    capped.sql("SELECT 1")
    locked = capped._locked
    assert locked is not None
    process = locked._process
    with pytest.raises(TryLater, match="IGNYTE_QUERY_SECONDS"):
        capped.sql("SELECT sum(hash(range)) FROM range(1000000000000)")
    assert process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_memory_up_says_what_to_do(capped: Session) -> None:
    with pytest.raises(TryLater, match="IGNYTE_QUERY_MEMORY_LIMIT"):
        capped.sql("SELECT sum(len(x)) FROM (SELECT list(r) AS x FROM range(200000000) t(r))")


@pytest.mark.parametrize(("words", "size"), [("1GB", 10**9), ("512MiB", 512 * 2**20), ("1.5KB", 1500)])
def test_a_size_in_words_is_one_in_bytes(words: str, size: int) -> None:
    assert size_of(words) == size
