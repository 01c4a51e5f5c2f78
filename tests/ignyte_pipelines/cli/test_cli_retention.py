"""`ignyte retention` and `ignyte lineage` as a person types them."""

from datetime import UTC, datetime

import pytest
from terminal import Type

from resources.control_plane import ControlPlane
from resources.control_plane.facts import WorkspaceState
from resources.settings import Settings

FOR_ORDERS = ("--platform", "shopify", "--stream", "orders")


def test_rules_are_set_listed_and_dropped(ignyte: Type) -> None:
    made = ignyte("workspace", "create", "one", "--json").document
    done = ignyte("retention", "set", "one", "--days", "90", "--reason", "our policy", *FOR_ORDERS, "--json")
    assert (done.code, done.document["days"], done.document["stream"]) == (0, 90, "orders")
    assert "ignyte retention plan one" in done.err
    listed = ignyte("retention", "rules", "one", "--json").document
    assert [(rule["platform"], rule["stream"], rule["days"]) for rule in listed["rules"]] == [("shopify", "orders", 90)]
    assert {(each["platform"], each["days"]) for each in listed["declared"]} == {("amazon_seller", 548)}
    shown = ignyte("retention", "rules", "one").out
    assert "shopify orders" in shown
    assert "our policy" in shown
    assert ignyte("retention", "drop", "one", *FOR_ORDERS).code == 0
    assert ignyte("retention", "drop", "one", *FOR_ORDERS).code == 3
    acts = ignyte("audit", "show", "--workspace", made["id"], "--json").document["acts"]
    assert [each["verb"] for each in acts if each["verb"].startswith("retention")] == [
        "retention.set",
        "retention.drop",
        "retention.drop",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--days", "0", "--reason", "x"),
        ("--days", "9"),
        ("--days", "9", "--reason", "x", "--platform", "nowhere"),
        ("--days", "9", "--reason", "x", "--platform", "shopify", "--stream", "charges"),
    ],
)
def test_a_rule_for_nothing_is_wrong_usage(ignyte: Type, wrong: tuple[str, ...]) -> None:
    ignyte("workspace", "create", "one")
    assert ignyte("retention", "set", "one", *wrong).code == 2


def test_an_empty_home_has_nothing_due_and_a_cancelled_workspace_would_be_purged(ignyte: Type) -> None:
    ignyte("workspace", "create", "one")
    assert "Nothing is due." in ignyte("retention", "plan").out
    with ControlPlane(Settings().control_plane_url.get_secret_value()) as plane:
        one = plane.workspaces.get("one")
        plane.workspaces.agree(one.id, grace_days=0)
        plane.workspaces.mark(one.id, WorkspaceState.CANCELLED, datetime.now(UTC))
    planned = ignyte("retention", "plan", "one", "--json").document["items"]
    assert [(item["act"], item["subject"]) for item in planned] == [("purge", one.id)]
    assert planned[0]["line"].startswith(f"would purge workspace {one.id} (cancelled on ")


def test_lineage_of_a_metric_a_raw_column_a_table_and_a_platform(ignyte: Type) -> None:
    metric = ignyte("lineage", "brand_metrics_by_date.net_sales", "--json").document
    made_of = {(each["table"], each["column"]): each["how"] for each in metric["made_of"] if not each["decides"]}
    assert made_of["raw_shopify.order_lines", "gross"] == "aggregated"
    email = ignyte("lineage", "raw_shopify.orders.email", "--json").document
    assert email["personal"] == {"class": "email", "erase": "row", "waiver": ""}
    assert email["kept"]["age_column"] == "created_at"
    assert [each["how"] for each in email["goes_into"] if not each["decides"]] == ["keyed surrogate"]
    assert email["readable_in"] == []
    table = ignyte("lineage", "customers").out
    assert "raw_shopify.orders.email  keyed surrogate" in table
    whole = ignyte("lineage", "raw_amazon_seller.orders").out
    assert "at most 548 days" in whole
    platform = ignyte("lineage", "klaviyo", "--json").document
    assert {"table": "email_by_campaign", "layer": "marts"} in platform["derived"]


def test_what_is_not_there_gets_a_near_name(ignyte: Type) -> None:
    done = ignyte("lineage", "customers.customer_kez", columns=200)
    assert done.code == 2
    assert "customers.customer_key" in done.err
    assert ignyte("lineage", "ds_0000000000000000").code == 3
