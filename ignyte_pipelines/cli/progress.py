"""What a person sees while a run goes on: what is read, how fast, what is built."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from assets.outside import Building, Built, Event, Failed, Landed, Reading
from ignyte_pipelines.cli.output import counted, errors, size
from resources.control_plane.facts import Datasource
from resources.platforms import platform

if TYPE_CHECKING:
    from assets.loading import Report
    from resources.warehouse.metrics import Published

_DONE: Final = {"success", "pass"}
_FRAMES: Final = 8
_NAME: Final = 20
_MARGIN: Final = 3  # of the spinner in front


@dataclass(kw_only=True)
class _Source:
    """How far one datasource is, over its feeds."""

    title: str
    started: float
    feed: str = ""
    pages: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    ended: str = ""

    def line(self, now: float) -> Text:
        pages, size_ = sum(self.pages.values()), sum(self.bytes.values())
        speed = size(size_ / max(now - self.started, 0.1))
        figures = f"{counted(pages, 'page'):>10}  {size(size_):>9}  {speed}/s"
        return _line((self.title, "bold"), f"{self.feed:<20}", figures)


class Watch:
    """Listens to a run and shows it on stderr: live where that is a terminal, line by line elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._console = errors()
        self._sources: dict[str, _Source] = {}
        self._node = ""
        self._tested = self._modelled = 0
        self.landed: list[tuple[Datasource, Report]] = []
        self.failed: list[tuple[Datasource, str]] = []
        self.published: Published | None = None
        # the picture is taken once on the way in, so all it shows is set before
        self._live = Live(
            console=self._console, refresh_per_second=_FRAMES, transient=True, get_renderable=self._picture
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def hear(self, event: Event) -> None:
        """Takes one event of the run."""
        if isinstance(event, Reading):
            self._read(event)
        elif isinstance(event, Landed):
            self._landed(event)
        elif isinstance(event, Failed):
            self._sources.pop(event.datasource.id, None)
            self.failed.append((event.datasource, event.why))
            self._console.print(f"[red]✗[/] {_title(event.datasource)}", end=" ")
            self._console.print(event.why, markup=False)
        elif isinstance(event, Building):
            self._build(event)
        elif isinstance(event, Built):
            self._built(event)

    def _read(self, event: Reading) -> None:
        source = self._source(event.datasource)
        source.feed = event.progress.feed
        source.pages[source.feed] = event.progress.pages
        source.bytes[source.feed] = event.progress.bytes

    def _source(self, datasource: Datasource) -> _Source:
        return self._sources.setdefault(datasource.id, _Source(title=_title(datasource), started=self._clock()))

    def _landed(self, event: Landed) -> None:
        source = self._sources.pop(event.datasource.id, None) or self._source(event.datasource)
        seconds = self._clock() - source.started
        report = event.report
        self.landed.append((event.datasource, report))
        what = f"{sum(report.rows.values()):>8,} rows in {counted(len(report.rows), 'table')}"
        speed = f"{size(report.bytes)}, {counted(report.requests, 'request')}, {seconds:.1f} s"
        self._console.print(f"[green]✓[/] [bold]{source.title:<{_NAME}}[/]{what}  [dim]{speed}[/]")

    def _build(self, event: Building) -> None:
        node = event.node
        self._node = node.name
        if node.status in _DONE:
            model = node.unique_id.startswith("model.")
            self._modelled += model
            self._tested += not model

    def _built(self, event: Built) -> None:
        self.published = event.published
        self._node = ""
        result = event.published.result
        done = f"{counted(len(result.models), 'model')} built, {counted(len(result.tests), 'test')} passed"
        self._console.print(f"[green]✓[/] [bold]{'Metrics':<{_NAME}}[/]{done}")

    def _picture(self) -> Group:
        now = self._clock()
        lines = [source.line(now) for source in self._sources.values()]
        if self._node:
            counts = f"{self._modelled} models, {self._tested} tests  "
            lines.append(_line(("Metrics", "bold"), counts, (self._node, "dim")))
        lines = lines or [self._between()]
        for line in lines:
            # a line that wraps would make the picture jump
            line.truncate(self._console.width - _MARGIN, overflow="ellipsis")
        return Group(*(Spinner("dots", text=line) for line in lines))

    def _between(self) -> Text:
        if self.published:
            return _line(("Finishing", "bold"), "writing down what was made")
        if self.landed:
            return _line(("Working", "bold"), "checking what landed, opening what is next")
        return _line(("Starting", "bold"), "loading Dagster's definitions")


def _line(name: tuple[str, str], *words: str | tuple[str, str]) -> Text:
    return Text.assemble((f"{name[0]:<{_NAME}}", name[1]), *words)


def _title(datasource: Datasource) -> str:
    return platform(datasource.platform).title
