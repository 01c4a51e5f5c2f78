"""What erasing people costs: one person, and a hundred at once, against copying the files that hold anything of them.

    python -m benchmarks.erasure [--orders 1000000] [--json]

A shop with as many orders, three lines and a payment each, and a third as many customers, and its payments at Stripe,
are made inside two encrypted files. A copy is DuckDB's own, from an encrypted file into another. An erasure is all
that is done to the files: the people are found and suppressed, and the files rewritten, read back and compared.
Calculating the metrics anew and the verifier are left out: neither depends on how many people go.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from assets.privacy import erasure_steps as steps
from assets.privacy.requests import receive
from resources.control_plane.facts import Datasource, Workspace
from resources.control_plane.privacy_facts import ErasurePolicy, RequestKind
from resources.decode.kinds import STORED
from resources.decode.paths import quoted
from resources.identity import subject
from resources.platform import Stream
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.vault.datakey import DataKey
from resources.warehouse.opening import attach, detach, memory
from resources.warehouse.sources import mark_clean, open_for_load

_LINES: Final = 3
_BATCH: Final = 100
_FILLED: Final = {
    "VARCHAR": "'value ' || (hash(i) % 50)",
    "BIGINT": "i % 100",
    "DECIMAL(18,6)": "(hash(i) % 100000) / 100",
    "BOOLEAN": "i % 20 = 0",
    "DATE": "DATE '2025-01-01' + CAST(i % 700 AS INTEGER)",
    "TIMESTAMPTZ": "TIMESTAMPTZ '2025-01-01 00:00:00Z' + INTERVAL (i * 37 % 60000000) SECOND",
}
_BUYER: Final = "hash(i) % {customers}"
_MAIL: Final = "'Ann.' || ({who}) || '@Example.com'"
_SAID: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("shopify", "orders"): {
        "id": "'gid://shopify/Order/' || (5000000000000 + i)",
        "email": _MAIL,
        "phone": "CASE WHEN i % 3 = 0 THEN '+1 555 ' || lpad(CAST({who} AS VARCHAR), 7, '0') END",
        "customer_id": "CASE WHEN i % 20 > 0 THEN 'gid://shopify/Customer/' || (7000000000000 + {who}) END",
        "discount_codes": "'[]'",
    },
    ("shopify", "order_lines"): {
        "id": "'gid://shopify/LineItem/' || (6000000000000 + i)",
        "order_id": f"'gid://shopify/Order/' || (5000000000000 + i // {_LINES})",
        "tax_lines": """'[{{"title":"State Tax","rate":0.0' || (hash(i) % 90000) || '}}]'""",
    },
    ("shopify", "transactions"): {
        "id": "'gid://shopify/OrderTransaction/' || (8000000000000 + i)",
        "order_id": "'gid://shopify/Order/' || (5000000000000 + i)",
    },
    ("shopify", "customers"): {
        "id": "'gid://shopify/Customer/' || (7000000000000 + i)",
        "number": "7000000000000 + i",
        "email": _MAIL.replace("{who}", "i"),
        "phone": "'+1555' || lpad(CAST(i AS VARCHAR), 7, '0')",
    },
    ("stripe", "charges"): {
        "id": "'ch_' || lpad(CAST(i AS VARCHAR), 24, '0')",
        "customer_id": "'cus_' || lpad(CAST({who} AS VARCHAR), 14, '0')",
        "email": _MAIL,
        "description": "'Order #' || i",
    },
}


def made(stores: Stores, orders: int) -> Workspace:
    """A workspace with a shop and its payments in their files."""
    workspace = stores.plane.workspaces.create("benchmark", now=stores.clock())
    customers = max(_BATCH * 3, orders // 3)
    counts = {"orders": orders, "order_lines": orders * _LINES, "transactions": orders, "customers": customers}
    for key in ("shopify", "stripe"):
        datasource = _connected(stores, workspace, key)
        with open_for_load(stores, datasource) as source:
            source.connection.execute(f"CREATE SCHEMA source.raw_{key}")
            for stream in platform(key).streams:
                if said := _SAID.get((key, stream.name)):
                    who = _BUYER.format(customers=customers)
                    spelled = {name: text.format(who=who) for name, text in said.items()}
                    rows = f"SELECT {_columns(stream, spelled)} FROM range({counts.get(stream.name, orders)}) AS r (i)"
                    source.connection.execute(f"CREATE TABLE source.raw_{key}.{quoted(stream.name)} AS {rows}")
        mark_clean(stores, datasource)
    return workspace


def _columns(stream: Stream, said: Mapping[str, str]) -> str:
    kinds = {column.name: STORED[column.kind] for column in stream.columns} | {"_synced_at": "TIMESTAMPTZ"}
    return ", ".join(f"CAST({said.get(name, _FILLED[kind])} AS {kind}) AS {name}" for name, kind in kinds.items())


def _connected(stores: Stores, workspace: Workspace, key: str) -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform=key,
        account=f"{key} account",
        account_name="benchmark",
        currency="USD",
        time_zone="UTC",
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        now=stores.clock(),
    )


def copied(stores: Stores, workspace: Workspace) -> None:
    """DuckDB's own copy of every file of the workspace, encrypted again."""
    with tempfile.TemporaryDirectory(dir=stores.data_root) as folder:
        for datasource in stores.plane.datasources.of(workspace.id):
            file = stores.plane.files.current_source(datasource.id)
            assert file is not None
            target = Path(folder) / f"{datasource.id}.duckdb"
            with closing(memory(stores.scratch)) as connection:
                with stores.keys.plain(file.key_id) as key:
                    attach(connection, stores.data_root / file.path, "old", key, read_only=True)
                with DataKey(bytes(range(32))) as key:
                    attach(connection, target, "new", key)
                connection.execute("COPY FROM DATABASE old TO new")
                detach(connection, "new")


