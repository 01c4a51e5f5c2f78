"""The page's charts: Vega-Lite descriptions, drawn to SVG before anybody sees them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import vl_convert

from ignyte_pipelines.report.figures import Value
from ignyte_pipelines.report.reading import Covered

Spec = dict[str, Any]
_WIDE: Final = (980, 240)
_NARROW: Final = (320, 200)
_SPARK: Final = (200, 40)
_MARK: Final = re.compile(r'<path aria-label="([^"]*)"([^>]*?)\s*/?></path>|<path aria-label="([^"]*)"([^>]*?)/>')
_STATUSES: Final = ("complete", "partial", "missing")
# the colours are the page's variables, so that one drawing serves by day and by night
_CONFIG: Final[Spec] = {
    "background": None,
    "font": "system-ui, -apple-system, Segoe UI, sans-serif",
    "view": {"stroke": None},
    # the page's letters may be wider than those that the drawing was measured with
    "padding": {"left": 14, "top": 4, "right": 8, "bottom": 4},
    "axis": {
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 11,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelColor": "var(--ink)",
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "symbolType": "square",
        "columns": 6,
    },
}
_DAYS: Final[Spec] = {"field": "day", "type": "temporal", "title": None}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One chart in two widths; the page shows the one that fits."""

    title: str
    note: str
    wide: str
    narrow: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value of a chart: its series, its day, and the words that are shown on it."""

    series: str
    day: date
    value: Value
    words: str


def bars(title: str, note: str, points: Sequence[Point], smooth: Sequence[Point], unit: str) -> Drawing:
    """A bar a day, stacked where there are several series, and a line for each smoothed series."""
    several = len(_series(points)) > 1
    layer: Spec = {
        "data": {"values": _values(points)},
        "mark": {"type": "bar", "opacity": 0.9 if several else 0.45},
        "encoding": {"description": {"field": "words"}},
    }
    return _drawn(title, note, [layer, *([_line(smooth)] if smooth else [])], _series([*points, *smooth]), unit)


def lines(title: str, note: str, points: Sequence[Point], unit: str) -> Drawing:
    """A line for each series; it is broken where a day is unknown."""
    return _drawn(title, note, [_line(points)], _series(points), unit)


def _series(points: Sequence[Point]) -> list[str]:
    return list(dict.fromkeys(point.series for point in points))


def _line(points: Sequence[Point]) -> Spec:
    mark = {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"}
    return {"data": {"values": _values(points)}, "mark": mark, "encoding": {}}


def _drawn(title: str, note: str, layers: list[Spec], names: Sequence[str], unit: str) -> Drawing:
    """The layers over the same days, in one measure and one set of colours."""
    scale = {"domain": names, "range": [f"var(--series-{number % 7 + 1})" for number in range(len(names))]}
    legend = {"legend": None} if len(names) == 1 else {}
    shared: Spec = {
        "x": {**_DAYS, "timeUnit": "utcyearmonthdate", "bandPosition": 0.5},
        "y": {"field": "value", "type": "quantitative", "title": unit, "axis": {"tickCount": 5, "format": ",.2~f"}},
        "color": {"field": "series", "type": "nominal", "scale": scale, "sort": names, **legend},
    }
    return _in_both_widths(title, note, {"layer": layers, "encoding": shared})


def coverage(title: str, note: str, days: Sequence[Covered], names: Sequence[tuple[str, str]]) -> Drawing:
    """A strip a platform, a cell a day; `names` are keys and titles, in order."""
    titles = dict(names)
    values = [
        {
            "day": f"{each.day}",
            "platform": titles[each.platform],
            "status": each.status,
            "words": f"{titles[each.platform]}, {each.day}: {each.status}",
        }
        for each in days
        if each.platform in titles
    ]
    colours = {"domain": list(_STATUSES), "range": [f"var(--{status})" for status in _STATUSES]}
    body: Spec = {
        "data": {"values": values},
        "height": {"step": 18},
        "mark": {"type": "rect", "stroke": "var(--card)", "strokeWidth": 1},
        "encoding": {
            "x": {**_DAYS, "timeUnit": "utcyearmonthdate"},
            "y": {"field": "platform", "type": "nominal", "title": None, "sort": [name for _, name in names]},
            "color": {"field": "status", "type": "nominal", "scale": colours},
            "description": {"field": "words"},
        },
    }
    return _in_both_widths(title, note, body)


def spark(values: Sequence[Value]) -> str:
    """A line without axes, for a tile; a gap is a gap."""
    rows = [{"at": number, "value": None if value is None else float(value)} for number, value in enumerate(values)]
    width, height = _SPARK
    spec: Spec = {
        "data": {"values": rows},
        "width": width,
        "height": height,
        "padding": 2,
        "mark": {
            "type": "area",
            "line": {"color": "var(--series-1)", "strokeWidth": 1.5},
            "color": "var(--wash)",
            "invalid": "break-paths-show-domains",
        },
        "encoding": {
            "x": {"field": "at", "type": "quantitative", "axis": None},
            "y": {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": False, "nice": False}},
        },
    }
    return _svg({**spec, "config": _CONFIG}, "spark")


def _in_both_widths(title: str, note: str, body: Spec) -> Drawing:
    drawn = []
    for name, (width, height) in (("wide", _WIDE), ("narrow", _NARROW)):
        size = {
            "width": width,
            "height": body.get("height", height),
            "autosize": {"type": "fit-x", "contains": "padding"},
        }
        legend = {**_CONFIG["legend"], "columns": 7 if name == "wide" else 2}
        ticks = {**_CONFIG["axis"], "labelLimit": 160 if name == "wide" else 96}
        axis_x = {"tickCount": 10 if name == "wide" else 4, "format": "%b %-d", "grid": False, "labelOverlap": True}
        config = {**_CONFIG, "legend": legend, "axis": ticks, "axisX": axis_x}
        drawn.append(_svg({**body, **size, "config": config}, name))
    return Drawing(title=title, note=note, wide=drawn[0], narrow=drawn[1])


def _svg(spec: Spec, kind: str) -> str:
    """The drawing, with a tip on each mark that has words, and nothing that a strict page would block."""
    drawn = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    drawn = re.sub(
        r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox', rf'<svg class="{kind}" viewBox', drawn, count=1
    )
    return _MARK.sub(_with_tip, re.sub(r' style="[^"]*"', "", drawn))


def _with_tip(found: re.Match[str]) -> str:
    words, rest = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return f"<path{rest}><title>{words}</title></path>"


def _values(points: Sequence[Point]) -> list[Spec]:
    return [
        {
            "series": point.series,
            "day": f"{point.day}",
            "value": None if point.value is None else float(point.value),
            "words": point.words,
        }
        for point in points
    ]
