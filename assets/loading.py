"""One sync: a datasource's pages are read, decoded and landed in its file, whole or not at all for those who build."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import duckdb
import pyarrow as pa
from dlt.pipeline.exceptions import PipelineStepFailed

from resources.access import open_door
from resources.audit import service
from resources.control_plane.facts import Datasource, FileGeneration
from resources.decode import Decoder
from resources.door import Door, redact
from resources.errors import AskAgain, Problem, Refused, Stop
from resources.platform import Feed, Platform, Stream
from resources.platforms import platform
from resources.reading import Page, Window
from resources.stores import Stores
from resources.warehouse.landing import Landing, cursors_in
from resources.warehouse.opening import memory
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load

# enough for dlt's fixed price a load not to matter, little enough to lie in memory
_BATCH_BYTES: Final = 64 * 1024 * 1024
_LOAD_BYTES: Final = 512 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a sync is: pages and bytes read so far of one feed."""

    feed: str
    pages: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a sync did. `rows` counts those landed per stream, merged ones included."""

    rows: Mapping[str, int]
    requests: int
    bytes: int
    refusals: int
    undeclared: Mapping[str, tuple[str, ...]]
    file: FileGeneration


@dataclass(kw_only=True)
class _Gathered:
    """What was decoded and is not landed yet."""

    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    bytes: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    undeclared: dict[str, set[str]] = field(default_factory=dict)

    def add(self, tables: Mapping[str, pa.Table], undeclared: Iterable[str], feed: str) -> None:
        for name, table in tables.items():
            self.tables.setdefault(name, []).append(table)
            self.rows[name] = self.rows.get(name, 0) + table.num_rows
            self.bytes += table.nbytes
        self.undeclared.setdefault(feed, set()).update(undeclared)

    def taken(self) -> dict[str, pa.Table]:
        tables = {name: pa.concat_tables(parts) for name, parts in self.tables.items()}
        self.tables, self.bytes = {}, 0
        return tables


class Sync:
    """One sync of one datasource."""

    def __init__(
        self,
        stores: Stores,
        datasource: Datasource,
        *,
        declared: Platform | None = None,
        full: bool = False,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """Opens nothing yet. `full` forgets the cursors; `declared` stands in for the platform's own declaration."""
        self._stores = stores
        self._datasource = datasource
        self._platform = declared or platform(datasource.platform)
        self._full = full
        self._on_progress = on_progress
        self._gathered = _Gathered()
        self._started = stores.clock()

    def run(self) -> Report:
        """Reads every feed and lands it; on failure the cursor has not moved and the next sync heals the file.

        Raises:
            Problem: see its kinds; what was known of the datasource is already updated.
        """
        with open_door(self._stores, self._datasource) as door:
            cursors = {} if self._full else self._cursors()
            feeds = list(feeds_of(self._platform, self._datasource))
            with closing(memory(self._stores.scratch)) as reader:
                for feed, streams in feeds:
                    self._read(reader, door, feed, streams, self._window(feed, cursors))
            self._land({feed.name: self._started for feed, _ in feeds})
        file = mark_clean(self._stores, self._datasource)
        counts = door.counts
        return Report(
            rows=self._gathered.rows,
            requests=counts.requests,
            bytes=counts.bytes,
            refusals=counts.refusals,
            undeclared={feed: tuple(sorted(names)) for feed, names in self._gathered.undeclared.items() if names},
            file=file,
        )

    def _cursors(self) -> Mapping[str, datetime]:
        with open_for_load(self._stores, self._datasource) as source:
            return cursors_in(source.connection, self._platform)

    def _window(self, feed: Feed, cursors: Mapping[str, datetime]) -> Window:
        last = cursors.get(feed.name)
        return Window(since=last - feed.lookback if last else None, until=self._started)

    def _read(
        self, reader: duckdb.DuckDBPyConnection, door: Door, feed: Feed, streams: tuple[Stream, ...], window: Window
    ) -> None:
        decoder = Decoder(reader, self._stores.scratch, self._platform.key, feed)
        for batch in _batches(self._watched(feed, self._shaped(feed, door, window))):
            decoded = decoder.decode(batch, streams)
            self._gathered.add(decoded.tables, decoded.undeclared, feed.name)
            if self._gathered.bytes > _LOAD_BYTES:
                self._land({})

    def _shaped(self, feed: Feed, door: Door, window: Window) -> Iterator[Page]:
        """The feed's pages; an answer in which the reader misses what it goes on by is a broken page too."""
        try:
            yield from feed.read(door, window)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            missing = f" ({error.args[0]})" if isinstance(error, KeyError) else ""
            raise Stop(
                f"an answer has not the shape that is read{missing}.",
                to=f"{self._platform.key} {feed.name}",
                do_next="Nothing of it was stored and the last good state stays.",
            ) from None

    def _watched(self, feed: Feed, pages: Iterator[Page]) -> Iterator[Page]:
        size = 0
        for number, page in enumerate(pages, start=1):
            size += len(page.body)
            self._on_progress(Progress(feed=feed.name, pages=number, bytes=size))
            yield page

    def _land(self, cursors: Mapping[str, datetime]) -> None:
        with open_for_load(self._stores, self._datasource) as source:

            def may_commit() -> bool:
                open_still = self._stores.plane.datasources.may_read(self._datasource.id, self._datasource.fence)
                return open_still and source.holding.renewed()

            mark_loading(self._stores, source)
            scratch = self._stores.scratch
            with Landing(source.connection, scratch, self._platform, self._started, may_commit) as landing:
                landing.land(self._gathered.taken(), cursors)


