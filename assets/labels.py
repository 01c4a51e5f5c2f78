"""What every asset carries: its partition, its owner, its columns, and the tags by which runs are told apart."""

import warnings
from collections.abc import Mapping
from typing import Any, Final

import dagster as dg

from assets.privacy.lineage import Table
from resources.columns import Column
from resources.decode.kinds import STORED
from resources.platform import Platform, Stream

WORKSPACES: Final = dg.DynamicPartitionsDefinition(name="workspace")
OWNERS: Final = ("team:data",)
STAGING_GROUP: Final = "staging"
WORKSPACE_GROUP: Final = "workspace"
PRIVACY_GROUP: Final = "privacy"

# tags of a run; their values are opaque ids, since Dagster shows and keeps them
DATASOURCE_TAG: Final = "ignyte/datasource"
BUILD_TAG: Final = "ignyte/workspace-build"
FULL_TAG: Final = "ignyte/full"
PURGE_TAG: Final = "ignyte/purge"  # what is purged; no partition, since that goes with it
AT_ONCE_TAG: Final = "ignyte/at-once"


def raw_key(platform: Platform, stream: Stream) -> dg.AssetKey:
    return dg.AssetKey([platform.schema, stream.name])


def column_schema(stream: Stream) -> dg.TableSchema:
    """The stream's columns as Dagster shows them; a personal one is tagged with its class."""
    return dg.TableSchema(columns=[_column(column, stream) for column in stream.columns])


def _column(column: Column, stream: Stream) -> dg.TableColumn:
    return dg.TableColumn(
        name=column.name,
        type=STORED[column.kind],
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.name not in stream.key),
        tags={"personal": column.personal.value} if column.personal else {},
    )


def column_lineage(table: Table) -> dg.TableColumnLineage:
    """What each column of a model is made of, among the columns of the tables that it reads."""
    return dg.TableColumnLineage(
        deps_by_column={
            name: [
                dg.TableColumnDep(asset_key=dg.AssetKey(read.split(".")), column_name=column)
                for read, column in sorted({(edge.table, edge.column) for edge in edges if not edge.decides})
            ]
            for name, edges in table.columns.items()
        }
    )


def partitioned_check(
    *, name: str, asset: dg.AssetKey, description: str, metadata: Mapping[str, Any] | None = None
) -> dg.AssetCheckSpec:
    """A check whose result is kept per workspace, so that one workspace's green does not cover another's red."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(
            name=name, asset=asset, description=description, metadata=metadata, partitions_def=WORKSPACES
        )
