"""What is owed to people and to time: requests answered, what is too old gone, deletions proved, backups ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from assets.privacy import deadlines, purging
from assets.privacy.ageing_facts import facts_of
from assets.privacy.plan import Act, plan
from assets.privacy.retention import RETENTION
from ignyte_pipelines.cli.findings import Finding, found
from ignyte_pipelines.cli.output import ago, counted
from resources.control_plane.facts import WorkspaceState
from resources.control_plane.privacy_facts import BackupState, RequestKind, RequestState
from resources.stores import Stores

# a schedule comes once a day, and may wait for a turn
_OVERDUE_AFTER: Final = timedelta(days=2)


def duties(stores: Stores) -> Iterator[Finding]:
    """All of them."""
    now = stores.clock()
    yield _requests(stores, now)
    yield _retention(stores, now)
    yield _proofs(stores)
    yield _backups(stores, now)


def _requests(stores: Stores, now: datetime) -> Finding:
    seen = deadlines.look(stores.plane.requests.unanswered(), now)
    words = f"{counted(seen.open, 'request')} open"
    if seen.next_due:
        words += f", the next due {ago(seen.next_due, now)} ({seen.next_due:%Y-%m-%d})"
    if seen.overdue:
        words += f", {seen.overdue} overdue"
    return Finding(
        guarantee="people are answered in time",
        verdict="broken" if seen.overdue else "holds" if seen.in_time else "note",
        found=words,
        how="the open requests and their due days; `ignyte privacy requests --open` lists them",
    )


def _retention(stores: Stores, now: datetime) -> Finding:
    """Rows are not counted here, which would open every file."""
    limited = {item.workspace_id for item in plan(facts_of(stores, count=False), now).of(Act.CUT) if not item.blocked}
    runs = [entry.at for entry in stores.audit.entries() if entry.verb == RETENTION and entry.result]
    last = max(runs, default=None)
    late = bool(limited) and (last is None or now - last > _OVERDUE_AFTER)
    return Finding(
        guarantee="what is too old goes",
        verdict="note" if late else "holds",
        found=f"{counted(len(limited), 'workspace')} with limits of age, last run {ago(last, now)}",
        how="the rules, and the audit log; `ignyte retention plan` counts what is due",
    )


def _proofs(stores: Stores) -> Finding:
    plane = stores.plane
    standing = [each for each in plane.workspaces.all() if each.state is not WorkspaceState.DELETED]
    unproved = [
        request
        for workspace in standing
        for request in plane.requests.of(workspace.id)
        if request.kind is RequestKind.ERASE and request.state is RequestState.DONE and not request.certificate_id
    ]
    workspaces, datasources = purging.unfinished(stores)
    lacking = len(unproved) + len(workspaces) + len(datasources)
    proved = len(plane.certificates.all())
    return found(
        "every deletion is proved",
        holds=not lacking,
        what=f"{counted(proved, 'certificate')}" + (f", {lacking} lacking" if lacking else ""),
        how="erasures and purges that are done, against the certificates of the verifier",
    )


def _backups(stores: Stores, now: datetime) -> Finding:
    kept = {each.id for each in stores.plane.workspaces.all() if each.hold}
    standing = [each for each in stores.plane.backups.all() if each.state is not BackupState.EXPIRED]
    late = [each for each in standing if now - each.expires_at > _OVERDUE_AFTER and each.workspace_id not in kept]
    return found(
        "backups end in time",
        holds=not late,
        what=f"{counted(len(standing), 'backup')}" + (f", {len(late)} overdue" if late else ""),
        how="the control plane's list; `ignyte backup expire` ends what is over",
    )
