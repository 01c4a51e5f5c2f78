"""The page's charts, from its figures."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from ignyte_pipelines.report import charts, words
from ignyte_pipelines.report.figures import Period, Value, moving, ratio_of_sums
from ignyte_pipelines.report.reading import Material
from resources.platforms import platform

_WEEK: Final = 7
_QUARTER: Final = 91


def sales(found: Material) -> list[charts.Drawing]:
    """Net Sales a day, and their mean."""
    currency, quarter = found.panel.workspace.currency, _quarter(found)
    net = _values(found, "net_sales", quarter)
    points = [
        charts.Point(
            series="Net Sales", day=day, value=value, words=f"{words.day(day)}: {words.money(value, currency)}"
        )
        for day, value in zip(quarter.days, net, strict=True)
    ]
    mean = _line("7-day mean", quarter.days, moving(net, _WEEK))
    return [charts.bars("Net Sales", f"Per day, {words.period(quarter)}", points, mean, currency)]


def marketing(found: Material) -> list[charts.Drawing]:
    """What the ads platforms took a day, and what came in for it."""
    currency, quarter = found.panel.workspace.currency, _quarter(found)
    note = f"Per day, {words.period(quarter)}; days as each ad account cuts them"
    spend = [
        charts.Point(
            series=platform(each.platform).title,
            day=each.day,
            value=each.spend,
            words=f"{platform(each.platform).title}, {words.day(each.day)}: {words.money(each.spend, currency)}",
        )
        for each in found.spend
        if quarter.first <= each.day <= quarter.last and each.spend
    ]
    mer = ratio_of_sums(_values(found, "net_sales", quarter), _values(found, "ad_spend", quarter), _WEEK)
    efficiency = f"Net Sales for each {currency} of ad spend, over seven days"
    return [
        *([charts.bars("Ad spend by platform", note, spend, [], currency)] if spend else []),
        charts.lines("Marketing efficiency", efficiency, _line("MER", quarter.days, mer), "MER"),
    ]


def coverage(found: Material) -> charts.Drawing | None:
    """A strip for each connected platform; none where nothing is connected."""
    first, last = _quarter(found).first, found.week.last + timedelta(days=1)
    days = [each for each in found.coverage if first <= each.day <= last]
    if not days:
        return None
    names = [(key, platform(key).title) for key in sorted({each.platform for each in days})]
    note = "Whether each day's data is there: what is missing is left open, never counted as zero"
    return charts.coverage("Coverage", note, days, names)


def _quarter(found: Material) -> Period:
    return Period(first=found.week.last - timedelta(days=_QUARTER - 1), last=found.week.last)


def _values(found: Material, metric: str, period: Period) -> list[Value]:
    days = found.daily.get(metric, {})
    return [days.get(day) for day in period.days]


def _line(series: str, days: Sequence[date], values: Sequence[Value]) -> list[charts.Point]:
    return [
        charts.Point(series=series, day=day, value=value, words="") for day, value in zip(days, values, strict=True)
    ]
