"""What the demonstration does, from a clean home or on top of an earlier one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rich.markup import escape

from ignyte_pipelines.cli.catalogue import Metric, metric
from ignyte_pipelines.cli.connecting import join, played, wish_for
from ignyte_pipelines.cli.encryption import Census, census
from ignyte_pipelines.cli.output import say
from ignyte_pipelines.cli.results import rows_of
from ignyte_pipelines.cli.running import Ran, run
from ignyte_pipelines.cli.sandbox_line import ask
from ignyte_pipelines.cli.sandbox_process import sandbox_up
from ignyte_pipelines.instance import instance, register_workspace
from resources.control_plane.facts import Connection, Workspace, WorkspaceState
from resources.errors import Refused
from resources.platforms import platforms
from resources.settings import Settings
from resources.stores import Stores, open_stores

_NAME: Final = "demo"
_METRIC: Final = "mer"
DAYS: Final = 14
_RECENT: Final = """
    FROM (
        SELECT day, currency, net_sales, orders, ad_spend, mer
        FROM brand_metrics_by_date
        WHERE net_sales IS NOT NULL AND day < CAST(timezone('{zone}', calculated_at) AS DATE)
        ORDER BY day DESC LIMIT {days}
    ) ORDER BY day
"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What there is to tell afterwards. `writes_seen` is what the pretend platforms say they received."""

    home: str
    workspace: Workspace
    ran: Ran
    recent: Sequence[dict[str, Any]]
    metric: Metric | None
    files: Census
    writes_seen: int
    scratch_wiped: bool
    seconds: float


def play(settings: Settings, scale: str) -> Shown:
    """Plays the whole story and stops the pretend platforms at its end.

    Raises:
        Problem: see its kinds.
    """
    begun = time.monotonic()
    say("[bold]1[/]  Pretend platforms come up on this machine")
    with sandbox_up(settings, "--scale", scale):
        with open_stores(settings) as stores:
            workspace = _workspace(stores)
            say(f"[bold]2[/]  Accounts are connected to workspace [bold]{workspace.name}[/]")
            _connect_all(stores, workspace)
            say("[bold]3[/]  One Dagster run reads, stores and calculates")
            ran = run(stores, workspace)
            recent, info = _looked_at(stores, workspace)
            scratch = stores.scratch
        writes = len(ask(settings, "GET", "/requests")["writes_seen"])
    return Shown(
        home=str(settings.home),
        workspace=workspace,
        ran=ran,
        recent=recent,
        metric=info,
        files=census(settings.data_root),
        writes_seen=writes,
        scratch_wiped=not scratch.exists(),
        seconds=time.monotonic() - begun,
    )


def _workspace(stores: Stores) -> Workspace:
    for each in stores.plane.workspaces.all():
        if each.name == _NAME and each.state is WorkspaceState.ACTIVE:
            return each
    made = stores.plane.workspaces.create(_NAME, time_zone="America/New_York", now=stores.clock())
    with instance(stores.settings) as dagster:
        register_workspace(dagster, made.id)
    return made


def _connect_all(stores: Stores, workspace: Workspace) -> None:
    """Connects every platform that the sandbox plays and that is not connected yet."""
    known = stores.plane.datasources.of(workspace.id)
    connected = {each.platform for each in known if each.connection is Connection.CONNECTED}
    there = played(stores.settings)
    for declared in (each for each in platforms() if each.key in there):
        if declared.key in connected:
            _indented(f"{declared.title}: connected already")
            continue
        wish = wish_for(stores.settings, workspace, declared, account="", optional=declared.scopes.optional)
        done = join(stores, replace(wish, all_accounts=True), _indented)
        names = escape(", ".join(each.account_name for each in done.datasources))
        _indented(f"[green]✓[/] {names}, least privilege {done.introduced.proof.grade.value}")


def _indented(sentence: str) -> None:
    say(f"   {sentence}")


def _looked_at(stores: Stores, workspace: Workspace) -> tuple[list[dict[str, Any]], Metric | None]:
    """The last whole days and the definition of one metric; nothing where no metrics were published."""
    recent = _RECENT.format(zone=workspace.time_zone, days=DAYS)
    try:
        return rows_of(stores, workspace, recent), metric(stores, workspace.id, _METRIC)
    except Refused:
        return [], None
