"""The data panel: how each datasource stands, and how fresh the metrics are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from ignyte_pipelines.cli import standing
from ignyte_pipelines.cli.output import add, ago, facts, fields, status, table
from resources.control_plane.facts import (
    Connection,
    Datasource,
    FileGeneration,
    Outcome,
    RunKind,
    Sync,
    Workspace,
    WorkspaceState,
)
from resources.lifecycle import deletable_at
from resources.platforms import platform
from resources.stores import Stores

_LATE: Final = 2  # rhythms without a success after which a datasource is called late
_RUNS: Final = 2000
_AHEAD: Final = timedelta(days=3650)  # further than any rhythm reaches


@dataclass(frozen=True, kw_only=True)
class Row:
    """One datasource. `rows` are those of its last sync that went well; `late` is against its own rhythm."""

    datasource: Datasource
    title: str
    rows: int | None
    next_due: datetime | None
    late: bool


@dataclass(frozen=True, kw_only=True)
class DataPanel:
    """One workspace: its datasources and the metrics that are published."""

    workspace: Workspace
    rows: tuple[Row, ...]
    metrics: FileGeneration | None
    now: datetime

    def document(self) -> dict[str, Any]:
        metrics = fields(self.metrics, "generation", "published_at", "size") if self.metrics else None
        return {
            "workspace": standing.document(self.workspace),
            "datasources": [_document(row, self.now) for row in self.rows],
            "metrics": metrics,
        }


def panel(stores: Stores, workspace: Workspace) -> DataPanel:
    """How a workspace stands now."""
    now = stores.clock()
    due = {each.datasource_id: each.next_sync_at for each in stores.plane.due.due_syncs(now + _AHEAD)}
    landed = _landed(stores, workspace)
    rows = [
        _row(each, landed.get(each.id), due.get(each.id), now) for each in stores.plane.datasources.of(workspace.id)
    ]
    published = stores.plane.files.published(workspace.id)
    return DataPanel(workspace=workspace, rows=tuple(rows), metrics=published, now=now)


def _landed(stores: Stores, workspace: Workspace) -> dict[str, int]:
    landed: dict[str, int] = {}
    for run in stores.plane.runs.of(workspace.id, limit=_RUNS):
        if run.kind is RunKind.SYNC and run.outcome is Outcome.SUCCEEDED and run.datasource_id:
            landed.setdefault(run.datasource_id, run.rows)
    return landed


def _row(datasource: Datasource, rows: int | None, due: datetime | None, now: datetime) -> Row:
    declared = platform(datasource.platform)
    expected = datasource.connection is Connection.CONNECTED and datasource.sync is Sync.ACTIVE
    since = datasource.last_success or datasource.connected_at
    late = expected and now - since > _LATE * declared.every
    return Row(datasource=datasource, title=declared.title, rows=rows, next_due=due, late=late)


def _document(row: Row, now: datetime) -> dict[str, Any]:
    each = row.datasource
    kept = fields(each, "id", "platform", "account", "account_name", "connection", "sync", "reason", "grade")
    times = fields(each, "connected_at", "last_attempt", "last_success", "last_error")
    words = {"last_success_words": ago(each.last_success, now), "next_due": row.next_due}
    return {**kept, **times, **words, "rows": row.rows, "late": row.late}


def shown(found: DataPanel) -> list[RenderableType]:
    """The panel as a person reads it, and under it what went wrong."""
    columns = ("platform", "account", "connection", "sync", "last success", "rows", "next")
    title = f"{escape(found.workspace.name)}  [dim]{found.workspace.id}[/]"
    made = table(*columns, title=title, right=["rows"], wraps=["account", "last success", "next"])
    for row in found.rows:
        each = row.datasource
        add(
            made,
            row.title,
            each.account_name or each.account,
            status(each.connection.value),
            status(each.sync.value),
            _success(row, found.now),
            "-" if row.rows is None else f"{row.rows:,}",
            ago(row.next_due, found.now) if row.next_due else "-",
        )
    troubles = [(row.title, row.datasource.reason or row.datasource.last_error) for row in found.rows]
    lines = [Text(f"{title}: {trouble}", style="red") for title, trouble in troubles if trouble]
    gap: list[RenderableType] = [""] if lines else []
    account = facts(standing.described(found.workspace, found.now))
    plain = standing.state(found.workspace).plain == WorkspaceState.ACTIVE
    return [made, *gap, *lines, "", *([] if plain else [account]), freshness(found)]


def _success(row: Row, now: datetime) -> Text:
    if row.datasource.last_success is None:
        return Text("first sync to come", style="yellow")
    return Text(ago(row.datasource.last_success, now), style="yellow" if row.late else "")


def freshness(found: DataPanel) -> str:
    """When the metrics were calculated, in words."""
    if found.metrics is None:
        return "Metrics: none calculated yet. See `ignyte sync`."
    return f"Metrics: calculated {ago(found.metrics.published_at, found.now)} (generation {found.metrics.generation})."


def summary(found: DataPanel) -> dict[str, Any]:
    """One line of the fleet."""
    successes = [row.datasource.last_success for row in found.rows if row.datasource.last_success]
    live = [row for row in found.rows if row.datasource.connection is not Connection.DISCONNECTED]
    return {
        **fields(found.workspace, "id", "name", "state", "hold", "restricted"),
        "deleted_on": deletable_at(found.workspace),
        "datasources": len(live),
        "reauthorize": sum(row.datasource.connection is Connection.REAUTHORIZE for row in live),
        "inactive": sum(row.datasource.sync is Sync.INACTIVE for row in live),
        "failing": sum(row.datasource.last_error is not None for row in live),
        "late": sum(row.late for row in live),
        "oldest_success": min(successes, default=None),
        "metrics_at": found.metrics.published_at if found.metrics else None,
    }
