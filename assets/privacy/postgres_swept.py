"""The search through a Postgres database: every table of every schema, as text and as bytes."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text

from assets.privacy.needles import Needles
from assets.privacy.unpacking import as_bytes, contents, is_packed

_COLUMNS = text(
    "SELECT n.nspname, c.relname, array_agg(quote_ident(a.attname) ORDER BY a.attnum) "
    "FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' "
    "GROUP BY n.nspname, c.relname ORDER BY 1, 2"
)
_MANY = 500


def search(url: str, needles: Needles, canary: str, control: str) -> tuple[int, Counter[str], tuple[int, int]]:
    """Cells read, places (tables) found per label, and the positive control: planted and recovered."""
    engine = create_engine(url, hide_parameters=True)
    try:
        # what is planted is in temporary tables of a transaction that never commits
        with engine.connect() as connection:
            planted = _plant(connection, canary)
            cells, found = 0, Counter[str]()
            for schema, table, columns in connection.execute(_COLUMNS).all():
                labels, read = _table(connection, f'"{schema}"."{table}"', list(columns), needles)
                found.update(labels)
                cells += read
            connection.rollback()
    finally:
        engine.dispose()
    return cells, found, (planted, found[control])


def _table(connection: Connection, relation: str, columns: list[str], needles: Needles) -> tuple[set[str], int]:
    found: set[str] = set()
    cells = 0
    for values in _values(connection, relation, columns):
        cells += len(values)
        found |= needles.within(b"\n".join(values))
        for value in values:
            if is_packed(value):
                for content in contents(value):
                    found |= needles.within(content)
    return found, cells


def _values(connection: Connection, relation: str, columns: list[str]) -> Iterator[list[bytes]]:
    rows = connection.execution_options(stream_results=True, yield_per=_MANY).execute(
        text(f"SELECT {', '.join(columns)} FROM {relation}")
    )
    for part in rows.partitions(_MANY):
        yield [as_bytes(value) for row in part for value in row if value is not None]


def _plant(connection: Connection, canary: str) -> int:
    columns = {"text": canary, "jsonb": f'{{"a": ["{canary}"]}}', "bytea": canary.encode(), "text[]": [canary]}
    for number, (kind, value) in enumerate(columns.items()):
        connection.execute(text(f"CREATE TEMPORARY TABLE planted_{number} (kept {kind}) ON COMMIT DROP"))
        connection.execute(text(f"INSERT INTO planted_{number} VALUES (CAST(:value AS {kind}))"), {"value": value})
    return len(columns)
