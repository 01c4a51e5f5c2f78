"""The page itself: facts in, HTML out."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ignyte_pipelines.cli.catalogue import Metric
from ignyte_pipelines.cli.output import ago
from ignyte_pipelines.cli.panel import DataPanel
from ignyte_pipelines.report import words
from ignyte_pipelines.report.charts import Drawing
from ignyte_pipelines.report.figures import Period, Value
from resources.control_plane.facts import Workspace
from resources.platforms import platform

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One metric: its figure of the week and of the month, both with their change, and its last days."""

    label: str
    value: str
    change: Value
    longer: str
    longer_change: Value
    spark: str
    metric: Metric | None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section of the page."""

    title: str
    tiles: Sequence[Tile]
    drawings: Sequence[Drawing]
    note: str


@dataclass(frozen=True, kw_only=True)
class PlatformRow:
    """What one ads platform says of itself over the month; its conversions are its own claim."""

    title: str
    figures: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """A month's goal, the part of it for the days that are over, and what was reached of that part."""

    label: str
    month: str
    actual: str
    so_far: str
    goal: str
    attained: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """All that the page shows."""

    workspace: Workspace
    week: Period
    month: Period
    calculated_at: datetime
    panel: DataPanel
    parts: Sequence[Part]
    platforms: Sequence[PlatformRow]
    goals: Sequence[GoalRow]
    coverage: Drawing | None


def render(page: Page) -> str:
    """The page as one HTML document: its style is allowed by its digest, and nothing else may be loaded or run."""
    style = (_HERE / "page.css").read_text()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        change=words.change,
        period=words.period,
        svg=Markup,
    )
    template = environment.from_string((_HERE / "page.html.j2").read_text())
    return template.render(
        page=page,
        style=Markup(style),  # noqa: S704 -- our own file
        digest=digest,
        moment=_moment(page),
        ago=lambda found: ago(found, page.panel.now),
        way=_way,
        title_of=lambda key: platform(key).title,
    )


def _way(change: Value) -> str:
    """The class of a change: up is green and down is red, whichever way is good, as in the product."""
    return "none" if change is None or change == 0 else "up" if change > 0 else "down"


def _moment(page: Page) -> str:
    local = page.calculated_at.astimezone(ZoneInfo(page.workspace.time_zone))
    return f"{local:%B} {local.day}, {local.year}, {local:%H:%M} ({page.workspace.time_zone})"
