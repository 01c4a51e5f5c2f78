"""One Dagster run of a workspace in this process, watched by a person."""

from dataclasses import dataclass
from typing import Any

from ignyte_pipelines.cli.output import counted, size
from ignyte_pipelines.cli.progress import Watch
from ignyte_pipelines.cli.sandbox_line import require
from ignyte_pipelines.instance import RunEnded, instance, run_everything
from resources.control_plane.facts import Connection, Sync, Workspace
from resources.errors import Refused
from resources.lifecycle import Event
from resources.lifecycle import require as require_state
from resources.stores import Stores


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a run ended and what was seen of it."""

    ended: RunEnded
    watch: Watch


def run(stores: Stores, workspace: Workspace, *, platform: str | None = None, full: bool = False) -> Ran:
    """Syncs and builds, showing progress on stderr.

    Raises:
        Refused: nothing in the workspace may be read.
        TryLater: this home reads from a sandbox that is not up.
    """
    require(stores.settings)
    require_state(workspace, Event.USE, stores.clock())
    readable = [
        each
        for each in stores.plane.datasources.of(workspace.id, platform)
        if each.connection is Connection.CONNECTED and each.sync is Sync.ACTIVE
    ]
    if not readable:
        raise Refused(
            "no datasource of it may be read.",
            to=f"workspace {workspace.name}",
            do_next="Connect one, or see `ignyte status` for those that are paused or need new authorization.",
        )
    with instance(stores.settings) as dagster, Watch() as watch:
        ended = run_everything(dagster, stores, workspace, tell=watch.hear, platform=platform, full=full)
    return Ran(ended=ended, watch=watch)


def documented(ran: Ran) -> dict[str, Any]:
    """The run as a document."""
    published = ran.watch.published
    synced = [
        {
            "datasource": datasource.id,
            "platform": datasource.platform,
            "rows": dict(report.rows),
            "requests": report.requests,
            "refusals": report.refusals,
            "bytes": report.bytes,
            "undeclared": {feed: list(names) for feed, names in report.undeclared.items()},
            "generation": report.file.generation,
        }
        for datasource, report in ran.watch.landed
    ]
    failed = [{"datasource": each.id, "platform": each.platform, "why": why} for each, why in ran.watch.failed]
    metrics = {"generation": published.file.generation, "rows": published.rows} if published else None
    return {
        "ok": ran.ended.ok,
        "run_ids": list(ran.ended.run_ids),
        "synced": synced,
        "failed": failed,
        "failures": list(ran.ended.failures),
        "metrics": metrics,
    }


def told(ran: Ran) -> list[tuple[str, str]]:
    """The run in words."""
    reports = [report for _, report in ran.watch.landed]
    published = ran.watch.published
    return [
        ("synced", f"{counted(len(reports), 'datasource')}, {sum(sum(r.rows.values()) for r in reports):,} rows"),
        ("read", f"{size(sum(r.bytes for r in reports))} in {counted(sum(r.requests for r in reports), 'request')}"),
        ("refused", f"{counted(sum(r.refusals for r in reports), 'request')} by the door"),
        ("metrics", f"published as generation {published.file.generation}" if published else "not published"),
    ]


def untold(ran: Ran) -> list[str]:
    """The failures that were not shown while the run went on."""
    shown = [why for _, why in ran.watch.failed]
    return [failure for failure in ran.ended.failures if not any(why in failure for why in shown)]
