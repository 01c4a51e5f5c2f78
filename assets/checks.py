"""Four checks on every raw table, by one loop: fresh, shaped as declared, not shrunken, nothing personal undeclared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import dagster as dg
import duckdb

from assets.failures import Guarded
from assets.labels import partitioned_check, raw_key
from assets.loading import feeds_of
from assets.outside import Outside, outside_of
from resources.control_plane.facts import Connection, Datasource, FileState, Sync
from resources.platform import Platform, Stream
from resources.platforms import platforms
from resources.warehouse.inspection import Difference, Suspect, difference, rows_of, suspects
from resources.warehouse.sources import open_for_reading

# how many rhythms a datasource may be without a success
_LATE_AFTER: Final = 2
_REMEMBERED: Final = 20

DESCRIPTIONS: Final = {
    "fresh": "The last successful sync is at most two rhythms old.",
    "schema": "The table has the declared columns, in their types, and no others.",
    "volume": "No datasource has less than half of the rows that it had at the sync before.",
    "nothing_personal_undeclared": "No column looks personal, by name or values, without being declared so.",
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One check's answer about one datasource, in words without a value from a row."""

    passed: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One stream in one datasource's file. `before` is its count of rows at the sync before, None if unknown."""

    rows: int
    before: int | None
    difference: Difference
    suspects: tuple[Suspect, ...]


def freshness(datasource: Datasource, every: timedelta, now: datetime) -> Verdict:
    last = datasource.last_success
    if last is None:
        return Verdict(passed=False, words="never synced")
    return Verdict(passed=now - last <= _LATE_AFTER * every, words=f"last synced {last:%Y-%m-%d %H:%M} UTC")


def shape(seen: Seen) -> Verdict:
    found = {"missing": seen.difference.missing, "undeclared": seen.difference.undeclared}
    found["other type"] = seen.difference.retyped
    words = "; ".join(f"{what}: {', '.join(names)}" for what, names in found.items() if names)
    return Verdict(passed=not seen.difference, words=words or "as declared")


def volume(seen: Seen) -> Verdict:
    if seen.before is None:
        return Verdict(passed=True, words=f"{seen.rows} rows, nothing to compare with")
    return Verdict(passed=2 * seen.rows >= seen.before, words=f"{seen.rows} rows after {seen.before}")


def nothing_personal(seen: Seen) -> Verdict:
    words = "; ".join(f"{each.column}: {each.because} ({each.rows} rows)" for each in seen.suspects)
    return Verdict(passed=not seen.suspects, words=words or "nothing found")


_OF_TABLES: Final[Mapping[str, Callable[[Seen], Verdict]]] = {
    "schema": shape,
    "volume": volume,
    "nothing_personal_undeclared": nothing_personal,
}


def raw_checks() -> list[dg.AssetChecksDefinition]:
    """One op a platform, since it opens each file once for all its tables."""
    return [_checks_of(declared) for declared in platforms()]


def _checks_of(declared: Platform) -> dg.AssetChecksDefinition:
    specs = [
        partitioned_check(name=name, asset=raw_key(declared, stream), description=description)
        for stream in declared.streams
        for name, description in DESCRIPTIONS.items()
    ]

    @dg.multi_asset_check(
        name=f"checks_{declared.key}", specs=specs, can_subset=True, required_resource_keys={"outside"}
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with Guarded():
            results = list(_results(context, declared))
        yield from results

    return check


def _results(context: dg.AssetCheckExecutionContext, declared: Platform) -> Iterator[dg.AssetCheckResult]:
    outside = outside_of(context)
    workspace_id = context.partition_key
    verdicts: dict[dg.AssetCheckKey, dict[str, Verdict]] = {}
    for datasource in watched(outside.stores.plane.datasources.of(workspace_id, declared.key)):
        fresh = freshness(datasource, declared.every, outside.stores.clock())
        for _, streams in feeds_of(declared, datasource):
            for stream in streams:
                verdicts.setdefault(_check(declared, stream, "fresh"), {})[datasource.id] = fresh
        for stream, seen in _seen(context.instance, outside, declared, datasource):
            for name, judge in _OF_TABLES.items():
                verdicts.setdefault(_check(declared, stream, name), {})[datasource.id] = judge(seen)
    for key, by_datasource in verdicts.items():
        if key in context.selected_asset_check_keys:
            yield _result(key, by_datasource)


def watched(datasources: Sequence[Datasource]) -> list[Datasource]:
    """Those that are meant to be read: a paused one may grow old, one that lost its access may not."""
    return [each for each in datasources if each.connection is not Connection.DISCONNECTED and each.sync is Sync.ACTIVE]


def _seen(
    instance: dg.DagsterInstance, outside: Outside, declared: Platform, datasource: Datasource
) -> Iterator[tuple[Stream, Seen]]:
    """What lies in the file, if the last load of it is whole."""
    file = outside.stores.plane.files.current_source(datasource.id)
    if file is None or file.state is not FileState.CLEAN:
        return
    with open_for_reading(outside.stores, datasource) as source:
        for _, streams in feeds_of(declared, datasource):
            for stream in streams:
                before = rows_before(instance, raw_key(declared, stream), datasource)
                if seen := _look(source.connection, declared, stream, before):
                    yield stream, seen


def _look(connection: duckdb.DuckDBPyConnection, declared: Platform, stream: Stream, before: int | None) -> Seen | None:
    rows = rows_of(connection, declared, stream)
    # a stream in which nothing ever happened has no table to look at
    if not rows and not before:
        return None
    return Seen(
        rows=rows,
        before=before,
        difference=difference(connection, declared, stream),
        suspects=suspects(connection, declared, stream),
    )


def rows_before(instance: dg.DagsterInstance, key: dg.AssetKey, datasource: Datasource) -> int | None:
    """The datasource's rows in a table at the sync before the latest one, as Dagster was told; None if unknown."""
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, asset_partitions=[datasource.workspace_id]), limit=_REMEMBERED
    ).records
    told = [record.asset_materialization for record in records]
    counts = [
        count
        for each in told
        if each and (count := _count(each.metadata.get("datasources"), datasource.id)) is not None
    ]
    return counts[1] if len(counts) > 1 else None


def _count(metadata: dg.MetadataValue[Any] | None, datasource_id: str) -> int | None:
    stated = metadata.value if isinstance(metadata, dg.JsonMetadataValue) else None
    if not isinstance(stated, dict) or datasource_id not in stated:
        return None
    return int(stated[datasource_id]["rows"])


def _check(declared: Platform, stream: Stream, name: str) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(asset_key=raw_key(declared, stream), name=name)


def _result(key: dg.AssetCheckKey, by_datasource: Mapping[str, Verdict]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=all(verdict.passed for verdict in by_datasource.values()),
        metadata={datasource_id: verdict.words for datasource_id, verdict in by_datasource.items()},
    )