def erased(stores: Stores, workspace: Workspace, people: Iterable[int]) -> int:
    """Takes people out of the files of a workspace; returns how many rows were theirs."""
    asked = [
        receive(stores, workspace, RequestKind.ERASE, subject(emails=(f"ann.{who}@example.com",)), channel="benchmark")
        for who in people
    ]
    seen = steps.look(stores, workspace, asked, ErasurePolicy.DELETE)
    steps.keep_away(stores, asked, seen)
    for datasource_id in seen.found.datasources:
        datasource = stores.plane.datasources.get(datasource_id)
        steps.rewrite_source(stores, datasource, asked, seen, ErasurePolicy.DELETE)
    return sum(place.rows for place in seen.found.places)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of the processor: the latter say more where others are at work too."""
    begun, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - spent


def measured(orders: int) -> dict[str, float]:
    """The figures of one run. The copy is timed before and after, since a machine is never alone."""
    with tempfile.TemporaryDirectory() as folder, open_stores(Settings(home=Path(folder) / "home")) as stores:
        workspace = made(stores, orders)
        megabytes = sum(file.size or 0 for file in stores.plane.files.of(workspace.id)) / 1e6
        rows: list[int] = []
        copies = [_timed(lambda: copied(stores, workspace))]
        one = _timed(lambda: rows.append(erased(stores, workspace, [7])))
        copies.append(_timed(lambda: copied(stores, workspace)))
        hundred = _timed(lambda: rows.append(erased(stores, workspace, range(10, 10 + _BATCH))))
        copies.append(_timed(lambda: copied(stores, workspace)))
    copy, copy_cpu = (sorted(each)[1] for each in zip(*copies, strict=True))
    return {
        "orders": orders,
        "megabytes": round(megabytes, 1),
        "copy_s": round(copy, 2),
        "one_s": round(one[0], 2),
        "hundred_s": round(hundred[0], 2),
        "rows_one": rows[0],
        "rows_hundred": rows[1],
        "times_copy_one": round(one[0] / copy, 2),
        "times_one_hundred": round(hundred[0] / one[0], 2),
        "cpu_times_copy_one": round(one[1] / copy_cpu, 2),
        "cpu_times_one_hundred": round(hundred[1] / one[1], 2),
    }


def main() -> None:
    """Prints the figures as a table, or with --json as one JSON document."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.erasure", description="Times of erasures.")
    options.add_argument("--orders", type=int, default=1_000_000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    figures = measured(asked.orders)
    if asked.json:
        print(json.dumps(figures))
        return
    table = Table("what", "figure")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
