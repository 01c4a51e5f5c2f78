"""Everything dbt derives, as assets: lineage and checks from its manifest, run in process over the encrypted files."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from assets.failures import Guarded
from assets.labels import OWNERS, WORKSPACE_GROUP, WORKSPACES, column_lineage, partitioned_check
from assets.outside import outside_of
from assets.privacy.known_lineage import project_lineage
from assets.privacy.lineage import Lineage
from assets.recording import recorded_build
from resources.dbt import Outcome, manifest_path
from resources.warehouse.metrics import Published

_SHOWN: Final = ("label", "formula", "included", "excluded", "date_anchor", "unit", "good_direction")
_UNIQUE_ID: Final = "dagster_dbt/unique_id"
_WORKSPACE_TABLES: Final = {
    "datasources": "The datasources of a workspace as the control plane knows them.",
    "costs": "What products cost, as people uploaded it.",
    "fx_rates": "Rates of exchange, as people uploaded them.",
    "metric_targets": "The monthly goals that people set.",
    "settings": "Currency, time zone and fiscal year of a workspace.",
}


class Translator(DagsterDbtTranslator):
    """A model's name is its asset key, its folder its group, and its metrics are described in its metadata."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey(dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        folders = dbt_resource_props["fqn"][1:-1]
        return str(folders[-1] if folders[0] == "marts" else folders[0])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> tuple[str, ...]:
        del dbt_resource_props
        return OWNERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        described: str = dbt_resource_props.get("description") or ""
        return described.strip() or _staging_description(dbt_resource_props)

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> dict[str, Any]:
        metadata = dict(super().get_metadata(dbt_resource_props))
        metrics = metric_definitions(dbt_resource_props)
        grain = (dbt_resource_props.get("config", {}).get("meta") or {}).get("grain")
        return {
            **metadata,
            **({"grain": grain} if grain else {}),
            **({"metrics": dg.MetadataValue.md(metrics)} if metrics else {}),
        }

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition[str] | None:
        return None if dbt_resource_props["resource_type"] == "source" else WORKSPACES

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        del project
        props = self.get_resource_props(manifest, unique_id)
        if asset_spec.key.to_user_string() != _tested(manifest, props):
            return None
        return partitioned_check(
            name=props["name"].rstrip("_"),
            asset=asset_spec.key,
            description=_check_description(props),
            metadata={_UNIQUE_ID: unique_id},
        )


def metric_definitions(props: Mapping[str, Any]) -> str:
    """A Markdown table of the metrics that are columns of a model; empty if there are none."""
    rows = [
        [name, *(str(metric.get(key, "")) for key in _SHOWN)]
        for name, column in props.get("columns", {}).items()
        for metric in _metrics_of(column.get("config", {}).get("meta") or {})
    ]
    if not rows:
        return ""
    lines = [["column", *_SHOWN], ["---"] * (len(_SHOWN) + 1), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _metrics_of(meta: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The metrics that a column defines; one column may hold several, of different rows."""
    return [*([meta["metric"]] if "metric" in meta else []), *meta.get("more_metrics", [])]


def _tested(manifest: Mapping[str, Any], props: Mapping[str, Any]) -> str:
    """The model that a test is shown at: the one it is attached to, or the last mart it reads."""
    attached = props.get("attached_node")
    read = [node for node in props["depends_on"]["nodes"] if node.startswith("model.")]
    marts = [node for node in read if manifest["nodes"][node]["fqn"][1] == "marts"]
    return str((attached or (marts or read)[-1]).rpartition(".")[2])


def _check_description(props: Mapping[str, Any]) -> str:
    described: str = props.get("description") or ""
    kind = (props.get("test_metadata") or {}).get("name")
    return described.strip() or (f"dbt's test {kind}." if kind else props["name"].replace("_", " ") + ".")


def _staging_description(props: Mapping[str, Any]) -> str:
    name = str(props["name"])
    if name.startswith("stg_"):
        platform, _, table = name.removeprefix("stg_").partition("__")
        return f"{platform}'s {table.replace('_', ' ')} with our names and types; seen by a build only."
    return name.removeprefix("int_").replace("__", ": ").replace("_", " ").capitalize() + "."


def workspace_tables() -> list[dg.AssetSpec]:
    """What a build reads from the control plane."""
    return [
        dg.AssetSpec(key=["workspace", name], description=text, group_name=WORKSPACE_GROUP, owners=OWNERS)
        for name, text in _WORKSPACE_TABLES.items()
    ]


def metrics_assets() -> dg.AssetsDefinition:
    """All models and their tests. A build makes all of them, since they are published as one file."""

    @dbt_assets(
        manifest=manifest_path(),
        name="metrics",
        dagster_dbt_translator=Translator(),
        partitions_def=WORKSPACES,
        required_resource_keys={"outside"},
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        outside = outside_of(context)
        with Guarded():
            workspace = outside.stores.plane.workspaces.get(context.partition_key)
            published = recorded_build(outside, workspace, dagster_run_id=context.run.run_id)
        yield from _results(context, published)

    return build


def _results(
    context: dg.AssetExecutionContext, published: Published
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    specs, lineage = {spec.metadata[_UNIQUE_ID]: spec.key for spec in context.assets_def.specs}, project_lineage()
    for outcome in published.result.models:
        key = specs.get(outcome.unique_id)
        if key in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(outcome, published, lineage))
    checks = {spec.metadata[_UNIQUE_ID]: spec.key for spec in context.assets_def.check_specs}
    for outcome in published.result.tests:
        check = checks.get(outcome.unique_id)
        if check and check in context.selected_asset_check_keys:
            yield _check_result(outcome, check)


def _metadata(outcome: Outcome, published: Published, lineage: Lineage) -> dict[str, Any]:
    calculated = published.file.published_at or published.file.created_at
    return {
        "dagster/column_lineage": column_lineage(lineage.tables[outcome.name]),
        **({} if outcome.rows is None else {"dagster/row_count": outcome.rows}),
        "generation": published.file.generation,
        "seconds": round(outcome.seconds, 3),
        "last_calculated": dg.MetadataValue.timestamp(calculated),
    }


def _check_result(outcome: Outcome, check: dg.AssetCheckKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=outcome.status == "pass",
        asset_key=check.asset_key,
        check_name=check.name,
        severity=dg.AssetCheckSeverity.WARN if outcome.status == "warn" else dg.AssetCheckSeverity.ERROR,
        metadata={"seconds": round(outcome.seconds, 3)},
    )
