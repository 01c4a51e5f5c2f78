"""The ledgers: what age took, who was erased, what was purged, which backups ended. In figures, never in names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import dagster as dg

from assets.failures import Guarded
from assets.labels import AT_ONCE_TAG, OWNERS, PRIVACY_GROUP, PURGE_TAG, WORKSPACES, partitioned_check
from assets.outside import Ended, Outside, Said, outside_of
from assets.privacy import deadlines, erasure, handed_out, purging, retention
from assets.privacy.plan import Act
from assets.privacy.requests import close
from resources import backups
from resources.control_plane import ControlPlane
from resources.control_plane.privacy_facts import RequestKind, RequestState, Step
from resources.control_plane.requests import OPEN
from resources.errors import Problem, Refused
from resources.stores import Stores

ForgetRuns = Callable[[str], int]
Forgetter = Callable[[dg.DagsterInstance, ControlPlane], ForgetRuns]
Figures = Mapping[str, Any]
REQUESTS_IN_TIME: Final = "requests_in_time"
_DATASOURCE: Final = "ds_"  # with which the ids of datasources begin
_GRACE: Final = "its days of grace are over"


@dataclass(frozen=True, kw_only=True)
class Expired:
    """The ids of the backups that were ended, and how many entries the audit log dropped."""

    backups: tuple[str, ...]
    log_entries: int


@dataclass(frozen=True, kw_only=True)
class _Ledger:
    """One ledger. `act` does what is due and gives its figures; none if there was nothing to do."""

    name: str
    description: str
    act: Callable[[dg.AssetExecutionContext, Outside], Figures]
    partitions: dg.PartitionsDefinition[str] | None = WORKSPACES


def ledgers(forgetter: Forgetter) -> list[dg.AssetsDefinition]:
    """All of them. `forgetter` makes Dagster forget what is purged."""

    def purge(context: dg.AssetExecutionContext, outside: Outside) -> Figures:
        return _purge(context, outside, forgetter(context.instance, outside.stores.plane))

    return [
        _asset(each)
        for each in (
            _Ledger(
                name="retention_ledger",
                description="What left a workspace because it grew older than the shortest rule for it allows.",
                act=_retain,
            ),
            _Ledger(
                name="erasure_ledger",
                description="People who were erased from a workspace because they asked for it: one batch a run, "
                "each with a certificate of an independent look.",
                act=_erase,
            ),
            _Ledger(
                name="purge_ledger",
                description="Workspaces and datasources that were deleted, with all that was calculated from them.",
                act=purge,
                # the partition goes with the workspace, and this is what is left of it
                partitions=None,
            ),
            _Ledger(
                name="backups",
                description="A workspace's sources and metrics as they lie, at the place of backups, for 30 days.",
                act=_back_up,
            ),
            _Ledger(
                name="backup_ledger",
                description="Backups and exports that ended since their time was over, and what the audit log dropped.",
                act=_expire,
                partitions=None,
            ),
        )
    ]


def privacy_checks() -> list[dg.AssetChecksDefinition]:
    """Whether the people who ask are answered in time, per workspace."""
    spec = partitioned_check(
        name=REQUESTS_IN_TIME,
        asset=dg.AssetKey("erasure_ledger"),
        description="No open request is overdue (red), or due within seven, three or one days (yellow).",
    )

    @dg.multi_asset_check(name=REQUESTS_IN_TIME, specs=[spec], required_resource_keys={"outside"})
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        outside = outside_of(context)
        with Guarded():
            requests = outside.stores.plane.requests.of(context.partition_key)
            found = deadlines.look(requests, outside.stores.clock())
        yield dg.AssetCheckResult(
            check_name=REQUESTS_IN_TIME,
            asset_key=spec.asset_key,
            passed=found.in_time,
            severity=dg.AssetCheckSeverity.ERROR if found.overdue else dg.AssetCheckSeverity.WARN,
            metadata=found.figures,
        )

    return [check]


def _asset(ledger: _Ledger) -> dg.AssetsDefinition:
    @dg.asset(
        name=ledger.name,
        description=ledger.description,
        group_name=PRIVACY_GROUP,
        owners=OWNERS,
        kinds={"python", "duckdb"},
        partitions_def=ledger.partitions,
        required_resource_keys={"outside"},
        output_required=False,
    )
    def act(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        outside = outside_of(context)
        begun = outside.stores.clock()
        with Guarded():
            figures = _told(ledger, context, outside)
        if figures:
            seconds = (outside.stores.clock() - begun).total_seconds()
            yield dg.MaterializeResult(metadata={**figures, "seconds": round(seconds, 1)})

    return act


def _told(ledger: _Ledger, context: dg.AssetExecutionContext, outside: Outside) -> Figures:
    try:
        return ledger.act(context, outside)
    except Problem as problem:
        outside.tell(Ended(problem=problem))
        raise


def _retain(context: dg.AssetExecutionContext, outside: Outside) -> Figures:
    stores, workspace_id = outside.stores, context.partition_key
    made = retention.planned(stores, stores.plane.workspaces.get(workspace_id))
    # also where nothing is left to cut: what a crash cut short is finished first
    done = retention.carry_out(stores, replace(made, items=made.of(Act.CUT)), _say(outside))
    outside.tell(Ended(result=done))
    cut = _all_done(done)
    if not cut:
        return {}
    act = f"retention {workspace_id} {stores.clock():%Y-%m-%d}"
    proofs = [each.id for each in stores.plane.certificates.all(workspace_id) if each.act_id == act]
    return {"rows": sum(each.item.rows or 0 for each in cut), "tables": len(cut), "certificates": proofs}


def _all_done(done: Sequence[retention.Done]) -> list[retention.Done]:
    """Those that were not held back.

    Raises:
        Refused: one could not be done; what was done stays done.
    """
    for each in done:
        if each.problem:
            to = f"plan of {each.item.subject}"
            raise Refused(f"not everything was done: {each.problem}", to=to, do_next="It is due again the next day.")
    return [each for each in done if not each.item.blocked]


def _erase(context: dg.AssetExecutionContext, outside: Outside) -> Figures:
    """Everybody of the workspace who waits: each file is rewritten once, however many they are."""
    requests = outside.stores.plane.requests
    erasure.carry_on(outside.stores)
    waiting = [
        each for each in requests.of(context.partition_key) if each.kind is RequestKind.ERASE and each.state in OPEN
    ]
    done = erasure.erase(outside.stores, waiting, tell=_say(outside)) if waiting else []
    outside.tell(Ended(result=done))
    if not done:
        return {}
    steps = [requests.steps(each.request.id) for each in done]
    return {
        "requests": len(done),
        "rows": sum(place.rows for each in done for place in each.places),
        "values": sum(place.values for each in done for place in each.places),
        "files": len({place.datasource_id for each in done for place in each.places}),
        "tables": max(_sum({"rebuilt": each["rebuilt"]}, "tables") for each in steps if "rebuilt" in each),
        "certificates": [each.certificate.id for each in done],
    }


def _purge(context: dg.AssetExecutionContext, outside: Outside, forget_runs: ForgetRuns) -> Figures:
    name = context.run.tags.get(PURGE_TAG, "")
    if not name:
        raise Refused("it names nothing to purge.", to=f"run tag {PURGE_TAG}", do_next="Use `ignyte workspace delete`.")
    done = _purged(outside, name, forget_runs, at_once=AT_ONCE_TAG in context.run.tags)
    _answer(outside.stores, done)
    outside.tell(Ended(result=done))
    figures = {what: _sum(done.steps, what) for what in ("files", "keys", "backups", "runs")}
    return {} if done.again else {**figures, "certificate": done.certificate.id}


def _purged(outside: Outside, name: str, forget_runs: ForgetRuns, *, at_once: bool) -> purging.Purged:
    stores, say, why = outside.stores, _say(outside), outside.reason
    if name.startswith(_DATASOURCE):
        return purging.purge_datasource(stores, name, reason=why, tell=say, forget_runs=forget_runs)
    why = why or ("" if at_once else _GRACE)
    return purging.purge_workspace(stores, name, reason=why, at_once=at_once, tell=say, forget_runs=forget_runs)


def _answer(stores: Stores, done: purging.Purged) -> None:
    """Closes the requests that asked for it: a platform sends them when its app was taken away."""
    for each in stores.plane.requests.unanswered(RequestKind.PURGE):
        if each.target == done.id:
            outcome = "Everything that came from this datasource is gone."
            close(stores, each, RequestState.DONE, outcome, certificate_id=done.certificate.id)


def _back_up(context: dg.AssetExecutionContext, outside: Outside) -> Figures:
    stores = outside.stores
    made = backups.create(stores, stores.plane.workspaces.get(context.partition_key), tell=_say(outside))
    return {"files": made.files, "bytes": made.bytes, "expires": made.expires_at.date().isoformat()}


def _expire(context: dg.AssetExecutionContext, outside: Outside) -> Figures:
    """What crashes left of backups ends as well, so this looks every time, whatever the plan says."""
    del context
    stores, say = outside.stores, _say(outside)
    ended = backups.expire(stores, stores.clock(), tell=say)
    made = retention.planned(stores)
    done = _all_done(retention.carry_out(stores, replace(made, items=made.of(Act.DROP)), say))
    entries = sum(each.item.rows or 0 for each in done)
    exports = handed_out.expire(stores, stores.clock())
    outside.tell(Ended(result=Expired(backups=tuple(ended), log_entries=entries)))
    figures = {"backups": len(ended), "log_entries": entries, "exports": exports}
    return figures if any(figures.values()) else {}


def _say(outside: Outside) -> Callable[[str], None]:
    return lambda words: outside.tell(Said(words=words))


def _sum(steps: Mapping[str, Step], what: str) -> int:
    return sum(int(step.facts.get(what, 0)) for step in steps.values())
