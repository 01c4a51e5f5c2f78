"""A crash between an intent and its outcome is seen at the next start, and closed or carried on exactly once."""

import subprocess
import sys
from pathlib import Path

import pytest
from audit_desk import Desk

from resources.audit import AuditLog, Phase

CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from resources.audit import AuditLog, chain, open_acts
from resources.audit.checkpoints import Folder
from resources.audit.signing import Signer
root, step = Path(sys.argv[1]), sys.argv[2]
log = AuditLog(root / "audit", Signer(root / "keys"), Folder(root / "elsewhere"), lambda: datetime.now(UTC))
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if step == "before the intent":
    chain.Chain._append = die
with log.act(sys.argv[3], "datasource ds_1"):
    if step == "during the act":
        die()
    if step == "before the outcome":
        chain.Chain._append = die
    if step == "after the outcome":
        open_acts.OpenActs.strike = die
"""


def killed(desk: Desk, step: str, verb: str = "sync") -> None:
    command = [sys.executable, "-c", CHILD, str(desk.root), step, verb]
    assert subprocess.run(command, check=False).returncode == -9  # noqa: S603 -- our own


def results(log: AuditLog) -> list[tuple[str, str]]:
    return [(entry.phase.value, entry.result) for entry in log.entries()]


@pytest.mark.parametrize("step", ["during the act", "before the outcome"])
def test_it_is_closed_as_unfinished_once(desk: Desk, step: str) -> None:
    killed(desk, step)
    assert desk.verify().unfinished
    log = desk.open()
    assert (log.settle(), log.settle(), desk.open().settle()) == (1, 0, 0)
    assert results(log) == [("intent", ""), ("outcome", "unfinished")]
    assert (desk.verify().holds, desk.verify().unfinished) == (True, [])


def test_what_never_began_leaves_nothing(desk: Desk) -> None:
    killed(desk, "before the intent")
    log = desk.open()
    assert log.settle() == 0
    assert results(log) == []
    assert log.left_open() == []


def test_an_outcome_that_was_written_is_not_written_again(desk: Desk) -> None:
    killed(desk, "after the outcome")
    log = desk.open()
    assert log.settle() == 0
    assert results(log) == [("intent", ""), ("outcome", "done")]
    assert desk.verify().holds


def test_it_is_carried_on_by_one_alone_under_its_own_id(desk: Desk) -> None:
    killed(desk, "during the act", "datasource.disconnect")
    first, second = desk.open(), desk.open()
    assert first.settle(frozenset({"datasource.disconnect"})) == 0
    (orphan,) = first.left_open("datasource.disconnect")
    act = first.taken_up(orphan)
    assert act is not None
    assert second.taken_up(orphan) is None
    with act:
        act.found(files=1)
    intent, outcome = first.entries()
    assert (intent.id, outcome.phase, outcome.result) == (outcome.id, Phase.OUTCOME, "done")
    assert desk.verify().holds


def test_an_act_that_is_still_going_on_is_left_alone(desk: Desk) -> None:
    log = desk.open()
    with log.act("sync", "x"):
        assert desk.open().settle() == 0
    assert results(log) == [("intent", ""), ("outcome", "done")]


def test_a_note_that_cannot_be_read_is_passed_over(desk: Desk, tmp_path: Path) -> None:
    desk.write("one")
    (tmp_path / "audit" / "open" / "act_00.json").write_bytes(b"{")
    assert desk.open().settle() == 0
