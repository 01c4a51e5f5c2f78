"""Orders landed per second: ours, plain dlt, an expert's dlt, and DuckDB's reader alone, on the same pages.

    python -m benchmarks.landing [--scale small|large] [--json]

Every contender is a process of its own and fetches the same bulk export over HTTPS from the sandbox, which is another.
Ours adds what the product needs: three typed tables in a file under AES-256-GCM, merged on their keys; it is timed on
its second load, when every row is there already and has to be merged. Plain dlt gets dicts and normalises by default;
the expert's dlt gets one Arrow table a chunk, with the nested parts left as JSON; the limit is DuckDB's reader into
plain tables, with no dlt and no merge.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import dlt
import duckdb
import orjson
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from assets.loading import Sync
from benchmarks.shop import connected, export
from resources.platforms import platform
from resources.platforms.shopify import streams
from resources.scratch import scratch
from resources.settings import Settings
from resources.stores import open_stores

_STREAMS: Final = (streams.ORDERS, streams.ORDER_LINES, streams.TRANSACTIONS)
_CHUNK: Final = 20_000


def ours(home: Path) -> tuple[int, float]:
    """The product's own path, from the question to the last commit."""
    declared = platform("shopify")
    orders = replace(declared.feeds[0], streams=_STREAMS)
    with open_stores(Settings(home=home)) as stores:
        datasource = connected(stores)
        Sync(stores, datasource, declared=replace(declared, feeds=(orders,)), full=True).run()
        begun = time.perf_counter()
        report = Sync(stores, datasource, declared=replace(declared, feeds=(orders,)), full=True).run()
        return report.rows["orders"], time.perf_counter() - begun


def _orders_and_lines(home: Path) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    with open_stores(Settings(home=home)) as stores:
        for piece in export(stores, connected(stores)):
            parents: list[dict[str, Any]] = []
            children: list[dict[str, Any]] = []
            for line in piece.splitlines():
                record = orjson.loads(line)
                (children if "__parentId" in record else parents).append(record)
            yield parents, children


def plain_dlt(home: Path) -> tuple[int, float]:
    """What the documentation shows: dicts, and dlt makes tables of them."""
    begun, counted = time.perf_counter(), 0

    @dlt.resource(primary_key="id", write_disposition="merge")
    def records() -> Iterator[Any]:
        nonlocal counted
        for parents, children in _orders_and_lines(home):
            counted += len(parents)
            yield dlt.mark.with_table_name(parents, "orders")
            yield dlt.mark.with_table_name(children, "order_lines")

    with scratch() as folder:
        _pipeline(folder).run(records())
    return counted, time.perf_counter() - begun


def expert_dlt(home: Path) -> tuple[int, float]:
    """Fast JSON and Arrow, one table, nested parts as JSON text, appended."""
    begun, counted = time.perf_counter(), 0

    @dlt.resource(name="orders", primary_key="id", write_disposition="append")
    def orders() -> Iterator[pa.Table]:
        nonlocal counted
        for parents, _ in _orders_and_lines(home):
            counted += len(parents)
            flat = [{key: _flat(value) for key, value in order.items()} for order in parents]
            # a column that is null in one chunk and text in another would change its type
            schema = pa.schema([(key, pa.string()) for key in flat[0]])
            yield pa.Table.from_pylist(flat, schema=schema)

    with scratch() as folder:
        _pipeline(folder).run(orders())
    return counted, time.perf_counter() - begun


def _flat(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def duckdb_alone(home: Path) -> tuple[int, float]:
    """The limit: nothing but DuckDB's own reader into plain tables."""
    begun = time.perf_counter()
    with scratch() as folder, open_stores(Settings(home=home)) as stores:
        connection = duckdb.connect(str(folder / "plain.duckdb"))
        for number, piece in enumerate(export(stores, connected(stores))):
            file = folder / f"{number}.jsonl"
            file.write_bytes(piece)
        read = f"read_json('{folder}/*.jsonl', format='newline_delimited', sample_size=2000)"
        connection.execute(f"CREATE TABLE everything AS SELECT * FROM {read}")
        (counted,) = connection.execute('SELECT count(*) FROM everything WHERE "__parentId" IS NULL').fetchone() or (0,)
        connection.close()
    return counted, time.perf_counter() - begun


def _pipeline(folder: Path) -> dlt.Pipeline:
    destination = dlt.destinations.duckdb(str(folder / "plain.duckdb"))
    return dlt.pipeline("bench", pipelines_dir=str(folder / "dlt"), destination=destination, dataset_name="raw")


CONTENDERS: Final[dict[str, Callable[[Path], tuple[int, float]]]] = {
    "ours": ours,
    "duckdb_alone": duckdb_alone,
    "expert_dlt": expert_dlt,
    "plain_dlt": plain_dlt,
}


@contextmanager
def _sandbox(home: Path, scale: str) -> Iterator[None]:
    command = [sys.executable, "-m", "sandbox", "--home", str(home), "--scale", scale]
    with subprocess.Popen(command) as process:  # noqa: S603 -- our own interpreter and module
        try:
            while not (home / "sandbox.json").exists():
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def measure(home: Path, name: str) -> dict[str, float]:
    """One contender in a process of its own: orders, seconds, orders per second, peak memory in MB."""
    command = [sys.executable, "-m", "benchmarks.landing", "--contender", name, "--home", str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- as above
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def compare(scale: str, console: Console) -> dict[str, Any]:
    """All contenders in turn on one sandbox."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder, _sandbox(Path(folder), scale):
        # whoever comes first would pay for the export being rendered
        measure(Path(folder), "duckdb_alone")
        for name in CONTENDERS:
            with console.status(f"{name} at work"):
                figures[name] = measure(Path(folder), name)
    rates = {name: figure["orders_per_second"] for name, figure in figures.items()}
    return {
        "orders": figures["ours"]["orders"],
        "orders_per_second": rates,
        "times_plain_dlt": rates["ours"] / rates["plain_dlt"],
        "times_expert_dlt": rates["ours"] / rates["expert_dlt"],
        "share_of_limit": rates["ours"] / rates["duckdb_alone"],
        "peak_mb": {name: figure["peak_mb"] for name, figure in figures.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.landing", description=__doc__)
    parser.add_argument("--scale", choices=["small", "large"], default="large")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contender", choices=sorted(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.contender:
        orders, seconds = CONTENDERS[asked.contender](asked.home)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"orders": orders, "orders_per_second": orders / seconds, "peak_mb": peak}))
        return
    console = Console(stderr=True)
    found = compare(asked.scale, console)
    if asked.json:
        print(json.dumps(found))
        return
    table = Table("", "orders/s", "peak MB", title=f"{found['orders']:,} orders landed")
    for name, rate in found["orders_per_second"].items():
        table.add_row(name, f"{rate:,.0f}", f"{found['peak_mb'][name]:,.0f}")
    Console().print(table)
    Console().print(
        f"ours is {found['times_plain_dlt']:.1f} times plain dlt, {found['times_expert_dlt']:.1f} times the expert's"
    )


if __name__ == "__main__":
    main()
