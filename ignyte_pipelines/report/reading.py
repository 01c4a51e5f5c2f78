"""What the page is made from, read from the published metrics and the control plane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.cli.catalogue import Metric
from ignyte_pipelines.cli.panel import DataPanel, panel
from ignyte_pipelines.report.declared import SECTIONS
from ignyte_pipelines.report.figures import Days, Period, Value
from resources.decode.paths import quoted
from resources.errors import Refused
from resources.stores import Stores

ALL: Final = "all"
_CHANGES: Final = "SELECT metric, segment, days, starts_on, ends_on, value, percentage_change FROM metric_changes"
_COVERAGE: Final = "SELECT day, platform, status FROM coverage_by_date WHERE status <> 'not_connected' ORDER BY ALL"
_GOALS: Final = """
    SELECT metric, month, unit, target, scaled_target, actual, attainment FROM targets_by_month
    WHERE days_over > 0 AND month > current_date - INTERVAL 70 DAY ORDER BY month DESC, metric
"""
_SPEND: Final = "SELECT day, platform, sum(spend)::DOUBLE AS spend FROM paid_media_by_account GROUP BY ALL ORDER BY ALL"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A metric over its last whole days, 7 or 30, against as many before. 0.1 is ten per cent more."""

    metric: str
    segment: str
    days: int
    starts_on: date
    ends_on: date
    value: Value
    percentage_change: Value


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A month's goal and how it stands; `scaled_target` is the part of it for the days that are over."""

    metric: str
    month: date
    unit: str
    target: float
    scaled_target: Value
    actual: Value
    attainment: Value


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What one platform took on a day."""

    day: date
    platform: str
    spend: Value


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Whether a platform's data of a day is there."""

    day: date
    platform: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that the page needs. `week` and `month` are the whole days that its figures are of."""

    panel: DataPanel
    week: Period
    month: Period
    calculated_at: datetime
    catalogue: Mapping[str, Metric]
    changes: Mapping[tuple[str, str, int], Change]
    daily: Mapping[str, Days]
    goals: Sequence[Goal]
    spend: Sequence[Spend]
    coverage: Sequence[Covered]

    def segments(self, metric: str) -> list[str]:
        """`all`, or where there is no such figure (sums over marketplaces mean little) each part by itself."""
        found = sorted({segment for name, segment, _ in self.changes if name == metric})
        return [ALL] if ALL in found else found


def material(stores: Stores, session: Session) -> Material:
    """Reads it.

    Raises:
        Refused: no metrics are published yet.
    """
    workspace = session.workspace
    published = stores.plane.files.published(workspace.id)
    if published is None or published.published_at is None:
        to = f"workspace {workspace.name}"
        raise Refused("it has no metrics yet.", to=to, do_next="Run `ignyte sync` first.")
    catalogue = {each.name: each for each in (Metric(**row) for row in session.sql("FROM metric_catalog").rows())}
    changes = [Change(**row) for row in session.sql(_CHANGES).rows()]
    return Material(
        panel=panel(stores, workspace),
        week=_period(changes, 7),
        month=_period(changes, 30),
        calculated_at=max(each.last_calculated or published.published_at for each in catalogue.values()),
        catalogue=catalogue,
        changes={(each.metric, each.segment, each.days): each for each in changes},
        daily=_daily(session, catalogue),
        goals=[Goal(**row) for row in session.sql(_GOALS).rows()],
        spend=[Spend(**row) for row in session.sql(_SPEND).rows()],
        coverage=[Covered(**row) for row in session.sql(_COVERAGE).rows()],
    )


def _period(changes: Sequence[Change], days: int) -> Period:
    first, last = next((each.starts_on, each.ends_on) for each in changes if each.days == days)
    return Period(first=first, last=last)


def _daily(session: Session, catalogue: Mapping[str, Metric]) -> dict[str, Days]:
    """The daily values of every metric that the page shows, by the metric's name."""
    shown = [catalogue[name] for section in SECTIONS for name in section.metrics if name in catalogue]
    by_model: dict[str, list[Metric]] = {}
    for metric in shown:
        by_model.setdefault(metric.model, []).append(metric)
    return {name: days for model, metrics in by_model.items() for name, days in _of(session, model, metrics)}


def _of(session: Session, model: str, metrics: Sequence[Metric]) -> list[tuple[str, Days]]:
    # a table of several marketplaces has several rows a day: a figure that can't be summed is left out then
    values = ", ".join(
        f"CASE WHEN count(*) = count({quoted(each.column_name)}) AND (count(*) = 1 OR {_is_sum(each)}) "
        f"THEN sum({quoted(each.column_name)})::DOUBLE END AS {quoted(each.name)}"
        for each in metrics
    )
    rows = session.sql(f"SELECT day, {values} FROM {quoted(model)} GROUP BY day").rows()
    return [(each.name, {row["day"]: row[each.name] for row in rows}) for each in metrics]


def _is_sum(metric: Metric) -> str:
    return "true" if metric.over_days == "sum" else "false"
