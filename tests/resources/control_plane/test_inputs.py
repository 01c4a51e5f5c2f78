"""What people give: uploads are whole, history stays, and it all goes with the workspace."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest

from resources.control_plane import ControlPlane
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.inputs import Cost, Rate, Upload, UploadKind
from resources.errors import Refused, Stop

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


def cost(line: int, sku: str, amount: str, day: date) -> Cost:
    return Cost(line=line, sku=sku, product_id=None, cost=Decimal(amount), currency="USD", effective_from=day)


def add(
    plane: ControlPlane, workspace: Workspace, rows: Sequence[Cost] | Sequence[Rate], now: datetime, name: str = "a.csv"
) -> Upload:
    kind = UploadKind.RATES if isinstance(rows[0], Rate) else UploadKind.COSTS
    said = {"file_name": name, "sha256": "0" * 64, "uploaded_by": "ann"}
    return plane.inputs.add(workspace.id, kind, rows, rows_left_out=2, now=now, **said)


def test_costs_come_back_exact_with_their_file(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    upload = add(plane, workspace, [cost(3, "B", "0.100001", MARCH), cost(2, "A", "1234567.10", JANUARY)], now)
    found = plane.inputs.costs(workspace.id)
    assert [(each.cost.sku, each.cost.cost, each.cost.effective_from) for each in found] == [
        ("A", Decimal("1234567.10"), JANUARY),
        ("B", Decimal("0.100001"), MARCH),
    ]
    assert {each.upload for each in found} == {upload}
    assert (upload.rows, upload.rows_left_out, upload.uploaded_at) == (2, 2, now)


def test_a_later_file_adds_and_never_restates(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    first = add(plane, workspace, [cost(2, "A", "4.20", JANUARY)], now)
    second = add(plane, workspace, [cost(2, "A", "4.60", MARCH)], now, "b.csv")
    with pytest.raises(Stop):
        add(plane, workspace, [cost(2, "B", "1", JANUARY), cost(3, "A", "9.99", JANUARY)], now, "c.csv")
    assert [str(each.cost.cost) for each in plane.inputs.costs(workspace.id)] == ["4.20", "4.60"]
    assert [each.id for each in plane.inputs.uploads(workspace.id)] == sorted([first.id, second.id])


def test_a_file_is_withdrawn_whole_and_only_by_its_own_workspace(
    plane: ControlPlane, workspace: Workspace, now: datetime
) -> None:
    other = plane.workspaces.create("Southwind", now=now)
    upload = add(plane, workspace, [cost(2, "A", "4.20", JANUARY), cost(3, "B", "1", JANUARY)], now)
    for place, kind in ((other, UploadKind.COSTS), (workspace, UploadKind.RATES)):
        with pytest.raises(Refused):
            plane.inputs.withdraw(place.id, upload.id, kind)
    assert plane.inputs.withdraw(workspace.id, upload.id, UploadKind.COSTS) == upload
    assert plane.inputs.costs(workspace.id) == []
    add(plane, workspace, [cost(2, "A", "4.40", JANUARY)], now)


def test_two_workspaces_may_say_different_things(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    other = plane.workspaces.create("Southwind", now=now)
    add(plane, workspace, [cost(2, "A", "4.20", JANUARY)], now)
    add(plane, other, [cost(2, "A", "7.00", JANUARY)], now)
    assert [each.cost.cost for each in plane.inputs.costs(other.id)] == [Decimal("7.00")]


def test_rates_come_back_exact(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    rate = Rate(line=2, day=MARCH, from_currency="EUR", to_currency="USD", rate=Decimal("1.083712345"))
    add(plane, workspace, [rate], now)
    assert [each.rate for each in plane.inputs.rates(workspace.id)] == [rate]
    with pytest.raises(Stop):
        add(plane, workspace, [rate], now)


def test_a_target_is_set_replaced_and_removed(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    plane.inputs.set_target(workspace.id, "net_sales", date(2026, 3, 14), Decimal(100), "ann", now)
    plane.inputs.set_target(workspace.id, "net_sales", MARCH, Decimal("120.5"), "ben", now)
    (found,) = plane.inputs.targets(workspace.id)
    assert (found.month, found.target, found.set_by) == (MARCH, Decimal("120.5"), "ben")
    plane.inputs.remove_target(workspace.id, "net_sales", MARCH)
    assert plane.inputs.targets(workspace.id) == []
    with pytest.raises(Refused):
        plane.inputs.remove_target(workspace.id, "net_sales", MARCH)


def test_all_of_it_goes_with_the_workspace(plane: ControlPlane, workspace: Workspace, now: datetime) -> None:
    other = plane.workspaces.create("Southwind", now=now)
    rate = Rate(line=2, day=MARCH, from_currency="EUR", to_currency="USD", rate=Decimal("1.08"))
    for place in (workspace, other):
        add(plane, place, [cost(2, "A", "4.20", JANUARY)], now)
        add(plane, place, [rate], now)
        plane.inputs.set_target(place.id, "orders", MARCH, Decimal(10), "ann", now)
    plane.workspaces.mark(workspace.id, WorkspaceState.CANCELLED, now)
    assert len(plane.inputs.uploads(workspace.id)) == 2
    plane.workspaces.mark(workspace.id, WorkspaceState.DELETED, now)
    left = plane.inputs
    assert [left.uploads(workspace.id), left.costs(workspace.id), left.rates(workspace.id)] == [[], [], []]
    assert left.targets(workspace.id) == []
    assert [len(left.uploads(other.id)), len(left.costs(other.id)), len(left.targets(other.id))] == [2, 1, 1]