def feeds_of(declared: Platform, datasource: Datasource) -> Iterator[tuple[Feed, tuple[Stream, ...]]]:
    """The feeds to read, with the streams of each that the workspace opted in to."""
    for feed in declared.feeds:
        streams = tuple(stream for stream in feed.streams if not stream.needs or stream.needs in datasource.opted_in)
        if streams:
            yield feed, streams


def _batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
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


def sync(
    stores: Stores,
    datasource: Datasource,
    *,
    full: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Syncs a datasource and writes down how it went: success, failure, or that a person must authorize again.

    Raises:
        Problem: see its kinds.
    """
    plane, clock = stores.plane, stores.clock
    if not plane.datasources.may_read(datasource.id, datasource.fence):
        raise Refused(
            f"it may not be read: connection {datasource.connection}, sync {datasource.sync}.",
            to=f"datasource {datasource.id}",
            do_next="Resume or reauthorize it first.",
        )
    try:
        with _written_or_stopped(datasource):
            report = Sync(stores, datasource, full=full, on_progress=on_progress).run()
    except AskAgain as problem:
        plane.datasources.needs_reauthorization(datasource.id, str(problem), clock(), fence=datasource.fence)
        _note_dead_grant(stores, datasource, problem)
        raise
    except Problem as problem:
        plane.datasources.failed(datasource.id, str(problem), clock())
        raise
    plane.datasources.succeeded(datasource.id, clock())
    return report


@contextmanager
def _written_or_stopped(datasource: Datasource) -> Iterator[None]:
    """Says what it means when a page or a load can't be written down; the words of the libraries may quote a row."""
    try:
        yield
    except (OSError, duckdb.Error, PipelineStepFailed) as error:
        raise Stop(
            f"what was read could not be written ({type(error).__name__}): the disk may be full or out of reach.",
            to=f"datasource {datasource.id}",
            do_next="Make room, then sync again; the metrics published before stay, and nothing read is lost.",
        ) from None


def _note_dead_grant(stores: Stores, datasource: Datasource, problem: AskAgain) -> None:
    target, why = f"datasource {datasource.id}", redact(str(problem))
    actor, place = service("sync"), datasource.workspace_id
    stores.audit.event("datasource.grant_gone", target, actor=actor, workspace_id=place, details={"why": why})
