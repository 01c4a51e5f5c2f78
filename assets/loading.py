"""One sync: a datasource's pages are read, decoded and landed in its file, whole or not at all for those who build."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb
import pyarrow as pa
from dlt.pipeline.exceptions import PipelineStepFailed

from assets.gathering import Gathered, batches
from assets.privacy.cutoffs import cut_offs, without_expired
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
from resources.suppression import Suppression, change
from resources.warehouse.landing import Landing, cursors_in
from resources.warehouse.opening import CATALOG, memory
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import mark_clean, mark_loading, open_for_load

_LOAD_BYTES: Final = 512 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a sync is: pages and bytes read so far of one feed."""

    feed: str
    pages: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a sync did. `rows` counts those landed per stream, merged ones included; `suppressed` those left out."""

    rows: Mapping[str, int]
    suppressed: Mapping[str, int]
    requests: int
    bytes: int
    refusals: int
    undeclared: Mapping[str, tuple[str, ...]]
    file: FileGeneration


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
        self._gathered = Gathered()
        self._started = stores.clock()
        self._suppression = Suppression.of(stores, datasource.workspace_id)
        self._limits = cut_offs(self._platform, stores.plane.rules.of(datasource.workspace_id), self._started)

    def run(self) -> Report:
        """Reads every feed and lands it; on failure the cursor has not moved and the next sync heals the file.

        Raises:
            Problem: see its kinds; what was known of the datasource is already updated.
        """
        with closing(self), open_door(self._stores, self._datasource) as door:
            cursors = {} if self._full else self._cursors()
            feeds = list(feeds_of(self._platform, self._datasource))
            with closing(memory(self._stores.scratch)) as reader:
                for feed, streams in feeds:
                    self._read(reader, door, feed, streams, self._window(feed, cursors))
            orphans = self._land({feed.name: self._started for feed, _ in feeds})
        file = self._without_orphans() if orphans else mark_clean(self._stores, self._datasource)
        counts = door.counts
        return Report(
            rows=self._gathered.rows,
            suppressed=self._gathered.suppressed,
            requests=counts.requests,
            bytes=counts.bytes,
            refusals=counts.refusals,
            undeclared={feed: tuple(sorted(names)) for feed, names in self._gathered.undeclared.items() if names},
            file=file,
        )

    def close(self) -> None:
        """Forgets who is suppressed."""
        self._suppression.close()

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
        for batch in batches(self._watched(feed, self._shaped(feed, door, window))):
            decoded = decoder.decode(batch, streams)
            young = without_expired(reader, self._platform, decoded.tables, self._limits)
            tables = self._suppression.drop(self._platform, young)
            self._gathered.left_out(young, tables, counted=False)
            self._gathered.add(tables, decoded.undeclared, feed.name)
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

    def _land(self, cursors: Mapping[str, datetime]) -> int:
        """Lands what is gathered; the last time, returns how many rows of the file belong to what is suppressed."""
        with open_for_load(self._stores, self._datasource) as source:

            def may_commit() -> bool:
                open_still = self._stores.plane.datasources.may_read(self._datasource.id, self._datasource.fence)
                return open_still and source.holding.renewed()

            tables = self._still_wanted(self._gathered.taken())
            mark_loading(self._stores, source)
            scratch = self._stores.scratch
            with Landing(source.connection, scratch, self._platform, self._started, may_commit) as landing:
                landing.land(tables, cursors)
            return self._suppression.orphans(source.connection, self._platform, CATALOG) if cursors else 0

    def _still_wanted(self, tables: Mapping[str, pa.Table]) -> Mapping[str, pa.Table]:
        """Without what was suppressed since it was read: somebody was erased, or a child came before its parent."""
        before = self._suppression
        before.close()
        self._suppression = Suppression.of(self._stores, self._datasource.workspace_id)
        if self._suppression.generation == before.generation:
            return tables
        wanted = self._suppression.drop(self._platform, tables)
        self._gathered.left_out(tables, wanted, counted=True)
        return wanted

    def _without_orphans(self) -> FileGeneration:
        """The load ends with a rewrite: what was deleted in place would still be in the file's free blocks."""
        done = rewrite(self._stores, self._datasource, change(self._stores, self._datasource), ends_load=True)
        for table, count in done.left_out.items():
            stream = table.partition(".")[2]
            self._gathered.suppressed[stream] = self._gathered.suppressed.get(stream, 0) + count
        return done.file


def feeds_of(declared: Platform, datasource: Datasource) -> Iterator[tuple[Feed, tuple[Stream, ...]]]:
    """The feeds to read, with the streams of each that the workspace opted in to."""
    for feed in declared.feeds:
        streams = tuple(stream for stream in feed.streams if not stream.needs or stream.needs in datasource.opted_in)
        if streams:
            yield feed, streams


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
