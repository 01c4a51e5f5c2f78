"""Rows to land, and what then lies in the file."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from resources.control_plane.facts import Datasource
from resources.platforms import platform
from resources.stores import Stores
from resources.warehouse.landing import Landing, cursors_in
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load

WHEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def refunds(*ids: str, amount: int = 100) -> pa.Table:
    zoned = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [("id", pa.string()), ("created_at", zoned), ("charge_id", pa.string()), ("amount_minor", pa.int64())]
        + [(name, pa.string()) for name in ("currency", "status", "reason", "balance_transaction_id")]
    )
    rows = [{"id": name, "created_at": WHEN, "amount_minor": amount, "currency": "usd"} for name in ids]
    return pa.Table.from_pylist(rows, schema=schema)


def land(
    stores: Stores,
    datasource: Datasource,
    table: pa.Table,
    cursors: Mapping[str, dt.datetime] | None = None,
    *,
    may_commit: bool = True,
) -> None:
    with open_for_load(stores, datasource) as source:
        mark_loading(stores, source)
        declared = platform(datasource.platform)
        with Landing(source.connection, stores.scratch, declared, stores.clock(), lambda: may_commit) as landing:
            landing.land({"refunds": table}, cursors)
    mark_clean(stores, datasource)


def landed(stores: Stores, datasource: Datasource) -> dict[str, int]:
    """id → amount of every refund in the file."""
    with open_for_load(stores, datasource) as source:
        rows: Iterable[Any] = source.connection.execute(
            "SELECT id, amount_minor FROM source.raw_stripe.refunds ORDER BY id"
        ).fetchall()
    return dict(rows)


def cursors_of(stores: Stores, datasource: Datasource) -> Mapping[str, dt.datetime]:
    with open_for_load(stores, datasource) as source:
        return cursors_in(source.connection, platform("stripe"))
