"""The verifier names the first bad entry, whatever was done to the log below its last checkpoint."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from audit_desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.audit import Phase, verifier
from resources.audit.chain import draft
from resources.audit.signing import Signer
from resources.audit.verifier import examine

LINES = 6


@pytest.fixture
def written(desk: Desk) -> Desk:
    desk.write("one", "two", "three")
    assert desk.verify().holds
    return desk


def numbered(raw: bytes, place: int) -> int:
    """The number of the entry in which a byte lies."""
    return raw[:place].count(b"\n") + 1


@pytest.mark.slow
def test_every_byte_that_is_flipped_is_found_in_its_entry(written: Desk) -> None:
    raw = written.segment().read_bytes()
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        written.segment().write_bytes(changed)
        report = written.verify()
        assert not report.holds, place
        assert report.first_bad == numbered(raw, place), (place, report.problem)


@pytest.mark.slow
def test_every_cut_is_found(written: Desk) -> None:
    raw = written.segment().read_bytes()
    for size in range(len(raw)):
        written.segment().write_bytes(raw[:size])
        report = written.verify()
        assert (report.holds, report.first_bad) == (False, numbered(raw, size)), size


def test_every_checkpoint_byte_that_is_flipped_is_found(written: Desk) -> None:
    (file,) = written.checkpoints.glob("checkpoint-*.json")
    raw = file.read_bytes()
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        file.write_bytes(changed)
        assert "checkpoint" in written.verify().problem, place


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[str, int, Callable[[list[bytes]], list[bytes]]]:
    """Something done to whole lines, and the first entry that is no longer what it was."""
    kind = draw(st.sampled_from(["remove", "repeat", "swap", "insert", "cut", "replace"]))
    place, other = draw(st.integers(0, LINES - 1)), draw(st.integers(0, LINES - 1))
    if kind == "remove":
        return kind, place + 1, lambda lines: lines[:place] + lines[place + 1 :]
    if kind == "repeat":
        return kind, place + 2, lambda lines: lines[: place + 1] + lines[place:]
    if kind == "swap" and place != other:
        low, high = sorted((place, other))
        return (
            kind,
            low + 1,
            lambda lines: [
                *lines[:low],
                lines[high],
                *lines[low + 1 : high],
                lines[low],
                *lines[high + 1 :],
            ],
        )
    if kind == "insert":
        stranger = draw(st.binary(max_size=40).filter(lambda text: b"\n" not in text))
        return kind, place + 1, lambda lines: [*lines[:place], stranger, *lines[place:]]
    if kind == "replace" and place != other:
        return kind, place + 1, lambda lines: [*lines[:place], lines[other], *lines[place + 1 :]]
    return "cut", place + 1, lambda lines: lines[:place]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rearranged())
def test_lines_that_were_moved_removed_or_added_are_found(
    written: Desk, done: tuple[str, int, Callable[[list[bytes]], list[bytes]]]
) -> None:
    kind, first_bad, change = done
    raw = written.segment().read_bytes()
    lines = raw.split(b"\n")[:-1]
    changed = change(list(lines))
    try:
        written.segment().write_bytes(b"".join(line + b"\n" for line in changed))
        report = written.verify()
    finally:
        written.segment().write_bytes(raw)
    assert (report.holds, report.first_bad) == (False, first_bad), (kind, report.problem)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_other_bytes_are_not_taken_for_the_log(written: Desk, data: st.DataObject) -> None:
    raw = written.segment().read_bytes()
    place = data.draw(st.integers(0, len(raw) - 1))
    size = data.draw(st.integers(0, 30))
    new = data.draw(st.binary(max_size=30))
    changed = raw[:place] + new + raw[place + size :]
    if changed == raw:
        return
    try:
        written.segment().write_bytes(changed)
        assert not written.verify().holds
    finally:
        written.segment().write_bytes(raw)


def test_a_log_written_anew_with_the_key_is_found_below_the_checkpoint_only(written: Desk) -> None:
    shutil.rmtree(written.log_folder)
    log = written.open()
    for name in ("other", "two", "three"):
        with log.act("datasource.pause", name):
            pass
    report = written.verify()
    assert (report.holds, report.first_bad) == (False, 6)
    for file in written.checkpoints.glob("checkpoint-*"):
        file.unlink()
    report = written.verify()
    assert report.holds
    assert "no checkpoint" in report.notes[0]


def test_another_key_signs_nothing_here(written: Desk, tmp_path: Path) -> None:
    other = Signer(tmp_path / "other")
    assert not examine(written.log_folder, written.checkpoints, other.public_pem).holds
    assert "PEM" in examine(written.log_folder, written.checkpoints, b"nonsense").problem


def test_an_act_that_ends_twice_or_never_began_is_found(desk: Desk) -> None:
    log = desk.open()
    with log.act("sync", "x"):
        pass
    outcome = list(log.entries())[-1]
    with log.chain.writing() as write:
        write(outcome)
    report = desk.verify()
    assert (report.holds, report.first_bad) == (False, 3)
    shutil.rmtree(desk.log_folder)
    with desk.open().chain.writing() as write:
        write(draft(Phase.OUTCOME, desk.me, "sync", "x", desk.now, id="act_1"))
    assert (desk.verify().holds, desk.verify().first_bad) == (False, 1)


def test_what_is_not_finished_is_told_and_holds(desk: Desk) -> None:
    log = desk.open()
    with log.act("sync", "x") as act:
        report = desk.verify()
    assert (report.holds, report.unfinished) == (True, [act.id])


def test_the_single_file_runs_alone_in_an_isolated_python(written: Desk, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(verifier.__file__, alone / "verifier.py")
    (alone / "audit.pub").write_bytes(written.public_pem)
    words = ["verifier.py", str(written.log_folder), str(written.checkpoints), "audit.pub"]

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", *words, *more]
        return subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)  # noqa: S603 -- our own

    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Everything holds.\n")
    lines = written.segment().read_bytes().splitlines(keepends=True)
    written.segment().write_bytes(b"".join(lines[:2] + lines[3:]))
    done = run("--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["holds"], found["first_bad"]) == (1, False, 3)
    words.pop()
    assert run().returncode == 2


def test_it_says_what_it_can_and_can_not_detect() -> None:
    assert "can't detect" in (verifier.__doc__ or "")
    source = Path(verifier.__file__).read_text()
    assert not [line for line in source.splitlines() if line.startswith(("from resources", "import resources"))]
