"""The marts over hand-made rows, calculated by the real dbt and compared with figures worked out on paper."""

from decimal import Decimal
from typing import Any

import pytest
from pretend_shop import ALL_READ, CANARIES, READ, ROWS, ad_day
from pretend_workspace import Build, Built, Workspace, read_marts

from resources.dbt import DbtRunner
from resources.errors import Stop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def full(build: Build) -> Built:
    return build(Workspace(rows=ROWS, connected=ALL_READ))


@pytest.fixture(scope="module")
def elsewhere(build: Build) -> Built:
    """The same rows under another key, the shop read a day earlier."""
    return build(Workspace(rows=ROWS, connected={**ALL_READ, "shopify": "2026-03-29T14:00:00Z"}, key="another key"))


@pytest.fixture(scope="module")
def empty(runner: DbtRunner) -> Built:
    """A workspace without anything, and the project's unit tests, which see no data anyway."""
    marts: dict[str, list[dict[str, Any]]] = {}
    result = runner.build(
        Workspace().prepare, unit_tests=True, finish=lambda connection: marts.update(read_marts(connection))
    )
    return Built(result=result.or_stop(), marts=marts)


def test_every_figure_of_a_day(full: Built) -> None:
    day = full.day("2026-03-29")
    assert {name: day[name] for name in ("orders", "units", "new_customers", "returning_customers")} == {
        "orders": 2,
        "units": 4,
        "new_customers": 2,
        "returning_customers": 0,
    }
    expected = {
        "gross_sales": "30.03",
        "shipping": "5",
        "gross_revenue": "35.03",
        "discounts": "2",
        "refunds": "0",
        "net_sales": "33.03",
        "tax": "4",
        "aov": "16.515",
        "ad_spend": "12.50",
        "blended_cac": "6.25",
        "payment_charges": "37.03",
        "payment_fees": "1.37",
        "payments_net": "35.66",
    }
    assert {name: day[name] for name in expected} == {name: Decimal(text) for name, text in expected.items()}
    assert day["mer"] == pytest.approx(33.03 / 12.5)
    assert day["refund_rate"] == 0


def test_gift_cards_included_tax_void_and_foreign_orders(full: Built) -> None:
    day = full.day("2026-03-30")
    assert (day["orders"], day["sales_not_converted"]) == (3, 1)
    assert day["gross_sales"] == Decimal("110.00")
    assert (day["gift_card_sales"], day["tax"]) == (Decimal(25), Decimal("1.90"))
    # the guest with Anna's address is Anna, who had bought before, and so had Bob
    assert (day["new_customers"], day["returning_customers"]) == (1, 2)


def test_rates_costs_goals_and_the_fiscal_year(build: Build) -> None:
    given = Workspace(
        rows=ROWS,
        connected=ALL_READ,
        fiscal_year_start=4,
        fx_rates=[("2026-03-25", "USD", "EUR", Decimal("0.9"), "a bank")],
        costs=[("S1", None, Decimal(2), None, "2026-01-01", "costs of anna@example.com.csv", READ)],
        metric_targets=[("orders", "2026-03-01", Decimal(31)), ("no_such", "2026-03-01", Decimal(1))],
    )
    built = build(given)
    day = built.day("2026-03-30")
    assert (day["gross_sales"], day["sales_not_converted"]) == (Decimal("110.00") + Decimal("63.00"), 0)
    assert (day["fiscal_year"], day["fiscal_quarter"], day["fiscal_month"]) == (2026, 4, 12)
    profits = {str(row["day"]): row for row in built.marts["profit_by_date"]}
    assert (profits["2026-03-30"]["cost_status"], profits["2026-03-30"]["gross_profit"]) == ("no cost data", None)
    goals = {row["metric"]: row for row in built.marts["targets_by_month"]}
    # the days before the shop began are unknown, so nothing can be said of the whole month
    assert (goals["orders"]["days_over"], goals["orders"]["actual"]) == (30, None)
    assert goals["orders"]["scaled_target"] == pytest.approx(30)
    assert goals["no_such"]["is_comparable"] is False


def test_a_refund_falls_on_its_own_day_and_leaves_the_order_where_it_was(full: Built) -> None:
    day = full.day("2026-03-31")
    assert (day["orders"], day["refunds"], day["net_sales"]) == (0, Decimal(10), Decimal(-10))
    assert (day["aov"], day["refund_rate"], day["mer"]) == (None, None, None)
    assert day["sales_coverage"] == day["ads_coverage"] == "partial"
    assert day["ad_spend"] == 0


def test_customers_hold_what_the_orders_hold(full: Built) -> None:
    customers = {row["lifetime_revenue"]: row for row in full.marts["customers"]}
    assert sorted(customers) == [Decimal(0), Decimal(10), Decimal("123.03")]
    anna = customers[Decimal("123.03")]
    assert (anna["orders"], str(anna["first_order_on"]), str(anna["last_order_on"])) == (2, "2026-03-29", "2026-03-30")
    assert anna["recency_days"] == 1
    assert customers[Decimal(0)]["orders_not_converted"] == 1


