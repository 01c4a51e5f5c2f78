"""The marts against the truth: the same figures worked out from the synthetic brand by other code, to the cent."""

import datetime as dt
from collections import Counter

import pandas as pd
import pytest
import truth_channels as channels
import truth_sales as sales
from finished import RAISED, READ, TODAY, ZONE, Finished, same

pytestmark = pytest.mark.slow

YESTERDAY = TODAY - dt.timedelta(days=1)
# of brands and display ads, Amazon reports the last 60 days only
AMAZON_FORGETS = TODAY - dt.timedelta(days=60)


def multiset(rows: pd.DataFrame) -> Counter[tuple[object, ...]]:
    """How often each row occurs, whosever it is."""
    return Counter(map(tuple, rows.to_numpy().tolist()))


@pytest.fixture(scope="module")
def sold(finished: Finished) -> pd.DataFrame:
    return sales.orders(finished.world, ZONE)


@pytest.fixture(scope="module")
def back(finished: Finished, sold: pd.DataFrame) -> pd.DataFrame:
    return sales.refunds(finished.world, ZONE, sold.set_index("order_id")["buyer"])


def test_the_build_has_no_warning(finished: Finished) -> None:
    assert finished.warnings == ()


def test_sales_of_each_day(finished: Finished, sold: pd.DataFrame, back: pd.DataFrame) -> None:
    mart = finished.read(f"FROM brand_metrics_by_date WHERE sales_coverage {READ}", "day")
    names = {
        "orders": "orders",
        "units": "units",
        "gross_sales": "gross",
        "shipping": "shipping",
        "gross_revenue": "revenue",
        "discounts": "discounts",
        "refunds": "refunds",
        "net_sales": "net",
        "tax": "tax",
        "total_sales": "total",
    }
    truth = sales.by_day(sold, back)
    truth["total"] = truth["net"] + truth["tax"] - truth["tax_back"]
    assert (truth["refunds"] > 0).sum() > 20, "a world without refunds proves nothing of them"
    same(mart, truth, names, at_least=75)
    first = sold[sold["nth"] == 1].groupby("day").size().rename("new").to_frame()
    same(mart, first, {"new_customers": "new"}, at_least=75)
    aov = (truth["net"] / truth["orders"].where(truth["orders"] > 0)).reindex(mart.index)
    assert mart["aov"].astype(float).to_list() == pytest.approx((aov.round(2)).to_list(), abs=0.011, nan_ok=True)
    rate = truth["refunds"] / truth["revenue"].where(truth["revenue"] > 0)
    assert mart["refund_rate"].astype(float).to_list() == pytest.approx(rate.reindex(mart.index).to_list(), nan_ok=True)


@pytest.mark.parametrize("anchor", ["created", "paid", "fulfilled", "closed"])
def test_sales_on_each_date(finished: Finished, sold: pd.DataFrame, back: pd.DataFrame, anchor: str) -> None:
    column = "day" if anchor == "created" else f"{anchor}_day"
    mart = finished.read(f"FROM sales_by_date_anchor WHERE date_anchor = '{anchor}' AND coverage {READ}", "day")
    truth = sales.by_day(sold, back, column)
    same(mart, truth, {"orders": "orders", "gross_revenue": "revenue", "net_sales": "net"}, at_least=75)
    anchors = {name: set(sold[name].dropna()) for name in ("day", "paid_day", "fulfilled_day", "closed_day")}
    assert len({frozenset(days) for days in anchors.values()}) > 1


def test_sales_of_each_product_and_channel(finished: Finished, sold: pd.DataFrame) -> None:
    lines, returned = sales.lines(finished.world, ZONE), sales.returned_lines(finished.world, ZONE)
    mart = finished.read("FROM sales_by_product", "day", "sku")
    truth = lines.groupby(["day", "sku"])[["units", "gross", "discounts"]].sum()
    truth = truth.join(returned.groupby(["day", "sku"])[["refunds"]].sum(), how="outer").fillna(0)
    truth["revenue"] = truth["gross"] - truth["discounts"] - truth["refunds"]
    names = {"units": "units", "gross_sales": "gross", "discounts": "discounts", "refunds": "refunds"}
    same(mart, truth, {**names, "revenue": "revenue"}, at_least=500)
    shop = finished.read("FROM sales_by_channel WHERE channel = 'dtc'", "day", "sales_channel")
    grouped = sold.groupby(["day", "channel"])
    made = grouped[["gross"]].sum().assign(orders=grouped.size())
    same(shop, made, {"orders": "orders", "gross_sales": "gross"}, at_least=100)


