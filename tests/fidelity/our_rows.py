"""What our own path landed of one platform, and what an official client needs to read the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from resources.control_plane.facts import Datasource
from resources.platform import Grant, Platform
from resources.stores import Stores
from resources.warehouse.sources import open_for_reading
from sandbox.oauth import ClientApp
from sandbox.serve import Sandbox

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Ours:
    """One platform as connected and synced by us."""

    stores: Stores
    sandbox: Sandbox
    declared: Platform
    datasources: Sequence[Datasource]

    @property
    def app(self) -> ClientApp:
        return self.sandbox.apps[self.declared.key]

    @property
    def account(self) -> str:
        return self.datasources[0].account

    @property
    def grant(self) -> Grant:
        assert self.stores.credentials is not None
        return self.stores.credentials.load(self.datasources[0]).grant

    @property
    def token(self) -> str:
        return self.grant.access.reveal()

    def rows(self, table: str, *columns: str) -> list[Row]:
        """The table's rows in the order of the columns' values."""
        found: list[Row] = []
        for datasource in self.datasources:
            with open_for_reading(self.stores, datasource) as source:
                names = ", ".join(f'"{name}"' for name in columns)
                query = f'SELECT {names} FROM source."{self.declared.schema}"."{table}"'
                found += source.connection.execute(query).fetchall()
        return arranged(found)


def arranged(rows: Iterable[Row]) -> list[Row]:
    """Rows in an order that does not depend on who read them; never none, since two nothings are always alike."""
    found = sorted(rows, key=lambda row: tuple((value is not None, value) for value in row))
    assert found, "nothing was read"
    return found


def money(value: object) -> Decimal:
    """An amount as an official client gives it: text, float or number."""
    return Decimal(str(value))


def epoch(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