def test_paid_media_counts_the_spend_once(full: Built) -> None:
    media = full.marts["paid_media_by_date"]
    assert sum(row["spend"] for row in media) == Decimal("19.75")
    best = next(row for row in media if row["campaign_id"] == "c1" and str(row["day"]) == "2026-03-29")
    assert (best["roas"], best["cpa"], best["ctr"]) == (4.0, Decimal(10), 0.05)
    assert best["campaign_name"] == "Spring, ask (e-mail)"


def test_no_mart_holds_anything_of_a_person(full: Built) -> None:
    assert any("anna" in str(row["email"]).lower() for row in ROWS["shopify.orders"] if "email" in row)
    shown = repr(full.marts)
    assert [canary for canary in CANARIES if canary.lower() in shown.lower()] == []


def customer_keys(built: Built) -> set[str]:
    return {row["customer_key"] for row in built.marts["customers"]}


def test_the_same_person_has_another_key_in_another_workspace(build: Build, full: Built, elsewhere: Built) -> None:
    ours, theirs = customer_keys(full), customer_keys(elsewhere)
    assert len(ours) == len(theirs) == 3
    assert not ours & theirs
    again = build(Workspace(rows=ROWS, connected=ALL_READ))
    assert again.marts == full.marts


def test_a_workspace_without_anything(empty: Built) -> None:
    assert empty.result.warnings == ()
    words = {"metric_catalog", "metric_columns"}
    assert {mart for mart, rows in empty.marts.items() if rows} == words
    assert len(empty.marts["metric_catalog"]) > 100


@pytest.mark.parametrize("missing", ["shopify", "meta_ads", "stripe"])
def test_a_workspace_without_one_platform(build: Build, full: Built, missing: str) -> None:
    rows = {name: rows for name, rows in ROWS.items() if not name.startswith(f"{missing}.")}
    built = build(Workspace(rows=rows, connected={key: when for key, when in ALL_READ.items() if key != missing}))
    assert built.result.warnings == ()
    lost = {
        "shopify": ("orders", "gross_sales", "net_sales", "refunds", "new_customers", "aov", "mer"),
        "meta_ads": ("ad_spend", "mer", "blended_cac", "ad_rows_not_converted"),
        "stripe": ("payment_charges", "payment_fees", "payments_net", "payment_refunds"),
    }[missing]
    day, before = built.day("2026-03-29"), full.day("2026-03-29")
    assert {name: day[name] for name in lost} == dict.fromkeys(lost)
    kept = set(day) - set(lost) - {"sales_coverage", "ads_coverage", "payments_coverage", "calculated_at"}
    if missing == "shopify":
        kept &= {"ad_spend", "payment_charges"}
    if missing == "stripe":
        kept -= {"payments_not_converted"}
    assert {name: day[name] for name in kept} == {name: before[name] for name in kept}
    # that they differ elsewhere is due to the key alone, and not to what else is read
    assert customer_keys(built) == (customer_keys(full) if missing != "shopify" else set())
    statuses = {row["status"] for row in built.marts["coverage_by_date"] if row["platform"] == missing}
    assert statuses == {"not_connected"}


def test_days_after_the_last_sync_are_unknown_not_zero(elsewhere: Built) -> None:
    assert [elsewhere.day(f"2026-03-{day}")["sales_coverage"] for day in (29, 30)] == ["partial", "missing"]
    assert elsewhere.day("2026-03-30")["orders"] is None


def test_a_session_without_a_key_builds_nothing(runner: DbtRunner) -> None:
    result = runner.build(Workspace(rows=ROWS, connected=ALL_READ, key=None).prepare)
    with pytest.raises(Stop, match="surrogate key"):
        result.or_stop()


def test_a_personal_value_in_a_mart_stops_the_build(runner: DbtRunner) -> None:
    ids = {"campaign_id": "anna@example.com"}
    rows = {**ROWS, "meta_ads.campaign_daily": [ad_day(ids, "2026-03-29", "1.00", 0)]}
    result = runner.build(Workspace(rows=rows, connected=ALL_READ).prepare)
    assert [test.name for test in result.failed if test.status == "fail"] == [
        "holds_no_personal_column_paid_media_by_date_"
    ]
    with pytest.raises(Stop) as stopped:
        result.or_stop()
    assert "anna@" not in str(stopped.value)


def test_every_unit_test_of_the_project_passes(runner: DbtRunner, empty: Built) -> None:
    assert empty.result.warnings == ()
    units = [test for test in empty.result.tests if test.unique_id.startswith("unit_test.")]
    assert len(units) == len(runner.parse().unit_tests) > 0
