"""What Dagster is told when something goes wrong, and what it is never told."""

import traceback

import dagster as dg
import duckdb
import pytest
from dagster._utils.error import serializable_error_info_from_exc_info

from assets.failures import Guarded
from resources.errors import AskAgain, Problem, Refused, Stop, TryLater

CANARY = "anna.canary@example.com"


def raised(error: BaseException) -> dg.Failure:
    with pytest.raises(dg.Failure) as caught, Guarded():
        raise error
    return caught.value


def kept(failure: dg.Failure) -> str:
    """Everything that Dagster would store of it."""
    assert failure.__traceback__
    info = serializable_error_info_from_exc_info((type(failure), failure, failure.__traceback__))
    return f"{info.to_string()} {info.cause} {info.context} {failure.description} {failure.metadata}"


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (TryLater("it is busy.", to="a platform"), "try later"),
        (AskAgain("the grant is gone.", to="a platform", do_next="Reauthorize it."), "ask for access again"),
        (Refused("it is paused.", to="a datasource", do_next="Resume it."), "refused by a rule"),
        (Stop("the page is cut.", to="a platform", do_next="Sync again."), "stopped"),
    ],
)
def test_each_kind_of_problem_says_what_to_do(problem: Problem, words: str) -> None:
    failure = raised(problem)
    assert failure.description == f"{words}: {problem}"
    assert failure.metadata["do_next"].value == problem.trouble.do_next
    assert failure.metadata["what_to_do"].value == words


def test_a_problem_is_redacted_though_it_should_not_need_it() -> None:
    failure = raised(Stop(f"{CANARY} with Bearer abcdef123456 did not fit.", to="a page", do_next="Sync again."))
    assert CANARY not in kept(failure)
    assert "abcdef123456" not in kept(failure)
    assert "did not fit" in kept(failure)


def test_an_unforeseen_error_is_told_by_type_and_place_only() -> None:
    with pytest.raises(dg.Failure) as caught, Guarded():
        duckdb.execute("SELECT CAST(? AS INTEGER)", [CANARY])
    stored = kept(caught.value)
    assert CANARY not in stored
    assert "ConversionException" in stored
    assert "tests/assets/test_failures.py" in stored


def test_neither_cause_nor_context_comes_along() -> None:
    def failing() -> str:
        found: dict[str, str] = {}
        try:
            return found[CANARY]
        except KeyError as error:
            raise Stop("a field is missing.", to="a page", do_next="Sync again.") from error

    with pytest.raises(dg.Failure) as caught, Guarded():
        failing()
    assert CANARY not in kept(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_what_is_a_failure_already_stays_as_it_is() -> None:
    failure = dg.Failure(description="as it is")
    assert raised(failure) is failure


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_process_goes_through(kind: type[BaseException]) -> None:
    with pytest.raises(kind), Guarded():
        raise kind
