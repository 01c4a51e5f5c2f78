"""What the project says of itself: sources as declared, every stream staged, every mart described."""

import re
from typing import Any

import pytest

from resources import dbt_sources
from resources.dbt import PROJECT, DbtRunner
from resources.platforms import platforms

MARTS = {path.stem for path in (PROJECT / "models" / "marts").glob("*/*.sql")}
_SAID = {"label", "formula", "date_anchor", "sources", "unit", "good_direction"}
# what the product's documentation names and the twelve platforms can feed
_NAMED = """
    gross_sales gross_revenue net_sales total_sales shopify_sales shopify_sales_order_closed_date revenue orders aov
    refund_rate refunds discounts spend conversions roas cpa blended_cac sessions site_purchases conversion_rate
    purchases_per_session site_revenue users subscription_revenue new_subscription_revenue recurring_revenue
    take_rate_orders take_rate_customers active_subscribers mrr churn_rate repurchase_rate_30_days
    repurchase_rate_60_days repurchase_rate_90_days retention_rate ltv_revenue ltv_margin rfm_segment_size
    rfm_segment_shift customer_recency_days customer_orders customer_lifetime_revenue message_sends message_deliveries
    message_opens message_clicks attributed_revenue contribution_margin product_contribution_margin gross_profit
    product_gross_profit profit_roas contribution_roas break_even_roas percentage_change scaled_target mer
"""


@pytest.fixture(scope="module")
def models(runner: DbtRunner) -> dict[str, Any]:
    return {node.name: node for node in runner.parse().nodes.values() if node.unique_id.startswith("model.")}


def test_sources_are_the_declared_streams() -> None:
    for platform in platforms():
        written = dbt_sources.path_of(platform, PROJECT).read_text(encoding="utf-8")
        assert written == dbt_sources.render(platform), "run `python -m resources.dbt sources`"


def test_every_stream_has_its_staging_model(models: dict[str, Any]) -> None:
    streams = {f"stg_{platform.key}__{stream.name}" for platform in platforms() for stream in platform.streams}
    staged = {name for name in models if name.startswith("stg_") and not name.startswith("stg_workspace__")}
    assert staged == streams


def test_staging_names_its_columns_and_drops_personal_ones(models: dict[str, Any]) -> None:
    for platform in platforms():
        for stream in platform.streams:
            sql = models[f"stg_{platform.key}__{stream.name}"].raw_code
            assert "*" not in sql
            # an identifier may be read to make its surrogate, and is never passed on
            passed_on = re.sub(r"\{\{.*?\}\}", "", sql)
            personal = {column.name for column in stream.columns if column.personal}
            assert not personal & set(re.findall(r"\w+", passed_on)) - {"description", "customer_id"}, stream.name
            assert "customer_id" not in passed_on


def test_only_marts_reach_the_file(models: dict[str, Any]) -> None:
    assert {name for name, node in models.items() if node.database != "memory"} == MARTS
    assert {node.database for name, node in models.items() if name in MARTS} == {"metrics"}


def test_marts_have_a_contract_a_grain_and_a_description_for_each_column(models: dict[str, Any]) -> None:
    for name in MARTS:
        mart = models[name]
        assert mart.contract.enforced
        assert mart.description
        assert mart.config.meta["grain"]
        assert all(column.description and column.data_type for column in mart.columns.values())


def test_every_metric_says_all_that_the_info_panel_shows(models: dict[str, Any]) -> None:
    metrics = [
        column.config.meta["metric"]
        for name in MARTS
        for column in models[name].columns.values()
        if "metric" in column.config.meta
    ]
    assert len(metrics) >= 100
    for metric in metrics:
        assert set(metric) >= _SAID, metric["label"]
        assert {"included", "excluded"} & set(metric), metric["label"]
        assert set(metric["sources"]) <= {platform.key for platform in platforms()}


def test_every_metric_that_people_know_has_a_definition(models: dict[str, Any]) -> None:
    defined = set[str]()
    for name in MARTS:
        for column in models[name].columns.values():
            meta = column.config.meta
            if "metric" in meta:
                defined.add(meta["metric"].get("name", column.name))
            defined |= {more["name"] for more in meta.get("more_metrics", [])}
    assert set(_NAMED.split()) - defined == set()


def test_every_daily_mart_says_what_is_covered(models: dict[str, Any]) -> None:
    daily = [name for name in MARTS if "day" in models[name].columns]
    bare = [name for name in daily if not any("coverage" in column for column in models[name].columns)]
    assert bare == ["coverage_by_date"]
    assert {"fiscal_year", "fiscal_quarter", "fiscal_month"} <= set.intersection(
        *(set(models[name].columns) for name in daily if name != "coverage_by_date")
    )


def test_every_mart_has_a_conservation_test(runner: DbtRunner) -> None:
    tested = set[str]()
    for node in runner.parse().nodes.values():
        if node.unique_id.startswith("test.") and not hasattr(node, "attached_node"):
            tested |= {each.rpartition(".")[2] for each in node.depends_on_nodes}
    assert MARTS - tested == set(), "no conservation test reads it"


def test_every_formula_has_a_unit_test(models: dict[str, Any], runner: DbtRunner) -> None:
    tested = {unit.model for unit in runner.parse().unit_tests.values()}
    formulas = {name for name in MARTS for column in models[name].columns.values() if "metric" in column.config.meta}
    # the figures of these come from models below them, which are tested, or are plain columns of reports
    plain = {"customers", "metric_columns"}
    assert formulas - tested - plain == set()


def test_sources_have_the_keys_of_the_raw_assets(runner: DbtRunner) -> None:
    keys = {(source.source_name, source.name) for source in runner.parse().sources.values()}
    raw = {(platform.schema, stream.name) for platform in platforms() for stream in platform.streams}
    assert raw == {key for key in keys if key[0] != "workspace"}