def test_customers_and_whether_they_come_back(finished: Finished, sold: pd.DataFrame, back: pd.DataFrame) -> None:
    truth = sales.customers(sold, back)
    mart = finished.read("FROM customers")
    columns = ["first_order_on", "last_order_on", "orders", "lifetime_revenue"]
    # keys tell nothing, so the people are compared as a multiset
    assert multiset(mart[columns]) == multiset(truth[["first", "last", "orders", "lifetime"]])
    months = finished.read("SELECT strftime(month, '%Y-%m') AS since, * FROM repurchase_by_month", "since")
    for days in (30, 60, 90):
        again = sales.repurchases(sold, days, TODAY)
        again.index = again.index.astype(str)
        names = {f"customers_seen_{days}_days": "seen", f"repurchased_in_{days}_days": "again"}
        same(months, again, names, at_least=4)
    wanted = sales.scores(sold, back, TODAY)
    found = finished.read("FROM rfm_customers")
    assert multiset(found[["recency_score", "frequency_score", "monetary_score"]]) == multiset(wanted[["r", "f", "m"]])


def test_cohorts(finished: Finished, sold: pd.DataFrame, back: pd.DataFrame) -> None:
    mart = finished.read(
        "SELECT strftime(cohort_month, '%Y-%m') AS cohort, * FROM cohorts_by_month", "cohort", "months_since"
    )
    truth = sales.cohorts(sold, back)
    same(mart, truth, {"active_customers": "active", "orders": "orders", "revenue": "kept"}, at_least=10)


def test_profit(finished: Finished, sold: pd.DataFrame, back: pd.DataFrame) -> None:
    lines, variants = sales.lines(finished.world, ZONE), finished.world.variants
    costs = {variant.sku: variant.cost for variant in variants}
    dearer = lines["day"] >= RAISED
    lines["cogs"] = lines["units"] * (lines["sku"].map(costs) + dearer * 10)
    lines["unknown"] = (lines["sku"] == variants[0].sku) & ~dearer
    unknown = lines.groupby("day")["unknown"].any()
    truth = sales.by_day(sold, back).join(lines.groupby("day")["cogs"].sum()).fillna(0)
    truth["profit"] = truth["net"] - truth["cogs"]
    mart = finished.read(f"FROM profit_by_date WHERE sales_coverage {READ}", "day")
    blank = list(unknown.index[unknown])
    assert blank
    assert set(mart.index[mart["gross_profit"].isna()]) == set(blank)
    assert set(mart["cost_status"][blank]) <= {"some costs missing", "no cost data"}
    known = mart.drop(index=blank)
    same(known, truth.drop(index=blank), {"cogs": "cogs", "gross_profit": "profit"}, at_least=50)
    files = finished.read("FROM profit_by_product WHERE unit_cost IS NOT NULL")
    assert set(files["cost_file"]) == {"costs.csv"}
    assert {RAISED, dt.date(2025, 1, 1)} == set(files["cost_effective_from"])


def test_ads_of_all_platforms(finished: Finished) -> None:
    mart = finished.read(
        f"FROM paid_media_by_account WHERE coverage {READ} AND (platform <> 'amazon_ads' OR day > '{AMAZON_FORGETS}')",
        "platform",
        "day",
    )
    names = {
        "spend": "spend",
        "impressions": "impressions",
        "clicks": "clicks",
        "conversions": "conversions",
    }
    truth = channels.ads(finished.world)
    days = truth.index.get_level_values("day")
    truth = truth[(truth.index.get_level_values("platform") != "amazon_ads") | (days > AMAZON_FORGETS)]
    same(mart, truth, names, at_least=5 * 75 + 50)
    # an order that a platform does not know of yet has a worth in the brand's books and none at the platform
    settled = TODAY - dt.timedelta(days=4)
    old, old_truth = (each[each.index.get_level_values("day") <= settled] for each in (mart, truth))
    same(old, old_truth, {"conversion_value": "value"}, at_least=5 * 70 + 50)
    whole = finished.read(f"FROM blended_by_date WHERE ads_coverage {READ} AND day > '{AMAZON_FORGETS}'", "day")
    recent = truth[truth.index.get_level_values("day") > AMAZON_FORGETS]
    same(whole, recent.groupby("day").sum(), {"ad_spend": "spend"}, at_least=50)
    mer = (whole["net_sales"] / whole["ad_spend"]).astype(float)
    assert whole["mer"].to_list() == pytest.approx(mer.to_list(), nan_ok=True)
    ads = finished.read("FROM paid_media_by_ad WHERE platform = 'meta_ads'", "ad_id", "day")
    same(ads, channels.ads_of(finished.world, "meta_ads"), {"spend": "spend", "clicks": "clicks"}, at_least=500)


def test_visits(finished: Finished) -> None:
    names = {"sessions": "sessions", "users": "users", "purchases": "purchases", "site_revenue": "revenue"}
    days = finished.read(f"FROM site_traffic_by_date WHERE coverage {READ}", "day")
    truth = channels.visits(finished.world)
    same(days, truth, names, at_least=75)
    rate = (truth["purchases"] / truth["sessions"]).reindex(days.index)
    for column in ("conversion_rate", "purchases_per_session"):
        assert days[column].astype(float).to_list() == pytest.approx(rate.to_list(), nan_ok=True)
    groups = finished.read("SELECT *, channel_group AS channel FROM site_traffic_by_channel", "day", "channel")
    by_channel = channels.visits(finished.world, "channel")
    same(groups, by_channel[by_channel["sessions"] > 0], names, at_least=300)


