"""The raw tables: each stream of each platform is an asset raw_<platform>/<stream>, all made by one loop."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from assets.failures import Guarded, told
from assets.labels import DATASOURCE_TAG, FULL_TAG, OWNERS, WORKSPACES, column_schema, raw_key
from assets.loading import Report, feeds_of
from assets.outside import Outside, outside_of
from assets.recording import recorded_sync
from resources.control_plane.facts import Datasource
from resources.errors import Problem
from resources.platform import Platform, Stream
from resources.platforms import platforms
from resources.warehouse.inspection import Span, rows_of, span_of
from resources.warehouse.sources import open_for_reading

# an output with this mark reaches the steps that wait for it, but is no materialization
_NOTHING_HAPPENED: Final = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One stream of one datasource after its sync."""

    datasource: Datasource
    report: Report
    synced_at: datetime
    total: int
    span: Span | None


def raw_assets() -> list[dg.AssetsDefinition]:
    """One multi-asset a platform, since a sync reads a platform whole."""
    return [_assets_of(declared) for declared in platforms()]


def _assets_of(declared: Platform) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=declared.schema,
        specs=[_spec(declared, stream) for stream in declared.streams],
        partitions_def=WORKSPACES,
        required_resource_keys={"outside"},
        description=f"Reads {declared.title} and lands what is new or changed, encrypted.",
    )
    def read(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.Output[None]]:
        with Guarded():
            loaded = _read(context, declared)
        for stream in declared.streams:
            if parts := loaded.get(stream.name):
                yield dg.MaterializeResult(asset_key=raw_key(declared, stream), metadata=_metadata(stream, parts))
            else:
                name = raw_key(declared, stream).to_python_identifier()
                yield dg.Output(None, output_name=name, metadata=_NOTHING_HAPPENED)

    return read


def _spec(declared: Platform, stream: Stream) -> dg.AssetSpec:
    personal = sorted({column.personal.value for column in stream.columns if column.personal})
    return dg.AssetSpec(
        key=raw_key(declared, stream),
        description=stream.description,
        group_name=declared.key,
        owners=OWNERS,
        kinds={"dlt", "duckdb", declared.key},
        tags={"platform": declared.key, "personal_data": "yes" if personal else "no"},
        # a changed declaration is a changed table
        code_version=hashlib.sha256(f"{declared.version} {stream!r}".encode()).hexdigest()[:12],
        metadata={
            "dagster/column_schema": column_schema(stream),
            "dagster/table_name": f"{declared.schema}.{stream.name}",
            "platform": f"{declared.title} {declared.version}",
            "key": ", ".join(stream.key),
            "cursor": stream.cursor or f"none: {stream.cursor_reason}",
            "lookback": str(stream.lookback),
            "rhythm": str(declared.every),
            "kept": f"at most {stream.keep.at_most}" if stream.keep.at_most else stream.keep.reason,
            "needs": stream.needs or "nothing beyond the required scopes",
            "personal_data": ", ".join(personal) or "none",
        },
    )


def chosen(datasources: Sequence[Datasource], platform: str, tags: Mapping[str, str]) -> list[Datasource]:
    """The datasources that a run is about: the one in its tag, or else all of the platform."""
    asked = tags.get(DATASOURCE_TAG)
    return [each for each in datasources if each.platform == platform and asked in (None, each.id)]


def _read(context: dg.AssetExecutionContext, declared: Platform) -> dict[str, list[Loaded]]:
    """Syncs every datasource that may be read; one that fails does not keep the others from being tried.

    Raises:
        Failure: some could not be synced; then none of the tables counts as made.
    """
    outside = outside_of(context)
    plane = outside.stores.plane
    loaded: dict[str, list[Loaded]] = {}
    problems: dict[str, Problem] = {}
    for datasource in chosen(plane.datasources.of(context.partition_key), declared.key, context.run.tags):
        if not plane.datasources.may_read(datasource.id, datasource.fence):
            context.log.warning("%s is not read: %s, sync %s.", datasource.id, datasource.connection, datasource.sync)
            continue
        since = outside.stores.clock()
        try:
            report = recorded_sync(
                outside, datasource, full=FULL_TAG in context.run.tags, dagster_run_id=context.run.run_id
            )
        except Problem as problem:
            problems[datasource.id] = problem
        else:
            for name, part in _looked_at(outside, declared, datasource, report, since):
                loaded.setdefault(name, []).append(part)
    if problems:
        raise _failure(problems) from None
    return loaded


def _failure(problems: Mapping[str, Problem]) -> dg.Failure:
    first = told(next(iter(problems.values())))
    more = f" ({len(problems)} datasources failed: {', '.join(sorted(problems))}.)" if len(problems) > 1 else ""
    return dg.Failure(
        description=f"{first.description}{more}",
        metadata={**first.metadata, "datasources": ", ".join(sorted(problems))},
        allow_retries=False,
    )


def _looked_at(
    outside: Outside, declared: Platform, datasource: Datasource, report: Report, since: datetime
) -> Iterator[tuple[str, Loaded]]:
    with open_for_reading(outside.stores, datasource) as source:
        for _, streams in feeds_of(declared, datasource):
            for stream in streams:
                yield (
                    stream.name,
                    Loaded(
                        datasource=datasource,
                        report=report,
                        synced_at=outside.stores.clock(),
                        total=rows_of(source.connection, declared, stream),
                        span=span_of(source.connection, declared, stream, since),
                    ),
                )


def _metadata(stream: Stream, parts: Sequence[Loaded]) -> dict[str, Any]:
    spans = [part.span for part in parts if part.span]
    moments = {"last_sync": max(part.synced_at for part in parts)}
    if spans:
        moments |= {
            "cursor_from": min(each.earliest for each in spans),
            "cursor_to": max(each.latest for each in spans),
        }
    return {
        "dagster/row_count": sum(part.total for part in parts),
        "rows_landed": sum(part.report.rows.get(stream.name, 0) for part in parts),
        "rows_suppressed": sum(part.report.suppressed.get(stream.name, 0) for part in parts),
        "requests_of_sync": sum(part.report.requests for part in parts),
        "bytes_of_sync": sum(part.report.bytes for part in parts),
        "refusals_of_sync": sum(part.report.refusals for part in parts),
        "undeclared_fields_of_sync": sum(len(names) for part in parts for names in part.report.undeclared.values()),
        "datasources": {
            part.datasource.id: {"rows": part.total, "generation": part.report.file.generation} for part in parts
        },
        **{name: dg.MetadataValue.timestamp(moment) for name, moment in moments.items()},
    }
