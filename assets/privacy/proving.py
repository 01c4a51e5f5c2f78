"""Proof or refusal: sweeps all stores once for several acts, looks at what must hold, and issues what may be issued."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assets.privacy.cases import ERASURE, RETENTION, Case, cases_of
from assets.privacy.certificate import committed, new_receipt, signed, signer_of
from assets.privacy.examining import Check
from assets.privacy.files_swept import COPY
from assets.privacy.needles import Needles
from assets.privacy.stores_swept import files_in_use
from assets.privacy.sweep import Sweep, Swept
from assets.privacy.wording import document
from resources.control_plane.facts import LeaseMode
from resources.control_plane.privacy_facts import Certificate
from resources.errors import Refused
from resources.stores import Stores
from resources.warehouse.holding import held
from resources.warehouse.recalculating import build_turn

_RECEIPT_BYTES: Final = 15
_AGAIN: Final = "Nothing is certified. Do the deletion again, and report this if it stays."


@dataclass(frozen=True, kw_only=True)
class Proved:
    """A certificate, and its receipt, which exists nowhere else: "" where it had been handed out before."""

    certificate: Certificate
    receipt: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was seen: every store, and every check of the case."""

    swept: tuple[Swept, ...]
    checks: tuple[Check, ...]
    running: int
    sealed: int


def prove(
    stores: Stores, kind: str, act_ids: Sequence[str], caller: Path | None = None
) -> tuple[list[Proved], dict[str, Refused]]:
    """Certificates of the acts that hold, and by their ids refusals of those that don't. Acts are of one workspace.

    `caller` is the scratch folder of the process that asked.
    """
    known = {each.act_id: each for each in stores.plane.certificates.all()}
    done = [Proved(certificate=known[act_id]) for act_id in act_ids if act_id in known]
    cases = cases_of(stores, kind, [act_id for act_id in act_ids if act_id not in known])
    if not cases:
        return done, {}
    refused: dict[str, Refused] = {}
    with _kept_still(stores, cases[0].workspace_id), _sweep(stores, cases, caller) as (sweep, swept):
        for case in cases:
            seen = Looked(swept=swept, checks=tuple(case.checks()), running=sweep.running, sealed=sweep.sealed)
            if left := what_is_left(case, seen):
                refused[case.act_id] = _refusal(case, left)
            else:
                done.append(_issued(stores, case, seen))
    return done, refused


def what_is_left(case: Case, seen: Looked) -> Mapping[str, int]:
    """Per store the places where something was found that must not be, or could not be looked at. Empty is good."""
    left: Counter[str] = Counter()
    for each in seen.swept:
        left[each.store] += each.found.get(COPY, 0) if each.store != "backups" else 0
        left[each.store] += each.found.get(case.act_id, 0) if each.store not in case.may_stay else 0
        left[each.store] += len(each.unread) + (not each.proven)
    for check in seen.checks:
        left[check.store] += not check.holds
    return {store: count for store, count in left.items() if count}


def _refusal(case: Case, left: Mapping[str, int]) -> Refused:
    said = ", ".join(f"{store} ({count})" for store, count in left.items())
    return Refused(f"the verifier is not content with: {said}.", to=case.target, do_next=_AGAIN)


@contextmanager
def _sweep(stores: Stores, cases: Sequence[Case], caller: Path | None) -> Iterator[tuple[Sweep, tuple[Swept, ...]]]:
    place = cases[0].workspace_id
    in_use = {file.id for file in files_in_use(stores, place)}
    gone = {
        file.sha256: file.size or 0 for file in stores.plane.files.of(place) if file.sha256 and file.id not in in_use
    }
    needles = [needle for case in cases for needle in case.needles]
    stones = [stone for case in cases for stone in case.stones]
    sweep = Sweep(stores, place, needles, gone=gone, stones=stones, caller=caller)
    yield sweep, sweep.run()


@contextmanager
def _kept_still(stores: Stores, workspace_id: str) -> Iterator[None]:
    """Nobody writes a file of the workspace while it is looked at."""
    names = [f"file of {each.id}" for each in stores.plane.datasources.of(workspace_id)]
    with ExitStack() as holding:
        for name in (*names, build_turn(workspace_id)):
            holding.enter_context(held(stores.plane, name, LeaseMode.SHARED, stores.clock))
        yield


def _issued(stores: Stores, case: Case, seen: Looked) -> Proved:
    now, certificate_id = stores.clock(), stores.plane.certificates.new_id()
    receipt = new_receipt(secrets.token_bytes(_RECEIPT_BYTES)) if case.tokens else ""
    said: dict[str, Any] = document(stores, case, seen.swept, seen.checks, (seen.running, seen.sealed), now)
    said |= {"id": certificate_id, "issued_at": now.isoformat()}
    said["asked"] = {**said["asked"], "person": committed(case.tokens, receipt) if case.tokens else []}
    text = signed(said, signer_of(stores.settings))
    if case.kind in (ERASURE, RETENTION) and Needles(case.needles).within(text.encode()):
        # whatever a step noted: nobody's data goes into what is kept for good
        raise _refusal(case, {"certificate": 1})
    with stores.audit.act(
        "certificate.issue", case.target, workspace_id=case.workspace_id, details={"kind": case.kind}
    ) as act:
        kept = stores.plane.certificates.add(
            Certificate(
                id=certificate_id,
                workspace_id=case.workspace_id,
                kind=case.kind,
                act_id=case.act_id,
                issued_at=now,
                document=text,
            )
        )
        act.found(certificate=kept.id)
    return Proved(certificate=kept, receipt=receipt if kept.id == certificate_id else "")
