"""Rows that lie in a file though what they belong to is suppressed: they came before it was known to be."""

from collections.abc import Iterator, Mapping, Sequence

from resources.columns import Personal
from resources.decode.paths import quoted
from resources.identity import holds_people, token_sql
from resources.judging import PERSONS, ROWS, about_people, is_own_id
from resources.keyed import keyed_sql, row_name_sql
from resources.platform import Platform, Stream

Held = Mapping[str, Sequence[str]]  # the tables of a file with their columns


def orphans_sql(platform: Platform, catalog: str, held: Held) -> Iterator[str]:
    """Queries that count them. Only names of what is missing in the file are hashed, so that they cost little."""
    for stream in about_people(platform):
        for column in dict.fromkeys(column for column, _ in stream.belongs_to if column in held.get(stream.name, ())):
            parents = [each for each in platform.streams if (column, each.name) in stream.belongs_to]
            names = [row_name_sql(platform, parent, quoted(column)) for parent in parents]
            yield _missing(platform, catalog, held, stream, column, parents, ROWS, names)
        yield from _strangers(platform, catalog, held, stream)


def _strangers(platform: Platform, catalog: str, held: Held, stream: Stream) -> Iterator[str]:
    """Rows of a customer whom the platform's table of people does not have."""
    people = [each for each in platform.streams if holds_people(each) and len(each.key) == 1]
    for column in stream.columns if people and not holds_people(stream) else ():
        named = column.personal is Personal.CUSTOMER_ID and is_own_id(platform, column)
        if named and column.name in held.get(stream.name, ()):
            token = token_sql(column, platform.key, quoted(column.name))
            yield _missing(platform, catalog, held, stream, column.name, people, PERSONS, [token])


def _missing(
    platform: Platform,
    catalog: str,
    held: Held,
    stream: Stream,
    column: str,
    parents: Sequence[Stream],
    table: str,
    names: Sequence[str],
) -> str:
    """A count of the column's values that no row of the parents has as its key, and that are suppressed."""

    def place(name: str) -> str:
        return f"{quoted(catalog)}.{quoted(platform.schema)}.{quoted(name)}"

    named = f"SELECT DISTINCT {quoted(column)} FROM {place(stream.name)} WHERE {quoted(column)} IS NOT NULL"
    for parent in parents:
        if parent.name in held:
            keys = f"SELECT CAST({quoted(parent.key[0])} AS VARCHAR) FROM {place(parent.name)}"
            named += f" AND CAST({quoted(column)} AS VARCHAR) NOT IN ({keys})"
    suppressed = " OR ".join(f"{keyed_sql(name)} IN (FROM {table})" for name in names)
    return f"SELECT count(*) FROM ({named}) WHERE {suppressed}"
