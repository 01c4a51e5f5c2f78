"""A limit of age carried out: old rows leave file and metrics for good, as if they had never been there."""

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import NOW, another, calculated, change, differing, opened, raw, source

from assets.loading import sync
from assets.privacy.plan import Act
from assets.privacy.retention import RETENTION, carry_on, carry_out, planned
from resources.control_plane.facts import FileState, Workspace
from resources.control_plane.privacy_facts import Rule
from resources.stores import Stores
from resources.warehouse.metrics import build
from resources.warehouse.sources import open_for_reading

pytestmark = pytest.mark.slow
LIMIT = 12
PLACED = NOW - dt.timedelta(days=LIMIT)
# by hand, and in another way than the product's: an old order, and what belongs to it however far down
_OLD = f"(SELECT id FROM orders WHERE date_diff('millisecond', created_at, TIMESTAMPTZ '{PLACED.isoformat()}') > 0)"
BY_HAND = [
    f"DELETE FROM refund_lines USING refunds AS r WHERE refund_id = r.id AND r.order_id IN {_OLD}",
    *(
        f"DELETE FROM {name} WHERE order_id IN {_OLD}"
        for name in ("refunds", "order_lines", "order_discounts", "transactions", "fulfilments")
    ),
    f"DELETE FROM orders WHERE id IN {_OLD}",
]
CHILD = """
import os, signal
from assets.privacy import retention
from resources.stores import open_stores
setattr(retention, "recalculate", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
with open_stores() as stores:
    retention.carry_out(stores, retention.planned(stores))
"""


@pytest.fixture(scope="module")
def read(whole_home: Path) -> Path:
    """A home with the brand's shops, not calculated yet, and the brand's own rule for Shopify's orders."""
    return limited(whole_home, "ages")


@pytest.fixture(scope="module")
def shop(calculated_home: Path) -> Path:
    """The same, calculated."""
    return limited(calculated_home, "ages-calculated")


def limited(home: Path, name: str) -> Path:
    copy = another(home, name)
    with opened(copy) as (stores, workspace):
        limit(stores, workspace)
    return copy


def limit(stores: Stores, workspace: Workspace) -> None:
    why = "what the brand's own policy says"
    rule = Rule(workspace_id=workspace.id, platform="shopify", stream="orders", days=LIMIT, reason=why, set_at=NOW)
    stores.plane.rules.put(rule)


def test_old_rows_go_from_file_and_metrics_as_if_they_had_never_been(shop: Path) -> None:
    with opened(another(shop, "never")) as (there, same):
        change(there, same, "shopify", BY_HAND)
        build(there, same)
        expected_rows, expected = raw(there, same), calculated(there, same)
    with opened(another(shop, "cut")) as (stores, workspace):
        made = source(stores, workspace, "shopify")
        before, all_days = raw(stores, workspace), calculated(stores, workspace)
        standing = [file for file in stores.plane.files.of(workspace.id) if file.state is not FileState.DELETED]
        old_files = [file for file in standing if file.datasource_id in (made.id, None)]
        plan = planned(stores)
        assert {item.stream for item in plan.todo} >= {"orders", "order_lines", "transactions"}
        assert all(item.marts for item in plan.todo)

        done = carry_out(stores, plan)
        assert [each.line for each in done] == [item.line(done=True) for item in plan.items]
        after = raw(stores, workspace)
        assert differing(after, expected_rows) == []
        cut = {f"shopify.{each.item.stream}": each.item.rows for each in done if each.item.act is Act.CUT}
        assert cut == {name: len(before[name]) - len(after[name]) for name in before if before[name] != after[name]}
        found = calculated(stores, workspace)
        assert differing(found, expected) == []
        assert {"brand_metrics_by_date", "customers", "sales_by_product"} <= set(differing(found, all_days))

        # and somebody who did not do it looked afterwards
        assert [each.kind for each in stores.plane.certificates.all(workspace.id)] == ["retention"]

        # every older copy is gone, and so is its key
        keys = {record.id: record for record in stores.plane.keys.of(workspace.id)}
        assert all(keys[file.key_id].wrapped is None for file in old_files)
        steps = stores.plane.requests.steps(f"retention {workspace.id} {NOW:%Y-%m-%d}")
        assert set(steps) == {f"rewritten {made.id}", "rebuilt"}
        assert steps[f"rewritten {made.id}"].facts["rows"] == str(sum(value or 0 for value in cut.values()))

        # once is enough
        generation = stores.plane.files.current_source(made.id)
        assert planned(stores).items == ()
        assert carry_out(stores, planned(stores)) == []
        assert stores.plane.files.current_source(made.id) == generation


