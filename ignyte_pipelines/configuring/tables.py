"""What a configuration may name: the metrics and the columns of the tables that analysts query, as declared."""

import orjson

from ignyte_pipelines.configuring.moving import Known
from resources.dbt import manifest_path


def known() -> Known:
    """From dbt's manifest, so that it holds before anything was built."""
    nodes = orjson.loads(manifest_path().read_bytes())["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "marts"]
    metrics: set[str] = set()
    for column in (column for model in marts for column in model["columns"].values()):
        meta = (column.get("config") or {}).get("meta") or {}
        for said in [*([meta["metric"]] if "metric" in meta else []), *meta.get("more_metrics", [])]:
            metrics.add(said.get("name") or column["name"])
    return Known(metrics=frozenset(metrics), columns={model["name"]: frozenset(model["columns"]) for model in marts})
