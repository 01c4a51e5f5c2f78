"""Leases: never two where one must be alone, also between processes."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.pool import Pool

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Lease, LeaseMode

TTL = timedelta(seconds=60)
SHARED, EXCLUSIVE = LeaseMode.SHARED, LeaseMode.EXCLUSIVE


def test_shared_holders_go_together_and_an_exclusive_one_alone(plane: ControlPlane, now: datetime) -> None:
    first = plane.leases.acquire("file", SHARED, "a", now, TTL)
    second = plane.leases.acquire("file", SHARED, "b", now, TTL)
    assert first
    assert second
    assert plane.leases.acquire("file", EXCLUSIVE, "c", now, TTL) is None
    plane.leases.release(first)
    plane.leases.release(second)
    alone = plane.leases.acquire("file", EXCLUSIVE, "c", now, TTL)
    assert alone
    assert alone.token > second.token > first.token
    assert plane.leases.acquire("file", SHARED, "a", now, TTL) is None
    assert plane.leases.acquire("another file", EXCLUSIVE, "a", now, TTL)


def test_a_crashed_owners_lease_runs_out(plane: ControlPlane, now: datetime) -> None:
    crashed = plane.leases.acquire("file", EXCLUSIVE, "a", now, TTL)
    assert crashed
    assert plane.leases.acquire("file", EXCLUSIVE, "b", now + TTL - timedelta(seconds=1), TTL) is None
    assert plane.leases.acquire("file", EXCLUSIVE, "b", now + TTL, TTL)
    assert not plane.leases.holds(crashed, now + TTL)
    assert plane.leases.renew(crashed, now + TTL, TTL) is None


def test_a_renewed_lease_lasts_and_a_released_one_is_gone(plane: ControlPlane, now: datetime) -> None:
    lease = plane.leases.acquire("file", EXCLUSIVE, "a", now, TTL)
    assert lease
    longer = plane.leases.renew(lease, now + TTL / 2, TTL)
    assert longer
    assert plane.leases.holds(longer, now + TTL)
    plane.leases.release(longer)
    assert not plane.leases.holds(longer, now)
    plane.leases.release(longer)


def test_of_many_threads_one_wins(plane: ControlPlane, now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: plane.leases.acquire("file", EXCLUSIVE, str(n), now, TTL), range(16)))
    assert len([lease for lease in won if lease]) == 1


def count_up(job: tuple[str, str, int]) -> int:
    """Adds 1 to the number in a file `times` over, under the lease; a lost update shows in the sum."""
    url, path, times = job
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with ControlPlane(url) as plane:
        for _ in range(times):
            while not (lease := plane.leases.acquire("counter", EXCLUSIVE, "worker", now, TTL)):
                pass
            with open(path) as file:  # noqa: PTH123 -- short
                number = int(file.read())
            with open(path, "w") as file:  # noqa: PTH123 -- short
                file.write(str(number + 1))
            plane.leases.release(lease)
    return times


@pytest.mark.slow
def test_two_processes_never_hold_it_together(
    url: str, plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert plane
    counter = tmp_path_factory.mktemp("count") / "number"
    counter.write_text("0")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert isinstance(pool, Pool)
        done = pool.map(count_up, [(url, str(counter), 40)] * 2, chunksize=1)
        pool.close()
        pool.join()
    assert int(counter.read_text()) == sum(done) == 80


class Leasing(RuleBasedStateMachine):
    """Any order of acquiring, renewing, releasing and time, against a list of who holds."""

    plane: ControlPlane
    numbers: "list[int]"

    def __init__(self) -> None:
        super().__init__()
        self.numbers.append(0)
        self.name = f"file {len(self.numbers)}"
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.all: list[Lease] = []
        self.held: dict[int, Lease] = {}

    def standing(self) -> list[Lease]:
        return [lease for lease in self.held.values() if lease.expires_at > self.now]

    @rule(mode=st.sampled_from(LeaseMode), seconds=st.integers(1, 90))
    def acquire(self, mode: LeaseMode, seconds: int) -> None:
        modes = {lease.mode for lease in self.standing()}
        free = not modes or (modes == {SHARED} and mode == SHARED)
        lease = self.plane.leases.acquire(self.name, mode, "me", self.now, timedelta(seconds=seconds))
        assert (lease is not None) == free
        if lease:
            assert all(lease.token > old.token for old in self.all)
            self.all.append(lease)
            self.held[lease.token] = lease

    @rule(data=st.data(), seconds=st.integers(1, 90))
    def renew(self, data: st.DataObject, seconds: int) -> None:
        if self.all:
            lease = data.draw(st.sampled_from(self.all))
            longer = self.plane.leases.renew(lease, self.now, timedelta(seconds=seconds))
            assert (longer is not None) == (lease.token in {one.token for one in self.standing()})
            if longer:
                self.held[lease.token] = longer

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        if self.all:
            lease = data.draw(st.sampled_from(self.all))
            self.plane.leases.release(lease)
            self.held.pop(lease.token, None)

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def exactly_the_standing_ones_hold(self) -> None:
        standing = {lease.token for lease in self.standing()}
        holds = {lease.token for lease in self.all if self.plane.leases.holds(lease, self.now)}
        assert holds == standing
        assert len(standing) <= 1 or {lease.mode for lease in self.standing()} == {SHARED}


def test_leases_hold_in_any_order_of_events(plane: ControlPlane) -> None:
    machine = type("Leasing", (Leasing,), {"plane": plane, "numbers": []})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
