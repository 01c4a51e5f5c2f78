"""A statement without evidence is noticed: a test that is not there, a command that is not, a check that fails."""

import pytest

from ignyte_pipelines.desk.evidence import Claim, faults, is_command, is_test
from ignyte_pipelines.desk.promises import PROMISES

HERE = "tests/ignyte_pipelines/desk/test_evidence.py"
HELD = {"all is well": "holds"}


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        (Claim(text="x", tests=(f"{HERE}::test_a_fault_is_counted",), checks=("all is well",)), 0),
        (Claim(text="x", tests=(f"{HERE}::*",), commands=("ignyte audit verify", "make test")), 0),
        (Claim(text="x", tests=(f"{HERE}::test_that_is_not",)), 1),
        (Claim(text="x", tests=("tests/nowhere.py::*",)), 1),
        (Claim(text="x", checks=("nobody knows",)), 1),
        (Claim(text="x", commands=("ignyte audit", "ignyte nothing", "make nothing", "rm x")), 4),
        (Claim(text="x", code=("resources/door", "resources/nothing.py")), 1),
    ],
)
def test_a_fault_is_counted(claim: Claim, count: int) -> None:
    assert len(list(faults([claim], HELD))) == count


def test_a_broken_check_is_a_fault() -> None:
    assert list(faults([Claim(text="x", checks=("all is well",))], {"all is well": "broken"}))


def test_a_test_in_a_class_or_a_state_machine_counts_and_a_helper_does_not() -> None:
    assert not is_test("tests/merchant.py::*")
    assert not is_test(f"{HERE}::HELD")
    assert is_command("ignyte datasource disconnect")


def test_each_promise_has_code_a_test_and_a_command_that_are_there() -> None:
    assert [each.number for each in PROMISES] == list(range(1, 17))
    for each in PROMISES:
        assert each.kept.code, each.number
        assert each.kept.tests, each.number
        assert each.kept.commands, each.number
        without_checks = Claim(
            text=each.kept.text, tests=each.kept.tests, commands=each.kept.commands, code=each.kept.code
        )
        assert list(faults([without_checks], {})) == []