def test_reading_everything_anew_brings_no_old_row_back(read: Path) -> None:
    with opened(another(read, "anew")) as (stores, workspace):
        carry_out(stores, planned(stores))
        orders = {row[0] for row in raw(stores, workspace)["shopify.orders"]}
        sync(stores, source(stores, workspace, "shopify"), full=True)
        left = planned(stores).todo
        # a refund's lines are read without their order, so what is left of an old one goes with the next run
        assert {item.stream for item in left} <= {"refund_lines"}
        assert {row[0] for row in raw(stores, workspace)["shopify.orders"]} == orders
        carry_out(stores, planned(stores))
        assert planned(stores).todo == ()


def test_amazon_s_rows_go_after_eighteen_months_without_anybody_s_word(read: Path) -> None:
    later = NOW + dt.timedelta(days=548 - 10)
    with opened(another(read, "later")) as (stores, workspace):
        object.__setattr__(stores, "clock", lambda: later)
        before = raw(stores, workspace)
        plan = planned(stores)
        amazon = [item for item in plan.todo if "amazon_seller" in item.what]
        assert {item.stream for item in amazon} >= {"orders", "order_items", "sales_traffic_daily"}
        assert all("18 months" in item.why for item in amazon)
        carry_out(stores, plan)
        after = raw(stores, workspace)
        with open_for_reading(stores, source(stores, workspace, "amazon_seller")) as file:
            query = "SELECT min(created_at), count(*) FROM source.raw_amazon_seller.orders"
            oldest, count = file.connection.execute(query).fetchone() or (None, 0)
        assert oldest is not None
        assert oldest >= NOW - dt.timedelta(days=10)
        assert 0 < count < len(before["amazon_seller.orders"])
        assert after["amazon_seller.marketplaces"] == before["amazon_seller.marketplaces"]


def test_what_a_crash_left_is_calculated_at_the_next_run(shop: Path) -> None:
    home = another(shop, "crashed")
    died = subprocess.run([sys.executable, "-c", CHILD], check=False, env={**os.environ, "IGNYTE_HOME": str(home)})  # noqa: S603 -- our own
    assert died.returncode == -signal.SIGKILL
    with opened(home) as (stores, workspace):
        published = stores.plane.files.published(workspace.id)
        assert stores.audit.left_open(RETENTION)
        assert carry_on(stores) == 1
        assert carry_on(stores) == 0
        assert stores.plane.files.published(workspace.id) != published
        oldest = min(row[1] for row in calculated(stores, workspace)["customers"])
        assert oldest >= (PLACED - dt.timedelta(days=1)).date()  # type: ignore[operator]


def test_a_held_workspace_keeps_everything(shop: Path) -> None:
    with opened(another(shop, "held")) as (stores, workspace):
        before = stores.plane.files.of(workspace.id)
        free = planned(stores)
        stores.plane.workspaces.hold(workspace.id, "a lawsuit")
        held = carry_out(stores, planned(stores))
        assert {each.item.stream for each in held} >= {"orders", "order_lines"}
        assert all("did not cut" in each.line and "a lawsuit" in each.line for each in held)
        # and so does one that is held after the plan was made
        late = carry_out(stores, free)
        assert all(each.line.startswith("could not cut") and "a lawsuit" in each.problem for each in late)
        assert stores.plane.files.of(workspace.id) == before
