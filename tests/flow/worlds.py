"""Homes with the brand loaded, copied world by world, and what the brand itself knows of a person's records."""

import datetime as dt
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from merchant import describe, join

from assets.loading import sync
from assets.privacy.requests import receive
from resources.control_plane.facts import Datasource, Workspace
from resources.control_plane.privacy_facts import Request, RequestKind
from resources.identity import Subject
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.metrics import open_metrics
from resources.warehouse.sources import mark_clean, open_for_load, open_for_reading
from sandbox.serve import Sandbox
from sandbox.world import World
from sandbox.world.entities import Order, Person

PLATFORMS: Final = ("shopify", "stripe", "recharge", "klaviyo")
EVERYTHING: Final = (*PLATFORMS, "amazon_seller")
NOW: Final = dt.datetime.now(dt.UTC)
Tables = dict[str, list[tuple[object, ...]]]


@contextmanager
def opened(home: Path) -> Iterator[tuple[Stores, Workspace]]:
    with open_stores(Settings(home=home), clock=lambda: NOW) as stores:
        yield stores, stores.plane.workspaces.all()[0]


@contextmanager
def opened_home() -> Iterator[tuple[Stores, Workspace]]:
    """The same for the home that the environment names, in a process of its own."""
    with opened(Settings().home) as found:
        yield found


def load(home: Path, sandbox: Sandbox, platforms: Iterable[str]) -> None:
    """Connects and syncs a new workspace through the real flow."""
    home.mkdir(mode=0o700)
    describe(sandbox, home)
    with open_stores(Settings(home=home), clock=lambda: NOW) as stores:
        workspace = stores.plane.workspaces.create("Juniper", now=stores.clock())
        for key in platforms:
            sync(stores, join(stores, sandbox, workspace, key, optional(key))[0])


def optional(key: str) -> list[str]:
    """All that may be left out of what a platform is asked for."""
    return [stream.needs for stream in platform(key).streams if stream.needs]


def another(home: Path, name: str) -> Path:
    """The same world once more: same ids, same keys."""
    return Path(shutil.copytree(home, home.parent / name, symlinks=True))


def source(stores: Stores, workspace: Workspace, key: str) -> Datasource:
    return next(each for each in stores.plane.datasources.of(workspace.id) if each.platform == key)


def change(stores: Stores, workspace: Workspace, key: str, statements: Iterable[str]) -> None:
    """Changes a source's tables, named without their catalog, as if they had been loaded so."""
    datasource = source(stores, workspace, key)
    with open_for_load(stores, datasource) as opened_source:
        opened_source.connection.execute(f"USE source.raw_{key}")
        for statement in statements:
            opened_source.connection.execute(statement)
    mark_clean(stores, datasource)


def ask(stores: Stores, workspace: Workspace, *subjects: Subject) -> list[Request]:
    return [receive(stores, workspace, RequestKind.ERASE, each, channel="a test") for each in subjects]


def raw(stores: Stores, workspace: Workspace) -> Tables:
    """Every row of every source, but for what dlt keeps of its loads."""
    found: Tables = {}
    for datasource in stores.plane.datasources.of(workspace.id):
        with open_for_reading(stores, datasource) as opened_source:
            names = opened_source.connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' AND table_name NOT LIKE '_dlt%'"
            ).fetchall()
            for (name,) in names:
                rows = opened_source.connection.execute(
                    f'FROM source."raw_{datasource.platform}"."{name}" ORDER BY ALL'
                )
                found[f"{datasource.platform}.{name}"] = rows.fetchall()
    return found


def calculated(stores: Stores, workspace: Workspace) -> Tables:
    """Every published table."""
    with open_metrics(stores, workspace) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: connection.execute(f'FROM "{name}" ORDER BY ALL').fetchall() for name in names}


def differing(left: Tables, right: Tables) -> list[str]:
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The records of one buyer on each platform, as the brand's own books have them and not as we would find them."""

    world: World
    person: Person | None = None
    email: str = ""
    orders: list[Order] = field(init=False)

    def __post_init__(self) -> None:
        mail = (self.person.email if self.person else self.email).lower()
        theirs = [
            order
            for order in self.world.orders
            if (order.person == self.person if order.person else order.email.lower() == mail)
        ]
        object.__setattr__(self, "orders", theirs)

    def shopify(self) -> list[str]:
        orders = _list(f"'gid://shopify/Order/{order.id}'" for order in self.orders)
        refunds = _list(f"'gid://shopify/Refund/{refund.id}'" for order in self.orders for refund in order.refunds)
        children = ("order_lines", "order_discounts", "transactions", "fulfilments", "refunds")
        customer = self.person.id if self.person else 0
        return [
            f"DELETE FROM refund_lines WHERE refund_id IN {refunds}",
            *(f"DELETE FROM {name} WHERE order_id IN {orders}" for name in children),
            f"DELETE FROM orders WHERE id IN {orders}",
            f"DELETE FROM customers WHERE number = {customer}",
        ]

    def stripe(self) -> list[str]:
        theirs = {order.id for order in self.orders}
        charges = {charge.id for charge in self.world.charges if charge.order.id in theirs}
        behind = charges | {back.id for back in self.world.charge_refunds if back.charge.id in charges}
        behind |= {case.id for case in self.world.disputes if case.charge.id in charges}
        paid = _list(f"'{each}'" for each in charges)
        return [
            f"DELETE FROM balance_transactions WHERE source_id IN {_list(map(repr, behind))}",
            f"DELETE FROM refunds WHERE charge_id IN {paid}",
            *([f"DELETE FROM disputes WHERE charge_id IN {paid}"] if self.world.disputes else []),
            f"DELETE FROM charges WHERE id IN {paid}",
        ]

    def recharge(self) -> list[str]:
        customer = self.person.recharge_id if self.person else 0
        theirs = ("addresses", "subscriptions", "charges", "queued_charges", "orders")
        return [
            f"DELETE FROM order_lines WHERE order_id IN (SELECT id FROM orders WHERE customer_id = {customer})",
            *(f"DELETE FROM {name} WHERE customer_id = {customer}" for name in theirs),
            f"DELETE FROM customers WHERE id = {customer}",
        ]

    def klaviyo(self) -> list[str]:
        return [f"DELETE FROM profiles WHERE id = '{self.person.klaviyo_id if self.person else ''}'"]


def never_were(stores: Stores, workspace: Workspace, everybody: Iterable[Truth]) -> None:
    """Takes out all that the brand's books have of these people: the world in which they never bought."""
    truths = list(everybody)
    for key in PLATFORMS:
        change(stores, workspace, key, [each for truth in truths for each in getattr(truth, key)()])


def _list(items: Iterable[str]) -> str:
    return f"({', '.join(sorted(items)) or 'NULL'})"
