"""What the project says of itself: sources as declared, every stream staged, every mart described."""

import re
from typing import Any

import pytest

from resources import dbt_sources
from resources.dbt import PROJECT, DbtRunner
from resources.platforms import platforms

MARTS = {"brand_metrics_by_date", "paid_media_by_date", "customers", "coverage_by_date", "metric_catalog"}
_SAID = {"label", "formula", "included", "date_anchor", "sources", "unit", "good_direction"}


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
    assert len(metrics) >= 20
    for metric in metrics:
        assert set(metric) >= _SAID, metric["label"]
        assert set(metric["sources"]) <= {platform.key for platform in platforms()}


def test_sources_have_the_keys_of_the_raw_assets(runner: DbtRunner) -> None:
    keys = {(source.source_name, source.name) for source in runner.parse().sources.values()}
    raw = {(platform.schema, stream.name) for platform in platforms() for stream in platform.streams}
    assert raw == {key for key in keys if key[0] != "workspace"}