def test_subscriptions(finished: Finished) -> None:
    mart = finished.read(f"FROM subscriptions_by_date WHERE coverage {READ}", "day")
    truth = channels.subscription_charges(finished.world, ZONE)
    names = {"subscription_orders": "orders", "subscription_revenue": "revenue", "new_subscription_revenue": "new"}
    same(mart, truth, names, at_least=60)
    for back in (0, 10, 40):
        day = YESTERDAY - dt.timedelta(days=back)
        people, monthly = channels.live_subscriptions(finished.world, ZONE, day)
        row = mart.to_dict("index")[day]
        assert row["active_subscribers"] == people > 0
        # each subscription is rounded by itself before it is added
        assert float(row["mrr"]) == pytest.approx(monthly, abs=0.01 * people)
    february = finished.read("FROM subscriptions_by_month WHERE month = '2026-02-01'").iloc[0]
    there, left = channels.churn(finished.world, ZONE, dt.date(2026, 2, 1))
    assert (february["subscribers_at_start"], february["churned_subscribers"]) == (there, left)
    assert february["churn_rate"] == pytest.approx(left / there)


def test_messages(finished: Finished) -> None:
    names = {"sends": "sends", "deliveries": "deliveries", "opens": "opens", "clicks": "clicks"}
    names["attributed_revenue"] = "value"
    sent = finished.read("FROM email_by_campaign", "message_id")
    same(sent, channels.messages(finished.world, flows=False), names, at_least=10)
    flows = finished.read("FROM email_by_flow", "message_id", "day")
    same(flows, channels.messages(finished.world, flows=True), names, at_least=6 * 75)


def test_amazon(finished: Finished) -> None:
    mart = finished.read("FROM amazon_by_date WHERE ordered_sales IS NOT NULL ORDER BY day", "day")
    truth = channels.amazon(finished.world)
    same(mart, truth, {"ordered_sales": "sales", "units": "units", "orders": "orders"}, at_least=70)
    ads = channels.ads(finished.world).loc["amazon_ads"]
    mart = mart[mart.index > AMAZON_FORGETS]
    share = (ads["value"] / truth["sales"]).reindex(mart.index).fillna(0)
    assert mart["ad_attributed_share"].astype(float).to_list() == pytest.approx(share.to_list())


def test_payments(finished: Finished) -> None:
    mart = finished.read(f"FROM payments_by_date WHERE coverage {READ}", "day")
    truth = channels.payments(finished.world, ZONE)
    names = {"charges": "charges", "payment_refunds": "refunds", "fees": "fees", "net": "net"}
    same(mart, truth[truth.index <= TODAY], names, at_least=75)
    paid_out = channels.payouts(finished.world).to_frame("payouts")
    same(mart, paid_out[paid_out.index <= TODAY], {"payouts": "payouts"}, at_least=75)
    orders = finished.read(
        "SELECT CAST(split_part(order_id, '/', 5) AS BIGINT) AS number, * FROM payments_by_order", "number"
    )
    card = {"charges": "charged", "shop_payments": "charged", "payment_refunds": "back", "shop_refunds": "shop_back"}
    same(orders, channels.order_payments(finished.world), card, at_least=400)


def test_stock_and_shipping(finished: Finished, sold: pd.DataFrame) -> None:
    mart = finished.read("FROM inventory_levels WHERE platform = 'shopify'", "sku", "location")
    rows = {(row.variant.sku, row.place.name): (row.available, row.on_hand) for row in finished.world.inventory}
    truth = pd.DataFrame.from_dict(rows, orient="index", columns=["available", "on_hand"])
    truth.index = pd.MultiIndex.from_tuples(truth.index)
    same(mart, truth, {"units_available": "available", "units_on_hand": "on_hand"}, at_least=20)
    shipped = sold.dropna(subset=["fulfilled"])
    hours = ((shipped["fulfilled"] - shipped["created"]) / 3600).groupby(shipped["fulfilled_day"]).mean()
    days = finished.read(f"FROM fulfilment_by_date WHERE coverage {READ}", "day")
    wanted = hours.reindex(days.index).astype(float).to_list()
    assert days["average_hours_to_ship"].astype(float).to_list() == pytest.approx(wanted, nan_ok=True)


def test_goals_and_changes(finished: Finished, sold: pd.DataFrame) -> None:
    goal = finished.read("FROM targets_by_month").iloc[0]
    march = sold[(sold["day"] >= dt.date(2026, 3, 1)) & (sold["day"] <= YESTERDAY)]
    assert (goal["actual"], goal["scaled_target"]) == (len(march), pytest.approx(310 * 13 / 31))
    change = finished.read("FROM metric_changes WHERE metric = 'orders' AND days = 7").iloc[0]
    weeks = [((pd.Timestamp(TODAY) - pd.to_datetime(sold["day"])).dt.days - 1) // 7 == back for back in (0, 1)]
    now, before = (int(week.sum()) for week in weeks)
    assert (change["value"], change["previous_value"]) == (now, before)
    assert change["percentage_change"] == pytest.approx((now - before) / before)
