"""Makes the page and writes it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.analysis.writing import private
from ignyte_pipelines.report import charts, drawings, words
from ignyte_pipelines.report.declared import ADS, SECTIONS, SHARES, Section
from ignyte_pipelines.report.page import GoalRow, Page, Part, PlatformRow, Tile, render
from ignyte_pipelines.report.reading import Goal, Material, material
from resources.control_plane.facts import Connection, Workspace
from resources.platforms import platform
from resources.stores import Stores

_WEEK: Final = 7
_MONTH: Final = 30
_PLATFORM_METRICS: Final = ("spend", "impressions", "clicks", "ctr", "cpc", "conversions", "roas")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the page came to."""

    bytes: int
    tiles: int
    charts: int


def write_report(stores: Stores, workspace: Workspace, out: Path) -> Written:
    """Writes the page, readable by its owner only.

    Raises:
        Refused: no metrics are published yet.
    """
    with Session(stores.settings, stores.plane, stores.audit, workspace, via="report") as session:
        found = material(stores, session)
    page = page_of(workspace, found)
    html = render(page).encode()
    with private(out) as sink:
        sink.write(html)
    return Written(
        bytes=len(html),
        tiles=sum(len(part.tiles) for part in page.parts),
        charts=sum(len(part.drawings) for part in page.parts) + (page.coverage is not None),
    )


def page_of(workspace: Workspace, found: Material) -> Page:
    """The page's parts: a section is there if one of its platforms is connected."""
    standing = {
        row.datasource.platform for row in found.panel.rows if row.datasource.connection is not Connection.DISCONNECTED
    }
    return Page(
        workspace=workspace,
        week=found.week,
        month=found.month,
        calculated_at=found.calculated_at,
        panel=found.panel,
        parts=[_part(each, found) for each in SECTIONS if standing & set(each.platforms)],
        platforms=_platforms(found),
        goals=[_goal(each, found) for each in found.goals],
        coverage=drawings.coverage(found),
    )


def _part(section: Section, found: Material) -> Part:
    tiles = [
        _tile(name, segment, found)
        for name in section.metrics
        if name in found.catalogue
        for segment in found.segments(name)
    ]
    if all(tile.value == tile.longer == words.NOTHING for tile in tiles):
        return Part(title=section.title, tiles=[], drawings=[], note=section.unknown)
    drawn = {"Sales": drawings.sales, "Marketing": drawings.marketing}.get(section.title)
    return Part(title=section.title, tiles=tiles, drawings=drawn(found) if drawn else [], note="")


def _tile(name: str, segment: str, found: Material) -> Tile:
    metric = found.catalogue[name]
    week, month = (found.changes[name, segment, days] for days in (_WEEK, _MONTH))
    several = len(found.segments(name)) > 1
    days = {} if several else found.daily.get(name, {})
    return Tile(
        label=f"{metric.label}, {segment}" if several else metric.label,
        value=_shown(name, week.value, found),
        change=week.percentage_change,
        longer=_shown(name, month.value, found),
        longer_change=month.percentage_change,
        spark=charts.spark([days.get(day) for day in found.month.days]),
        metric=metric,
    )


def _shown(name: str, value: float | None, found: Material) -> str:
    unit = "share" if name in SHARES else found.catalogue[name].unit
    return words.figure(value, unit, found.panel.workspace.currency)


def _platforms(found: Material) -> list[PlatformRow]:
    """One row for each ads platform that took something, the dearest first."""
    rows = {key: found.changes.get(("spend", key, _MONTH)) for key in ADS}
    dear = sorted((key for key, row in rows.items() if row and row.value), key=lambda key: -_value(found, "spend", key))
    return [
        PlatformRow(
            title=platform(key).title,
            figures=[_shown(name, found.changes[name, key, _MONTH].value, found) for name in _PLATFORM_METRICS],
        )
        for key in dear
    ]


def _value(found: Material, metric: str, segment: str) -> float:
    return found.changes[metric, segment, _MONTH].value or 0.0


def _goal(goal: Goal, found: Material) -> GoalRow:
    return GoalRow(
        label=found.catalogue[goal.metric].label if goal.metric in found.catalogue else goal.metric,
        month=f"{goal.month:%B %Y}",
        actual=_shown(goal.metric, goal.actual, found),
        so_far=_shown(goal.metric, goal.scaled_target, found),
        goal=_shown(goal.metric, goal.target, found),
        attained=words.figure(goal.attainment, "share", ""),
    )
