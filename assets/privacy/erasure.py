"""A person erased from a workspace: found, suppressed, left out of every file, and the proof asked of somebody else.

Each step is noted once it is done and can be done twice, so whoever finds an erasure half done begins it anew.
By `delete` the rows of the person go. By `anonymise` the rows of events stay for the business's books without any
personal value; rows that are a person go all the same. Its limits: amounts, times and the numbers of orders stay, by
which whoever still holds those orders elsewhere can tell whose they were.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assets.privacy import erasure_steps as steps
from assets.privacy.finding import Found, Place, find, searching
from assets.privacy.requests import OWN_TARGET, close, subject_of
from resources.audit import Act
from resources.columns import Personal
from resources.control_plane.facts import LeaseMode, Workspace
from resources.control_plane.privacy_facts import Certificate, ErasurePolicy, Request, RequestKind, RequestState
from resources.control_plane.requests import OPEN
from resources.errors import Problem, Refused
from resources.identity import Subject
from resources.lifecycle import Event, require
from resources.stores import Stores
from resources.warehouse.holding import held

ERASE: Final = "person.erase"
LIMITS: Final = (
    "Rows of events stay, without any personal value. Amounts, times and order numbers stay with them: whoever holds "
    "the same orders elsewhere can tell whose they were."
)
_PATIENCE: Final = timedelta(hours=48)  # how long a request waits for others, well within our own target
_logger: Final = logging.getLogger(__name__)
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Erased:
    """The request as it was closed, what was found of the person, and the proof. `limits` says what is left, if so."""

    request: Request
    places: tuple[Place, ...]
    certificate: Certificate
    limits: str = ""


def preview(stores: Stores, workspace: Workspace, subject: Subject) -> Found:
    """What an erasure would find; nothing is changed.

    Raises:
        Refused: the subject is named by a phone only, and several customers share it.
        TryLater: the load of a source is not whole.
    """
    with stores.audit.act("person.look_up", f"workspace {workspace.id}", workspace_id=workspace.id) as act:
        found = find(stores, workspace, [subject])
        act.found(rows=sum(place.rows for place in found.places), values=sum(place.values for place in found.places))
    return found


def said(places: Iterable[Place], *, would: bool = False) -> str:
    """How much is, or would be, erased: one sentence."""
    every = list(places)
    sources = len({place.datasource_id for place in every})
    return _said(sum(place.rows for place in every), sum(place.values for place in every), sources, would=would)


def _said(rows: int, values: int, sources: int, *, would: bool = False) -> str:
    verb = "Would erase" if would else "Erased"
    if not rows + values:
        return f"{verb} nothing: nothing of this person is here."
    return f"{verb} {rows} rows, and {values} values in rows of others, in {sources} sources."


def together(requests: Iterable[Request], now: datetime) -> list[list[Request]]:
    """The open requests of each workspace that are to be answered at once, now.

    A file is rewritten once for all of them. So a request waits for others, but two days at most, and not at all once
    one of its workspace is due within three.
    """
    waiting: defaultdict[str, list[Request]] = defaultdict(list)
    for request in requests:
        if request.kind is RequestKind.ERASE and request.state in OPEN:
            waiting[request.workspace_id].append(request)
    return [batch for batch in waiting.values() if any(_is_urgent(request, now) for request in batch)]


def _is_urgent(request: Request, now: datetime) -> bool:
    begun = request.state is RequestState.RUNNING
    return begun or request.due_at - now <= OWN_TARGET or now - request.received_at >= _PATIENCE


def erase(stores: Stores, requests: Sequence[Request], *, tell: Tell = lambda _: None) -> list[Erased]:
    """Answers requests of one workspace, each with a certificate; a file is rewritten once for all of them.

    It can be repeated: what is done stays done, and what was closed before is left out.

    Raises:
        Refused: the workspace is held or deleted, a phone alone names several people, or the proof failed.
        TryLater: a source is being loaded; nothing is lost, and what is missing is done the next time.
        Stop: a file is damaged, or a model or test of the metrics failed.
    """
    asked = [request for request in requests if stores.plane.requests.get(request.id).state in OPEN]
    if len({request.workspace_id for request in asked}) > 1 or any(r.kind is not RequestKind.ERASE for r in asked):
        raise ValueError("erasures of one workspace at a time")
    with ExitStack() as acts:
        begun = {request.id: acts.enter_context(_act(stores, request)) for request in asked}
        return _erased(stores, asked, begun, tell) if asked else []


def carry_on(stores: Stores) -> int:
    """Finishes the erasures whose processes died; returns how many. Costs nothing where there is none."""
    taken: defaultdict[str, dict[str, Act]] = defaultdict(dict)
    for orphan in stores.audit.left_open(ERASE):
        if act := stores.audit.taken_up(orphan):
            request = stores.plane.requests.get(orphan.entry.target.rpartition(" ")[2])
            taken[request.workspace_id][request.id] = act
    for begun in taken.values():
        try:
            with ExitStack() as acts:
                for act in begun.values():
                    acts.enter_context(act)
                _erased(stores, [stores.plane.requests.get(each) for each in begun], begun, lambda _: None)
        except Problem as problem:
            # written down as failed, and the requests stay open; whoever opened the stores wants something else
            _logger.warning("%s", problem)
    return sum(map(len, taken.values()))


def _act(stores: Stores, request: Request) -> Act:
    return stores.audit.act(ERASE, f"request {request.id}", workspace_id=request.workspace_id)


def _erased(stores: Stores, asked: Sequence[Request], acts: Mapping[str, Act], tell: Tell) -> list[Erased]:
    workspace = stores.plane.workspaces.get(asked[0].workspace_id)
    with held(stores.plane, f"erasure of {workspace.id}", LeaseMode.EXCLUSIVE, stores.clock):
        require(workspace, Event.DESTROY, stores.clock())
        current = [stores.plane.requests.get(request.id) for request in asked]
        begun = [stores.plane.requests.begin(request.id) for request in current if request.state in OPEN]
        clear, unclear = _told_apart(stores, workspace, begun)
        done = []
        for policy in ErasurePolicy:
            if batch := [request for request in clear if request.policy is policy]:
                places = _left(stores, workspace, batch, policy, tell)
                done += _proved(stores, batch, places, acts, tell)
    if unclear:
        raise unclear[0]
    return done


def _told_apart(
    stores: Stores, workspace: Workspace, requests: Sequence[Request]
) -> tuple[list[Request], list[Refused]]:
    """Those that can be answered; one that names a shared phone only must not keep the others waiting."""
    clear: list[Request] = []
    unclear: list[Refused] = []
    for request in requests:
        subject = subject_of(stores, request, reason="erasing")
        try:
            if all(each.kind is Personal.PHONE for each in subject.identifiers):
                with searching(stores, workspace, [subject]):
                    clear.append(request)
            else:
                clear.append(request)
        except Refused as problem:
            unclear.append(problem)
    return clear, unclear


def _left(
    stores: Stores, workspace: Workspace, requests: Sequence[Request], policy: ErasurePolicy, tell: Tell
) -> list[tuple[Place, ...]]:
    """Everything but the proof; returns what was found of each now."""
    tell("Looking for them in every source.")
    seen = steps.look(stores, workspace, requests, policy)
    places = [seen.found.of(number) for number in range(len(requests))]
    tell("Suppressing: nothing of them is loaded from here on.")
    steps.keep_away(stores, requests, seen)
    steps.end_what_was_made(stores, requests, seen)
    for datasource_id in seen.datasources:
        # somebody may have held the workspace since
        require(stores.plane.workspaces.get(workspace.id), Event.DESTROY, stores.clock())
        datasource = stores.plane.datasources.get(datasource_id)
        tell(f"Writing the file of {datasource.platform} anew without them.")
        steps.rewrite_source(stores, datasource, requests, seen, policy)
    steps.note_rewritten(stores, requests)
    tell("Calculating the metrics anew.")
    steps.rebuild(stores, workspace, requests, changed=bool(seen.datasources))
    steps.settle_backups(stores, requests)
    return places


def _proved(
    stores: Stores,
    requests: Sequence[Request],
    places: Sequence[tuple[Place, ...]],
    acts: Mapping[str, Act],
    tell: Tell,
) -> list[Erased]:
    done: list[Erased] = []
    problems: list[Problem] = []
    tell("Asking the verifier, a process of its own, to look for what is left.")
    answers = _certificates(stores, requests)
    for request, found in zip(requests, places, strict=True):
        certificate = answers[request.id]
        if isinstance(certificate, Problem):
            # the others are not to wait for it
            problems.append(certificate)
            continue
        limits = LIMITS if request.policy is ErasurePolicy.ANONYMISE else ""
        # what was found first, even if another process found it
        first = stores.plane.requests.steps(request.id)["found"].facts
        counts = _said(*(int(first[name]) for name in ("rows", "values", "sources")))
        outcome = " ".join(filter(None, (counts, limits)))
        closed = close(stores, request, RequestState.DONE, outcome, certificate_id=certificate.id)
        acts[request.id].found(certificate=certificate.id, rows=int(first["rows"]))
        tell(outcome)
        done.append(Erased(request=closed, places=found, certificate=certificate, limits=limits))
    if problems:
        raise problems[0]
    return done


def _certificates(stores: Stores, requests: Sequence[Request]) -> Mapping[str, Certificate | Problem]:
    # imported here: the verifier must not come in by way of whoever deletes
    from assets.privacy.verifying import certify_all  # noqa: PLC0415 -- as it says above

    return certify_all(stores, [request.id for request in requests], "erasure")
