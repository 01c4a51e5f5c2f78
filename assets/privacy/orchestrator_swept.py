"""What Dagster's storage says of an id: runs and partitions, read from its tables without Dagster."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, make_url, text

from resources.settings import Settings

_PURGE: Final = "purge"  # the job whose own run may name what it purges
_RUNS: Final = (
    "SELECT run_id FROM runs WHERE (run_body LIKE {mark} OR partition = {plain}) AND pipeline_name <> '{purge}'"
)
_PARTITIONS: Final = "SELECT partition FROM dynamic_partitions WHERE partition = {plain}"


def left_in_dagster(settings: Settings, name: str) -> list[str]:
    """The runs, but for those that purge, and the partitions that have this opaque id."""
    url = make_url(settings.control_plane_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return [found for file in settings.dagster_home.rglob("*.db") for found in _in_file(file, name)]
    return list(_in_postgres(settings, name))


def _in_file(file: Path, name: str) -> Iterator[str]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as connection:
        tables = {table for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        values = {"mark": f"%{name}%", "plain": name}
        for table, query in (("runs", _RUNS), ("dynamic_partitions", _PARTITIONS)):
            if table in tables:
                said = query.format(mark=":mark", plain=":plain", purge=_PURGE)
                yield from (str(found) for (found,) in connection.execute(said, values))


def _in_postgres(settings: Settings, name: str) -> Iterator[str]:
    engine = create_engine(settings.control_plane_url.get_secret_value(), hide_parameters=True)
    try:
        with engine.connect() as connection:
            for table, query in (("public.runs", _RUNS), ("public.dynamic_partitions", _PARTITIONS)):
                if connection.execute(text("SELECT to_regclass(:table)"), {"table": table}).scalar() is not None:
                    bare = table.partition(".")[2]
                    said = query.format(mark=":mark", plain=":plain", purge=_PURGE).replace(
                        f"FROM {bare}", f"FROM {table}"
                    )
                    values = {"mark": f"%{name}%", "plain": name}
                    wanted = {key: value for key, value in values.items() if f":{key}" in said}
                    yield from (str(found) for (found,) in connection.execute(text(said), wanted))
    finally:
        engine.dispose()
