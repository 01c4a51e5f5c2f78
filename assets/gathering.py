"""Pages gathered to batches, and what was decoded of them gathered to loads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from resources.reading import Page

# enough for dlt's fixed price a load not to matter, little enough to lie in memory
_BATCH_BYTES: Final = 64 * 1024 * 1024
Tables = Mapping[str, pa.Table]


@dataclass(kw_only=True)
class Gathered:
    """What was decoded and is not landed yet. `rows` and `suppressed` count over all loads of a sync."""

    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    bytes: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    suppressed: dict[str, int] = field(default_factory=dict)
    undeclared: dict[str, set[str]] = field(default_factory=dict)

    def add(self, tables: Tables, undeclared: Iterable[str], feed: str) -> None:
        for name, table in tables.items():
            self.tables.setdefault(name, []).append(table)
            self.rows[name] = self.rows.get(name, 0) + table.num_rows
            self.bytes += table.nbytes
        self.undeclared.setdefault(feed, set()).update(undeclared)

    def taken(self) -> dict[str, pa.Table]:
        tables = {name: pa.concat_tables(parts) for name, parts in self.tables.items()}
        self.tables, self.bytes = {}, 0
        return tables

    def left_out(self, before: Tables, after: Tables, *, counted: bool) -> None:
        """Notes how many rows of each table were suppressed; `counted` says that `rows` has them already."""
        for name, table in before.items():
            if gone := table.num_rows - after[name].num_rows:
                self.suppressed[name] = self.suppressed.get(name, 0) + gone
                self.rows[name] = self.rows.get(name, 0) - (gone if counted else 0)


def batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Pages that share their facts, gathered to the size at which decoding is fast."""
    batch: list[Page] = []
    size = 0
    for page in pages:
        if batch and (size + len(page.body) > _BATCH_BYTES or page.facts != batch[0].facts):
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += len(page.body)
    if batch:
        yield batch
