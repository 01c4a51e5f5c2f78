"""What there is to prove of an act: whom or what it was about, what must not be found, and what must hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assets.privacy import endings, examining, remaining
from assets.privacy.examining import Check
from assets.privacy.needles import Needle, needles_of
from assets.privacy.requests import OWN_TARGET, subject_of
from assets.privacy.surviving import Stone
from resources.columns import Personal
from resources.control_plane.privacy_facts import ErasurePolicy, Request, RequestKind, Step
from resources.errors import Refused
from resources.identity import Identifier
from resources.stores import Stores

ERASURE: Final = "erasure"
DATASOURCE: Final = "datasource"
WORKSPACE: Final = "workspace"
RETENTION: Final = "retention"
# an id says nothing about anybody, and stays where the record of what was done is kept
_OF_IDS: Final = frozenset({"control plane", "audit log", "backups", "orchestrator"})
_PLAN: Final = {
    ERASURE: (
        "Find the person in every source of the workspace: by what was given, and by what stands beside it.",
        "Suppress: from here on nothing of them is loaded, restored or accepted.",
        "Write each file that held something anew without it, under a new key; destroy the old key, unlink the file.",
        "Calculate all metrics anew from what is left.",
        "Look everywhere for what is left, by a process that had no part in the deleting.",
    ),
    DATASOURCE: (
        "Stop reading, give the grant back, destroy the credential.",
        "Destroy every key its files ever had, and unlink the files.",
        "Calculate all metrics anew without it, and forget what names the account.",
        "Look everywhere for what is left, by a process that had no part in the deleting.",
    ),
    WORKSPACE: (
        "Stop everything, give every grant back, destroy the credentials.",
        "Destroy every key of the workspace, and unlink every file.",
        "Destroy its backups, runs, exports and configuration.",
        "Look everywhere for what is left, by a process that had no part in the deleting.",
    ),
    RETENTION: (
        "Write each file with rows past their limit of age anew without them, under a new key; destroy the old key.",
        "Calculate all metrics anew from what is left.",
        "Look for rows past their limit, by a process that had no part in the deleting.",
    ),
}
_LIMITS: Final = (
    "By the workspace's policy rows of events stay without any personal value; amounts, times and order numbers stay "
    "with them, by which whoever holds the same orders elsewhere can tell whose they were."
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One act to be proved. `target` is how it is called in a sentence; `may_stay` are stores where ids may."""

    act_id: str
    kind: str
    workspace_id: str
    target: str
    asked: Mapping[str, Any]
    steps: Mapping[str, Step]
    needles: tuple[Needle, ...] = ()
    tokens: frozenset[str] = frozenset()
    stones: tuple[Stone, ...] = ()
    checks: Callable[[], Sequence[Check]] = field(default=tuple)
    may_stay: frozenset[str] = frozenset()

    @property
    def plan(self) -> tuple[str, ...]:
        return _PLAN[self.kind]


def cases_of(stores: Stores, kind: str, act_ids: Sequence[str]) -> list[Case]:
    """What there is to prove of each act.

    Raises:
        Refused: there is no such act, or it is of another kind.
    """
    known = {ERASURE: _erasure, DATASOURCE: _datasource, WORKSPACE: _workspace, RETENTION: _retention}
    if kind not in known:
        raise Refused("nothing of this kind can be certified.", to=kind, do_next=f"Name one of {', '.join(known)}.")
    return [known[kind](stores, act_id) for act_id in act_ids]


