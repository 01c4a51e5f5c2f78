"""The log: written before and after, by somebody, in one order, and never when it can't be."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from audit_desk import Desk

from resources.audit import Actor, Phase, person, service
from resources.audit.entries import canonical
from resources.errors import Problem, Refused, Stop


def test_an_act_has_one_intent_before_and_one_outcome_after(desk: Desk) -> None:
    log = desk.open()
    with log.act("datasource.pause", "datasource ds_1", workspace_id="ws_1", reason="holidays") as act:
        (intent,) = log.entries()
        act.found(rows=3)
    first, last = log.entries()
    assert first == intent
    assert (first.phase, last.phase, first.id, last.id) == (Phase.INTENT, Phase.OUTCOME, act.id, act.id)
    assert (first.actor.name, first.verb, first.target, first.reason) == (
        "ada",
        "datasource.pause",
        "datasource ds_1",
        "holidays",
    )
    assert (last.result, dict(last.details), last.prev != first.prev) == ("done", {"rows": 3}, True)


@pytest.mark.parametrize(
    ("error", "result", "why"),
    [
        (Refused("no.", to="x", do_next="y"), "refused", "x: no. y"),
        (Stop("broken.", to="x", do_next="y"), "failed", "x: broken. y"),
        (ValueError("ada@example.com"), "failed", "ValueError"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt"),
    ],
)
def test_an_act_that_fails_says_so_without_a_foreign_text(
    desk: Desk, error: BaseException, result: str, why: str
) -> None:
    log = desk.open()
    with pytest.raises(type(error)), log.act("sync", "datasource ds_1"):
        raise error
    outcome = list(log.entries())[-1]
    assert (outcome.result, outcome.details["why"]) == (result, why)


def test_what_can_not_be_audited_does_not_happen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log = desk.open()
    desk.write("before")
    before = desk.segment().read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    happened = []
    with pytest.raises(Refused, match="No space left"), log.act("credential.read", "datasource ds_1", reason="x"):
        happened.append(True)
    with pytest.raises(Refused, match="No space left"):
        log.event("door.refuse", "datasource ds_1")
    monkeypatch.undo()
    assert not happened
    assert desk.segment().read_bytes() == before
    desk.write("after")
    assert desk.verify().holds


def test_an_outcome_that_can_not_be_written_is_an_error_but_hides_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = desk.open()

    def break_disk() -> None:
        def full(*_: object) -> int:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "write", full)

    with pytest.raises(Refused, match="Input/output"), log.act("sync", "one"):
        break_disk()
    monkeypatch.undo()

    def fail() -> None:
        with log.act("sync", "two"):
            break_disk()
            raise Stop("the real one.", to="x", do_next="y")

    with pytest.raises(Stop, match="the real one"):
        fail()


@pytest.mark.parametrize("verb", ["credential.read", "personal.read", "personal.export", "key.destroy"])
def test_a_person_says_why_a_service_need_not(desk: Desk, verb: str) -> None:
    log = desk.open()
    for reason in ("", "  "):
        with pytest.raises(Refused, match="needs a reason"), log.act(verb, "x", reason=reason):
            pass
    assert list(log.entries()) == []
    with log.act(verb, "x", reason="ticket 12"), log.act(verb, "x", actor=service("sync")):
        pass
    assert len(list(log.entries())) == 4


def test_nobody_acts_without_a_name() -> None:
    for name, account in (("", "root"), (" ", "root"), ("sync", "")):
        with pytest.raises(ValueError, match="has a name"):
            Actor(kind="service", name=name, account=account, uid=0)


def test_a_person_is_the_account_not_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    before = person()
    for variable in ("USER", "LOGNAME", "USERNAME", "LNAME"):
        monkeypatch.setenv(variable, "somebody else")
    assert person() == before
    monkeypatch.setattr("os.getuid", lambda: 54321)
    assert (person().name, person().uid) == ("uid-54321", 54321)


def test_floats_have_no_place_in_it(desk: Desk) -> None:
    with pytest.raises(TypeError, match="no floats"):
        canonical({"a": [{"b": 1.5}]})
    assert canonical({"b": "ü", "a": 1}) == b'{"a":1,"b":"\\u00fc"}'
    log = desk.open()
    with pytest.raises(Refused, match="names an e-mail"), log.act("sync", "x", reason="asked by ann@x.com"):
        pytest.fail("nothing may be done whose reason can never be taken back")
    with pytest.raises(Refused, match="too long"), log.act("sync", "x", reason="y" * 2000):
        pass


def test_only_its_owner_reads_it(desk: Desk) -> None:
    desk.write("one")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in desk.root.rglob("*")}
    assert {mode for name, mode in modes.items() if (desk.root / name).is_dir()} <= {0o700}
    assert modes[desk.segment().name] == 0o600
    assert modes["audit.key"] == 0o600


def test_threads_and_logs_share_one_chain(desk: Desk) -> None:
    logs = [desk.open() for _ in range(4)]

    def several(number: int) -> None:
        for turn in range(5):
            with logs[number % 4].act("sync", f"{number}-{turn}"):
                pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(several, range(8)))
    report = desk.verify()
    assert (report.holds, report.entries, report.unfinished) == (True, 80, [])


def test_a_line_that_a_crash_tore_is_moved_out_and_told(desk: Desk) -> None:
    desk.write("one")
    with desk.segment().open("ab") as stream:
        stream.write(b'{"half":')
    desk.write("two")
    verbs = [entry.verb for entry in desk.open().entries()]
    assert verbs == ["datasource.pause"] * 2 + ["audit.torn"] + ["datasource.pause"] * 2
    assert [file.read_bytes() for file in desk.log_folder.glob("torn-*")] == [b'{"half":']
    assert desk.verify().holds


def test_nothing_is_added_to_an_end_that_was_changed(desk: Desk) -> None:
    desk.write("one")
    raw = desk.segment().read_bytes()
    desk.segment().write_bytes(raw.replace(b'"result":"done"', b'"result":"dont"'))
    with pytest.raises(Refused, match="was changed"):
        desk.write("two")


def test_a_line_that_is_no_entry_is_named(desk: Desk) -> None:
    desk.write("one")
    desk.segment().write_bytes(desk.segment().read_bytes() + b"{}\n")
    with pytest.raises(Stop, match="line 3 of the audit log"):
        list(desk.open().entries())


def test_a_new_month_begins_a_new_file_and_seals_the_old_one(desk: Desk) -> None:
    desk.write("march")
    desk.now += timedelta(days=30)
    desk.write("april")
    first, second = sorted(desk.log_folder.glob("log-*.jsonl"))
    assert (first.name, second.name) == ("log-000000000001-2026-03.jsonl", "log-000000000003-2026-04.jsonl")
    assert stat.S_IMODE(first.stat().st_mode) == 0o400
    assert desk.verify().holds


def test_only_what_is_older_than_twelve_months_is_dropped(desk: Desk) -> None:
    for _ in range(15):
        desk.write("a month")
        desk.now += timedelta(days=31)
    log = desk.open()
    with pytest.raises(Refused, match="twelve months"):
        log.chain.drop_older(timedelta(days=365))
    assert log.chain.drop_older() == 8
    report = desk.verify()
    assert (report.holds, report.first) == (True, 9), report.problem
    oldest = next(iter(desk.open().entries()))
    assert desk.now - oldest.at < timedelta(days=366)
    assert log.chain.drop_older() == 0


def test_a_file_that_is_gone_too_early_is_missed(desk: Desk) -> None:
    for _ in range(3):
        desk.write("a month")
        desk.now += timedelta(days=31)
    min(desk.log_folder.glob("log-*.jsonl")).unlink()
    report = desk.verify()
    assert (report.holds, report.first_bad) == (False, 1)


def test_a_second_place_that_is_away_is_told_and_tried_again(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.checkpoints.write_text("a file where a folder should be")
    desk.write("one")
    assert "no checkpoint can be kept there" in caplog.text
    assert [entry.verb for entry in desk.open().entries()][-1] == "audit.checkpoint_missing"
    desk.checkpoints.unlink()
    desk.write("two")
    assert (desk.verify().holds, desk.verify().guarded) == (True, 5)


def test_a_checkpoint_comes_every_fifty_lines_without_a_close(desk: Desk) -> None:
    log = desk.open()
    for number in range(60):
        log.event("door.refuse", f"datasource {number}")
    assert [file.name for file in desk.checkpoints.glob("checkpoint-*")] == ["checkpoint-000000000050.json"]


def test_a_key_that_others_can_read_signs_nothing(desk: Desk) -> None:
    desk.write("one")
    (desk.root / "keys" / "audit.key").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        desk.open()


def test_checkpoints_beside_the_log_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from resources.audit.checkpoints import place_of  # noqa: PLC0415 -- only here
    from resources.settings import Settings  # noqa: PLC0415 -- only here

    for place in (home / "audit", home / "audit" / "inside"):
        monkeypatch.setenv("IGNYTE_AUDIT_CHECKPOINTS", str(place))
        with pytest.raises(Problem, match="log's own folder"):
            place_of(Settings())
