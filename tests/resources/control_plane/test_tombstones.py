"""Tombstones: one a subject, numbered in the order in which they were set, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from resources.control_plane import ControlPlane


def test_they_are_numbered_one_a_subject(plane: ControlPlane, now: datetime) -> None:
    here, there = (plane.workspaces.create(name, now=now).id for name in ("Here", "There"))

    def add(place: str, subject: str) -> int:
        stone = plane.tombstones.add(workspace_id=place, kind="datasource", subject=subject, act_id="act_1", now=now)
        return stone.generation

    assert [add(here, "ds_1"), add(here, "ds_2"), add(here, "ds_1"), add(there, "ds_1")] == [1, 2, 1, 1]
    assert [each.subject for each in plane.tombstones.of(here)] == ["ds_1", "ds_2"]
    assert [each.subject for each in plane.tombstones.of(here, above=1)] == ["ds_2"]


def test_two_at_once_get_two_numbers(plane: ControlPlane, now: datetime) -> None:
    here = plane.workspaces.create("Here", now=now).id

    def add(number: int) -> int:
        subject = f"ds_{number}"
        return plane.tombstones.add(
            workspace_id=here, kind="datasource", subject=subject, act_id="act", now=now
        ).generation

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(8))) == list(range(1, 9))


def test_something_destroyed_wants_a_build(plane: ControlPlane, now: datetime) -> None:
    here = plane.workspaces.create("Here", now=now).id
    assert plane.due.build_wanted(here) is None
    plane.tombstones.add(workspace_id=here, kind="datasource", subject="ds_1", act_id="act_1", now=now)
    assert plane.due.build_wanted(here) == now
