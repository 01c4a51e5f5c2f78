"""Restricting a person (GDPR art. 18): found as for an erasure, kept, and in no calculation until it is lifted."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from assets.privacy.finding import Found, find
from assets.privacy.requests import close, subject_of
from resources.control_plane.privacy_facts import Request, RequestKind, RequestState
from resources.errors import Refused
from resources.keyed import keyed, opened
from resources.restricting import NAMES, STEP
from resources.stores import Stores
from resources.warehouse.recalculating import recalculate

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Restricted:
    """How much is kept back: rows of so many tables. `rebuilt` says whether metrics were calculated without them."""

    request: Request
    rows: int
    tables: int
    rebuilt: bool


def restrict(stores: Stores, request: Request, *, tell: Tell = lambda _: None) -> Restricted:
    """Keeps a person's rows out of all that is calculated, from now until `lift`. Twice is once.

    Raises:
        TryLater: the load of a source is not whole.
    """
    workspace = stores.plane.workspaces.get(request.workspace_id)
    with stores.audit.act("privacy.set_aside", f"request {request.id}", workspace_id=workspace.id) as act:
        tell("Looking through every source.")
        found = find(stores, workspace, [subject_of(stores, request, reason="restriction")])
        with opened(stores, workspace.id, make=True) as key:
            names = sorted(keyed(key, token) for token in found.tokens[0])
        stores.plane.requests.note_step(request.id, STEP, stores.clock(), {NAMES: " ".join(names)})
        running = stores.plane.requests.begin(request.id)
        tell("Calculating the metrics without them.")
        rebuilt = recalculate(stores, workspace.id) is not None
        rows, tables = _counted(found)
        act.found(rows=rows, tables=tables)
    return Restricted(request=running, rows=rows, tables=tables, rebuilt=rebuilt)


def lift(stores: Stores, request: Request, *, tell: Tell = lambda _: None) -> Request:
    """Ends a restriction: the rows, which were there all the time, count again.

    Raises:
        Refused: the request is none to restrict, or is closed.
    """
    if request.kind is not RequestKind.RESTRICT or request.state is not RequestState.RUNNING:
        raise Refused("it restricts nobody now.", to=f"request {request.id}", do_next="See `ignyte privacy requests`.")
    with stores.audit.act("privacy.lift", f"request {request.id}", workspace_id=request.workspace_id):
        closed = close(stores, request, RequestState.DONE, "The restriction was lifted.")
        stores.plane.requests.forget_steps(request.id)
        tell("Calculating the metrics with them again.")
        recalculate(stores, request.workspace_id)
    return closed


def end_restrictions(stores: Stores, workspace_id: str, tokens: Collection[str]) -> int:
    """Closes the restrictions of a person who is erased, with whom they were about; returns how many."""
    requests = stores.plane.requests
    running = [
        each
        for each in requests.of(workspace_id)
        if each.kind is RequestKind.RESTRICT and each.state is RequestState.RUNNING
    ]
    if not running:
        return 0
    with opened(stores, workspace_id) as key:
        theirs = {keyed(key, token) for token in tokens if not token.startswith("p:")}
    steps = {each.id: requests.steps(each.id).get(STEP) for each in running}
    over = [each for each in running if (step := steps[each.id]) and theirs & set(step.facts[NAMES].split())]
    for each in over:
        with stores.audit.act("privacy.lift", f"request {each.id}", workspace_id=workspace_id):
            close(stores, each, RequestState.DONE, "The person was erased.")
            requests.forget_steps(each.id)
    return len(over)


def _counted(found: Found) -> tuple[int, int]:
    places = [place for place in found.places if place.rows]
    return sum(place.rows for place in places), len(places)
