"""What the page is made from, read from the published metrics and the control plane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from ignyte_pipelines.analysis.sessions import Session
from ignyte_pipelines.cli.catalogue import Metric
from ignyte_pipelines.cli.panel import DataPanel, panel
from ignyte_pipelines.report.declared import SECTIONS
from ignyte_pipelines.report.figures import Columns
from resources.decode.paths import quoted
from resources.errors import Refused
from resources.stores import Stores

_SPEND: Final = """
    SELECT day, platform, sum(spend) AS spend FROM paid_media_by_date GROUP BY ALL ORDER BY ALL
"""
_PLATFORMS: Final = """
    SELECT
        platform, sum(spend) AS spend, sum(impressions) AS impressions, sum(clicks) AS clicks,
        sum(conversions) AS conversions, sum(conversion_value) / nullif(sum(spend), 0) AS roas,
        sum(clicks) / nullif(sum(impressions), 0) AS ctr, sum(spend) / nullif(sum(clicks), 0) AS cpc
    FROM paid_media_by_date
    WHERE day BETWEEN DATE '{first}' AND DATE '{last}'
    GROUP BY platform ORDER BY spend DESC NULLS LAST
"""
_COVERAGE: Final = "SELECT day, platform, status FROM coverage_by_date WHERE status <> 'not_connected' ORDER BY ALL"


@dataclass(frozen=True, kw_only=True)
class PlatformRow:
    """What one ads platform says of itself over the period; its conversions are its own claim."""

    platform: str
    spend: Decimal | None
    impressions: Decimal | None
    clicks: Decimal | None
    conversions: float | None
    roas: float | None
    ctr: float | None
    cpc: float | None


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What one platform took on a day."""

    day: date
    platform: str
    spend: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Whether a platform's data of a day is there."""

    day: date
    platform: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that the page needs. `today` is the day, in the workspace's zone, on which the metrics were calculated."""

    panel: DataPanel
    today: date
    calculated_at: datetime
    tables: Mapping[str, Columns]
    catalogue: Mapping[tuple[str, str], Metric]
    spend: Sequence[Spend]
    coverage: Sequence[Covered]


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
    metrics = [Metric(**row) for row in session.sql("FROM metric_catalog").rows()]
    calculated = max((each.last_calculated for each in metrics if each.last_calculated), default=published.published_at)
    return Material(
        panel=panel(stores, workspace),
        today=calculated.astimezone(ZoneInfo(workspace.time_zone)).date(),
        calculated_at=calculated,
        tables=_tables(session),
        catalogue={(each.model, each.name): each for each in metrics},
        spend=[Spend(**row) for row in session.sql(_SPEND).rows()],
        coverage=[Covered(**row) for row in session.sql(_COVERAGE).rows()],
    )


def platform_rows(session: Session, first: date, last: date) -> list[PlatformRow]:
    """Each ads platform over the days from first to last."""
    return [PlatformRow(**row) for row in session.sql(_PLATFORMS.format(first=first, last=last)).rows()]


def _tables(session: Session) -> dict[str, Columns]:
    wanted: dict[str, set[str]] = {}
    for figure in (each for section in SECTIONS for each in section.figures):
        wanted.setdefault(figure.model, set()).update({figure.column, figure.per or figure.column})
    return {model: _columns(session, model, columns) for model, columns in wanted.items()}


def _columns(session: Session, model: str, wanted: set[str]) -> Columns:
    there = {str(row["column_name"]) for row in session.describe(model).rows()}
    names = sorted(wanted & there)
    rows = session.sql(f"SELECT day, {', '.join(map(quoted, names))} FROM {quoted(model)}").rows()
    return Columns(by_name={name: {row["day"]: _decimal(row[name]) for row in rows} for name in names})


def _decimal(value: Any) -> Decimal | None:  # noqa: ANN401 -- whatever number a column holds
    return None if value is None else Decimal(str(value))
