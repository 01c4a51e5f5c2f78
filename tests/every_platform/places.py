"""A workspace in which one platform is connected, and what lies in its file."""

import hashlib
from dataclasses import dataclass

from assets.loading import Report, sync
from resources.control_plane.facts import Datasource, Workspace
from resources.platform import Platform
from resources.stores import Stores
from resources.warehouse.sources import open_for_load


@dataclass(frozen=True, kw_only=True)
class Place:
    """A workspace in which one platform is connected with all its options."""

    stores: Stores
    workspace: Workspace
    datasource: Datasource
    declared: Platform

    def sync(self, *, full: bool = False) -> Report:
        return sync(self.stores, self.stores.plane.datasources.get(self.datasource.id), full=full)

    def digests(self) -> dict[str, tuple[int, str]]:
        """Table → rows and a digest of all values, but for the moment of the sync."""
        with open_for_load(self.stores, self.datasource) as source:
            names = source.connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' "
                "AND NOT starts_with(table_name, '_') ORDER BY 1"
            ).fetchall()
            found = {}
            for (name,) in names:
                table = f'source."{self.declared.schema}"."{name}"'
                rows = source.connection.execute(f"SELECT * EXCLUDE (_synced_at) FROM {table} ORDER BY ALL").fetchall()
                found[name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
        return found
