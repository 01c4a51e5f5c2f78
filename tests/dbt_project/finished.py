"""A workspace of the synthetic brand whose metrics are published, and how its marts are read."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd

from resources.control_plane.facts import Workspace
from resources.control_plane.inputs import Cost
from resources.stores import Stores
from resources.warehouse.metrics import open_metrics
from sandbox.world import World

TODAY: Final = dt.date(2026, 3, 14)
# neither the shop's zone nor UTC, so that days have to be cut anew
ZONE: Final = "Europe/Berlin"
READ: Final = "IN ('complete', 'partial')"
RAISED: Final = dt.date(2026, 2, 10)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The truth and the published metrics made of what the platforms showed of it."""

    world: World
    stores: Stores
    workspace: Workspace
    warnings: Sequence[str]

    def read(self, sql: str, *index: str) -> pd.DataFrame:
        """The rows of a query by `index`. Amounts become whole cents; an amount that is none fails."""
        with open_metrics(self.stores, self.workspace) as metrics:
            found = metrics.execute(sql)
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
        cells = [[_cents(value) if isinstance(value, Decimal) else value for value in row] for row in rows]
        frame = pd.DataFrame(cells, columns=names)
        return frame.set_index(list(index)) if index else frame


def _cents(amount: Decimal) -> int | Decimal:
    return int(amount * 100) if amount * 100 == int(amount * 100) else amount * 100


def costs_of(world: World) -> list[Cost]:
    """Two costs per sku, the second dearer by ten cents from a day on; the first sku has none until then."""
    said = [(v.sku, v.cost + 10, RAISED) for v in world.variants]
    said += [(v.sku, v.cost, dt.date(2025, 1, 1)) for v in world.variants[1:]]
    return [
        Cost(line=line, sku=sku, product_id=None, cost=Decimal(cents) / 100, currency="USD", effective_from=day)
        for line, (sku, cents, day) in enumerate(said, start=2)
    ]


def same(mart: pd.DataFrame, truth: pd.DataFrame, names: Mapping[str, str], *, at_least: int) -> None:
    """The mart's columns hold the truth's (by `names`) for each of its rows; what the truth lacks is zero."""
    assert len(mart) >= at_least
    assert set(truth.index) <= set(mart.index)
    for column, name in names.items():
        wanted = truth[name].reindex(mart.index).fillna(0)
        found = mart[column]
        differ = [(at, got, want) for at, got, want in zip(mart.index, found, wanted, strict=True) if got != want]
        assert differ == [], column
