"""AWS KMS with its real strictness: states, windows, versions, contexts; and what our body makes of them."""

from collections.abc import Iterator

import pytest
from strict_kms import Objection, StrictKms, strict_kms

from resources.errors import Problem, Stop, TryLater
from resources.vault.aws import AwsKms

CONTEXT = {"workspace": "ws_1", "datasource": "metrics", "generation": "3"}
pytestmark = pytest.mark.usefixtures("pretend_aws")


@pytest.fixture
def aws(pretend_aws: None) -> Iterator[StrictKms]:
    assert pretend_aws is None
    with strict_kms() as strict:
        yield strict


def test_a_disabled_or_dying_key_opens_nothing_and_an_enabled_one_does_again(aws: StrictKms) -> None:
    key = aws.new_key()
    kms = AwsKms(key, endpoint_url=aws.url)
    plain, wrapped = kms.generate_data_key(CONTEXT)
    aws.disable(key)
    for use in (lambda: kms.unwrap(wrapped, CONTEXT), lambda: kms.generate_data_key(CONTEXT), kms.rotate):
        with pytest.raises(Stop, match="DisabledException"):
            use()
    aws.enable(key)
    assert kms.unwrap(wrapped, CONTEXT).for_duckdb() == plain.for_duckdb()
    aws.schedule_deletion(key, 7)
    with pytest.raises(Stop, match="KMSInvalidStateException"):
        kms.unwrap(wrapped, CONTEXT)
    aws.pass_days(7)
    with pytest.raises(Stop, match="InvalidCiphertext"):
        kms.unwrap(wrapped, CONTEXT)


@pytest.mark.parametrize("days", [0, 1, 6, 31])
def test_no_key_goes_sooner_than_a_week(aws: StrictKms, days: int) -> None:
    with pytest.raises(Objection):
        aws.schedule_deletion(aws.new_key(), days)


def test_contexts_are_told_apart_that_moto_takes_for_one(aws: StrictKms) -> None:
    kms = AwsKms(aws.new_key(), endpoint_url=aws.url)
    _, wrapped = kms.generate_data_key({"a": "bc"})
    assert kms.unwrap(wrapped, {"a": "bc"})
    for other in ({"ab": "c"}, {}, {"a": "bc", "d": ""}, {"a": "BC"}):
        with pytest.raises(Stop, match="InvalidCiphertext"):
            kms.unwrap(wrapped, other)


def test_a_rotation_wraps_by_a_new_version_and_rewrapping_moves_over(aws: StrictKms) -> None:
    key = aws.new_key()
    kms = AwsKms(key, endpoint_url=aws.url)
    plain, wrapped = kms.generate_data_key(CONTEXT)
    kms.rotate()
    assert len(aws.keys[key].backing) == 2
    moved = kms.rewrap(wrapped, CONTEXT)
    assert (
        wrapped.startswith(aws.keys[key].backing[0].encode()),
        moved.startswith(aws.keys[key].backing[1].encode()),
    ) == (
        True,
        True,
    )
    assert kms.unwrap(wrapped, CONTEXT).for_duckdb() == kms.unwrap(moved, CONTEXT).for_duckdb() == plain.for_duckdb()
    # the plain key did not leave the service for it
    assert aws.calls[-3] == "ReEncrypt"


def test_another_key_takes_over_while_the_old_one_still_opens(aws: StrictKms) -> None:
    old, new = aws.new_key(), aws.new_key()
    plain, wrapped = AwsKms(old, endpoint_url=aws.url).generate_data_key(CONTEXT)
    with pytest.raises(Stop, match="IncorrectKey"):
        AwsKms(new, endpoint_url=aws.url).unwrap(wrapped, CONTEXT)
    kms = AwsKms(new, older=[old], endpoint_url=aws.url)
    assert kms.unwrap(wrapped, CONTEXT).for_duckdb() == plain.for_duckdb()
    with pytest.raises(TryLater, match="still needed"):
        kms.retire(lambda: [(wrapped, CONTEXT)])
    kms.rotate()
    assert len(aws.keys[new].backing) == 1
    moved = kms.rewrap(wrapped, CONTEXT)
    assert kms.retire(lambda: [(moved, CONTEXT)]) == 0
    aws.schedule_deletion(old, 30)
    assert AwsKms(new, endpoint_url=aws.url).unwrap(moved, CONTEXT).for_duckdb() == plain.for_duckdb()


def test_what_can_not_be_rewrapped_stays(aws: StrictKms) -> None:
    kms = AwsKms(aws.new_key(), endpoint_url=aws.url)
    _, wrapped = kms.generate_data_key(CONTEXT)
    with pytest.raises(Problem):
        kms.rewrap(wrapped, CONTEXT | {"generation": "4"})
    assert kms.unwrap(wrapped, CONTEXT)