def _erasure(stores: Stores, act_id: str) -> Case:
    request = stores.plane.requests.get(act_id)
    if request.kind is not RequestKind.ERASE:
        raise Refused("it asks for no erasure.", to=f"request {act_id}", do_next="Name one that does.")
    subject = subject_of(stores, request, reason="proving the erasure")
    place, steps = request.workspace_id, stores.plane.requests.steps(act_id)
    spelled = [text for each in subject.identifiers for text in _as_keyed(each)]
    keyed = [Needle(label=act_id, kind=None, text=text) for text in examining.surrogates(stores, place, spelled)]
    return Case(
        act_id=act_id,
        kind=ERASURE,
        workspace_id=place,
        target=f"request {act_id}",
        asked=_asked(request),
        steps=steps,
        needles=(*needles_of(act_id, subject.identifiers), *keyed),
        tokens=subject.tokens,
        stones=tuple(examining.stones_of(stores, place, [act_id])),
        checks=lambda: [
            *examining.rewrites(stores, steps),
            examining.suppressed(stores, place, subject.tokens, stores.plane.tombstones.of(place)),
            examining.recomputed(stores, place, steps.values(), everything=True),
            examining.whole(stores, place),
            *examining.generations(stores, place),
            remaining.struck_out(stores, place, steps),
            remaining.unheard(stores, place),
            remaining.handed_out(stores, place, subject),
        ],
    )


def _asked(request: Request) -> dict[str, Any]:
    return {
        "what": "erase a person",
        "channel": request.channel,
        "regime": request.regime.value,
        "policy": request.policy.value,
        "limits": _LIMITS if request.policy is ErasurePolicy.ANONYMISE else "",
        "received_at": request.received_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "own_target_at": (request.received_at + OWN_TARGET).isoformat(),
    }


def _as_keyed(identifier: Identifier) -> list[str]:
    """As the metrics' models spell an identifier before they put a surrogate in its place."""
    value = identifier.token.partition(":")[2]
    if identifier.kind is not Personal.CUSTOMER_ID:
        return [value] if identifier.kind is Personal.EMAIL else []
    number = value.partition(":")[2]
    return [number, f"gid://shopify/Customer/{number}"] if identifier.issuer == "shopify" else [number]


def _datasource(stores: Stores, act_id: str) -> Case:
    found = stores.plane.datasources.get(act_id)
    steps = stores.plane.requests.steps(act_id)
    return Case(
        act_id=act_id,
        kind=DATASOURCE,
        workspace_id=found.workspace_id,
        target=f"datasource {act_id}",
        asked={"what": "delete a datasource", "datasource": act_id, "platform": found.platform} | _begun(steps),
        steps=steps,
        needles=(Needle(label=act_id, kind=None, text=act_id),),
        checks=lambda: [
            *endings.of_datasource(stores, found, steps),
            *examining.generations(stores, found.workspace_id),
            examining.whole(stores, found.workspace_id),
        ],
        # the metrics rightly list a datasource that was, by its id alone
        may_stay=_OF_IDS | {"metrics files"},
    )


def _workspace(stores: Stores, act_id: str) -> Case:
    steps = stores.plane.requests.steps(act_id)
    return Case(
        act_id=act_id,
        kind=WORKSPACE,
        workspace_id=act_id,
        target=f"workspace {act_id}",
        asked={"what": "delete a workspace", "workspace": act_id} | _begun(steps),
        steps=steps,
        needles=(Needle(label=act_id, kind=None, text=act_id),),
        checks=lambda: [*endings.of_workspace(stores, act_id), *examining.generations(stores, act_id)],
        may_stay=_OF_IDS,
    )


def _retention(stores: Stores, act_id: str) -> Case:
    word, _, rest = act_id.partition(" ")
    workspace_id, _, day = rest.partition(" ")
    if word != RETENTION or not day:
        raise Refused("it is no run of retention.", to=act_id, do_next="Name one as `retention WORKSPACE DATE`.")
    steps = stores.plane.requests.steps(act_id)
    return Case(
        act_id=act_id,
        kind=RETENTION,
        workspace_id=workspace_id,
        target=f"retention of {workspace_id}",
        asked={"what": "keep nothing past its limit of age", "workspace": workspace_id, "day": day} | _begun(steps),
        steps=steps,
        checks=lambda: [
            *examining.rewrites(stores, steps),
            *endings.of_retention(stores, workspace_id, day),
            examining.recomputed(stores, workspace_id, steps.values()),
            examining.whole(stores, workspace_id),
            *examining.generations(stores, workspace_id),
        ],
    )


def _begun(steps: Mapping[str, Step]) -> dict[str, str]:
    first = min((step.done_at for step in steps.values()), default=None)
    return {"received_at": first.isoformat()} if first else {}
