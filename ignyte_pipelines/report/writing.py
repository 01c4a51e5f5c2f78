"""Makes the page and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.analysis.writing import private
from ignyte_pipelines.cli.catalogue import Metric
from ignyte_pipelines.report import charts, figures, words
from ignyte_pipelines.report.declared import ADS, BRAND, SECTIONS, Figure, Section
from ignyte_pipelines.report.figures import Period, Value, last_whole_days
from ignyte_pipelines.report.page import Page, Part, Tile, render
from ignyte_pipelines.report.reading import Material, material, platform_rows
from resources.control_plane.facts import Connection, Workspace
from resources.platforms import platform
from resources.stores import Stores

_WEEK: Final = 7
_MONTH: Final = 30
_QUARTER: Final = 91


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
        month = last_whole_days(_MONTH, found.today)
        rows = platform_rows(session, month.first, month.last)
    page = Page(
        workspace=workspace,
        week=last_whole_days(_WEEK, found.today),
        month=month,
        calculated_at=found.calculated_at,
        panel=found.panel,
        parts=[_part(section, found) for section in SECTIONS if _is_connected(section.platforms, found)],
        platforms=rows if _is_connected(ADS, found) else [],
        coverage=_coverage(found),
    )
    html = render(page).encode()
    with private(out) as sink:
        sink.write(html)
    return Written(
        bytes=len(html),
        tiles=sum(len(part.tiles) for part in page.parts),
        charts=sum(len(part.drawings) for part in page.parts) + (page.coverage is not None),
    )


def _is_connected(keys: Sequence[str], found: Material) -> bool:
    standing = {
        row.datasource.platform for row in found.panel.rows if row.datasource.connection is not Connection.DISCONNECTED
    }
    return bool(standing & set(keys))


def _part(section: Section, found: Material) -> Part:
    tables = found.tables
    tiles = [_tile(each, found) for each in section.figures if tables[each.model].has(each)]
    drawn = {"Sales": _sales_charts, "Marketing": _ads_charts}.get(section.title)
    return Part(title=section.title, tiles=tiles, drawings=drawn(found) if drawn else [])


def _tile(figure: Figure, found: Material) -> Tile:
    columns, metric = found.tables[figure.model], _metric(figure, found)
    week, month = last_whole_days(_WEEK, found.today), last_whole_days(_MONTH, found.today)
    now, longer = columns.over(figure, week), columns.over(figure, month)
    currency = found.panel.workspace.currency
    unit = "share" if figure.is_share else metric.unit if metric else "ratio"
    return Tile(
        label=metric.label if metric else figure.name,
        value=words.figure(now, unit, currency),
        change=figures.change(now, columns.over(figure, week.before())),
        longer=words.figure(longer, unit, currency),
        longer_change=figures.change(longer, columns.over(figure, month.before())),
        spark=charts.spark(columns.daily(figure, month.days)),
        metric=metric,
    )


def _metric(figure: Figure, found: Material) -> Metric | None:
    exact = found.catalogue.get((figure.model, figure.name))
    return exact or next((each for (_, name), each in found.catalogue.items() if name == figure.name), None)


def _sales_charts(found: Material) -> list[charts.Drawing]:
    currency = found.panel.workspace.currency
    days = last_whole_days(_QUARTER, found.today).days
    net = found.tables[BRAND].daily(Figure(name="net_sales", column="net_sales"), days)
    points = [
        charts.Point(
            series="Net Sales", day=day, value=value, words=f"{words.day(day)}: {words.money(value, currency)}"
        )
        for day, value in zip(days, net, strict=True)
    ]
    mean = _points("7-day mean", days, figures.moving(net, _WEEK))
    note = f"Per day, {words.period(Period(first=days[0], last=days[-1]))}"
    return [charts.bars("Net Sales", note, points, mean, currency)]


def _ads_charts(found: Material) -> list[charts.Drawing]:
    currency = found.panel.workspace.currency
    period = last_whole_days(_QUARTER, found.today)
    note = f"Per day, {words.period(period)}"
    spend = [
        charts.Point(
            series=platform(each.platform).title,
            day=each.day,
            value=each.spend,
            words=f"{platform(each.platform).title}, {words.day(each.day)}: {words.money(each.spend, currency)}",
        )
        for each in found.spend
        if period.first <= each.day <= period.last
    ]
    mer = found.tables[BRAND].daily(Figure(name="mer", column="net_sales", per="ad_spend"), period.days)
    smooth = _points("MER, 7-day mean", period.days, figures.moving(mer, _WEEK))
    return [
        charts.bars("Ad spend by platform", f"{note}; days as each ad account cuts them", spend, [], currency),
        charts.lines("Marketing efficiency", f"Net Sales for each {currency} of ad spend, 7-day mean", smooth, "MER"),
    ]


def _points(series: str, days: Sequence[date], values: Sequence[Value]) -> list[charts.Point]:
    return [
        charts.Point(series=series, day=day, value=value, words="") for day, value in zip(days, values, strict=True)
    ]


def _coverage(found: Material) -> charts.Drawing | None:
    first = found.today - timedelta(days=_QUARTER)
    days = [each for each in found.coverage if first <= each.day <= found.today]
    keys = sorted({each.platform for each in days})
    if not keys:
        return None
    names = [(key, platform(key).title) for key in keys]
    note = "Whether each day's data is there: what is missing is left open, never counted as zero"
    return charts.coverage("Coverage", note, days, names)
