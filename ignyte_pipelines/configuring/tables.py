"""What a configuration may name: the metrics and the columns of the tables that analysts query, as declared."""

import orjson

from ignyte_pipelines.cli.catalogue import declared
from ignyte_pipelines.configuring.moving import Known
from resources.dbt import manifest_path


def known() -> Known:
    """From dbt's manifest, so that it holds before anything was built."""
    nodes = orjson.loads(manifest_path().read_bytes())["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "marts"]
    return Known(
        metrics=frozenset(each.name for each in declared()),
        columns={model["name"]: frozenset(model["columns"]) for model in marts},
    )
