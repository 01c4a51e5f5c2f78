"""How old rows may get: which rule of age wins for each stream, and which rows are past it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import duckdb
import pyarrow as pa

from resources.columns import Kind
from resources.control_plane.privacy_facts import Rule
from resources.decode.paths import quoted
from resources.platform import Platform, Stream

NO_AGE: Final = "kept whole: it says what there is now, and its rows have no age"


@dataclass(frozen=True, kw_only=True)
class CutOff:
    """Rows of a stream from before this moment go; `why` names the rule that won, the shortest.

    `with_parent`: the limit is that of what its rows belong to, and they go when that goes.
    """

    stream: str
    before: datetime
    days: int
    why: str
    with_parent: bool = False


def cut_offs(declared: Platform, rules: Iterable[Rule], now: datetime) -> dict[str, CutOff]:
    """The limit of each stream that has one and whose rows have an age, by the stream's name. Pure.

    `rules` are those of one workspace; a rule of its own can shorten what is declared, never lengthen it.
    """
    mine = list(rules)
    found: dict[str, CutOff] = {}
    for stream in declared.parents_first:
        limits = [(*limit, False) for limit in limits_of(declared, stream, mine)] if ages(declared, stream) else []
        if not stream.keep.age_column:
            above = [found[parent] for _, parent in stream.belongs_to if parent in found]
            limits += [(limit.days, limit.why, True) for limit in above]
        if limits:
            days, why, with_parent = min(limits)
            before = now - timedelta(days=days)
            found[stream.name] = CutOff(stream=stream.name, before=before, days=days, why=why, with_parent=with_parent)
    return found


def expired(platform: Platform, stream: Stream, rules: Iterable[Rule], now: datetime) -> CutOff | None:
    """The limit of one stream; None if its rows may get as old as they like, or have no age."""
    return cut_offs(platform, rules, now).get(stream.name)


def limits_of(declared: Platform, stream: Stream, rules: Iterable[Rule]) -> list[tuple[int, str]]:
    """Every limit that holds for a stream: days, and the words for it."""
    limits = []
    if stream.keep.at_most:
        limits.append((stream.keep.at_most.days, f"{stream.keep.at_most.days} days: {stream.keep.reason}"))
    limits += [
        (rule.days, f"{rule.days} days, the workspace's own rule: {rule.reason}")
        for rule in rules
        if rule.platform in ("", declared.key) and rule.stream in ("", stream.name)
    ]
    return limits


def ages(declared: Platform, stream: Stream) -> bool:
    """Whether its rows have an age: their own, or that of what they belong to."""
    return bool(stream.keep.age_column) or any(ages(declared, parent) for _, parent in _parents(declared, stream))


def past(declared: Platform, stream: Stream, limits: Mapping[str, CutOff], place: Callable[[str], str]) -> str:
    """The SQL condition, never null, of a stream's rows that are past their limit; "false" if there is none.

    `place` gives the name in SQL of a stream's table, "" where it is not at hand. Rows with an age of their own go by
    it; others go by the age of what they belong to, or with it, or if it went before.
    """
    limit = limits.get(stream.name)
    reasons = [_older(declared, stream, limit.before, place)] if limit and not limit.with_parent else []
    if not stream.keep.age_column:
        reasons += [
            f"{quoted(column)} IN (SELECT {quoted(parent.key[0])} FROM {place(parent.name)} WHERE {condition})"
            for column, parent in _parents(declared, stream)
            if place(parent.name) and (condition := past(declared, parent, limits, place)) != "false"
        ]
    reasons = [reason for reason in reasons if reason]
    return f"coalesce({' OR '.join(reasons)}, false)" if reasons else "false"


def left_behind(declared: Platform, stream: Stream, limits: Mapping[str, CutOff], place: Callable[[str], str]) -> str:
    """The condition of rows whose only parent is not there, since it was past its limit before they came.

    It can be asked of a whole file only: a batch of rows does not hold all parents.
    """
    parents = _parents(declared, stream)
    if stream.keep.age_column or len(parents) != 1:
        return "false"
    column, parent = parents[0]
    if not (parent.name in limits and place(parent.name)):
        return "false"
    there = f"SELECT {quoted(parent.key[0])} FROM {place(parent.name)}"
    # whose parent is only now taken has no parent afterwards either
    return f"coalesce({quoted(column)} NOT IN ({there}), false)"


def without_expired(
    connection: duckdb.DuckDBPyConnection,
    declared: Platform,
    tables: Mapping[str, pa.Table],
    limits: Mapping[str, CutOff],
) -> dict[str, pa.Table]:
    """Freshly decoded tables without the rows that are past their limit, so that reading anew brings none back."""
    if not limits:
        return dict(tables)
    for name, table in tables.items():
        connection.register(_batch(name), table)
    try:
        return {name: _kept(connection, declared, name, tables, limits) for name in tables}
    finally:
        for name in tables:
            connection.unregister(_batch(name))


def _kept(
    connection: duckdb.DuckDBPyConnection,
    declared: Platform,
    name: str,
    tables: Mapping[str, pa.Table],
    limits: Mapping[str, CutOff],
) -> pa.Table:
    stream = next(each for each in declared.streams if each.name == name)
    condition = past(declared, stream, limits, lambda each: quoted(_batch(each)) if each in tables else "")
    if condition == "false":
        return tables[name]
    mask = connection.execute(f"SELECT NOT {condition} AS stays FROM {quoted(_batch(name))}").to_arrow_table()
    return tables[name].filter(mask.column("stays").combine_chunks())


def _batch(name: str) -> str:
    return f"batch_{name}"


def _parents(declared: Platform, stream: Stream) -> list[tuple[str, Stream]]:
    named = {each.name: each for each in declared.streams}
    return [(column, named[parent]) for column, parent in stream.belongs_to]


def _older(declared: Platform, stream: Stream, before: datetime, place: Callable[[str], str]) -> str:
    """The condition of rows from before a moment; a day counts as a whole, so it is past once it has ended."""
    if age := stream.keep.age_column:
        column = next(each for each in stream.columns if each.name == age)
        limit = f"DATE '{before:%Y-%m-%d}'" if column.kind is Kind.DATE else f"TIMESTAMPTZ '{before.isoformat()}'"
        return f"{quoted(age)} < {limit}"
    return " OR ".join(
        f"{quoted(column)} IN (SELECT {quoted(parent.key[0])} FROM {place(parent.name)} WHERE {condition})"
        for column, parent in _parents(declared, stream)
        if place(parent.name) and (condition := _older(declared, parent, before, place))
    )
