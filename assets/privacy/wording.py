"""What a certificate says: the facts of an act, gathered and put into one document without anybody's data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from assets.privacy.cases import ERASURE, Case
from assets.privacy.certificate import FORMAT
from assets.privacy.examining import REWRITTEN, Check
from assets.privacy.known_exports import exports
from assets.privacy.stores_swept import files_in_use
from assets.privacy.sweep import Swept
from resources.control_plane.privacy_facts import BackupState
from resources.platforms import platform
from resources.stores import Stores

_PACKAGE: Final = "ignyte-pipelines"
_VERIFIER: Final = "a process of its own that imports nothing of what deletes, after the deletion"
_TAKEN_OUT: Final = ("metrics.query", "metrics.export", "personal.export")


def document(
    stores: Stores,
    case: Case,
    swept: Sequence[Swept],
    checks: Sequence[Check],
    passing: tuple[int, int],
    now: datetime,
) -> dict[str, Any]:
    """All that is signed but for the certificate's own id. `passing`: running processes' folders, sealed backups."""
    running, sealed = passing
    return {
        "format": FORMAT,
        "kind": case.kind,
        "act": case.act_id,
        "workspace": case.workspace_id,
        "asked": dict(case.asked),
        "deadline": _deadline(case, now),
        "plan": list(case.plan),
        "steps": [
            {"step": step.step, "done_at": step.done_at.isoformat(), "facts": dict(step.facts)}
            for step in sorted(case.steps.values(), key=lambda step: step.done_at)
        ],
        "files": _files(stores, case),
        "keys_destroyed": _keys(stores, case),
        "rows_left": {table: rows for each in swept for table, rows in each.rows.items()},
        "tables_recomputed": _recomputed(stores, case, swept),
        "checks": [vars(check) for check in checks],
        "stores": [_store(each, case) for each in swept],
        "not_reached": _not_reached(stores, case, running),
        "backups": _backups(stores, case, sealed),
        "verifier": _VERIFIER,
        "software": {"name": _PACKAGE, "version": version(_PACKAGE)},
    }


def _deadline(case: Case, now: datetime) -> dict[str, Any]:
    if "due_at" not in case.asked:
        return {}
    due = datetime.fromisoformat(case.asked["due_at"])
    target = datetime.fromisoformat(case.asked["own_target_at"])
    return {"due_at": due.isoformat(), "kept": now <= due, "own_target_kept": now <= target}


def _files(stores: Stores, case: Case) -> list[dict[str, Any]]:
    """Each file that was replaced or destroyed, before and after."""
    files = {file.id: file for file in stores.plane.files.of(case.workspace_id)}
    pairs = [
        (step.facts.get("old_file", ""), step.facts.get("new_file", ""))
        for step in case.steps.values()
        if step.step.startswith(REWRITTEN)
    ]
    ended = {step.removeprefix("disconnected ") for step in case.steps if step.startswith("disconnected ")}
    pairs += [(file.id, "") for file in files.values() if file.datasource_id in ended]
    said = []
    for old, new in pairs:
        before, after = files.get(old), files.get(new)
        said.append(
            {
                "datasource": (before or after).datasource_id if before or after else "",  # type: ignore[union-attr]
                "before": _file(before),
                "after": _file(after),
                "key_destroyed": before.key_id if before else "",
            }
        )
    return said


def _file(file: Any) -> dict[str, Any]:  # noqa: ANN401 -- a file or none
    if file is None:
        return {}
    return {"file": file.id, "generation": file.generation, "bytes": file.size or 0, "sha256": file.sha256 or ""}


def _keys(stores: Stores, case: Case) -> list[str]:
    """The keys that this act destroyed: those of the files it replaced, or all that a thing that ended had."""
    named = {step.facts["old_key"] for step in case.steps.values() if step.facts.get("old_key")}
    ended = {step.removeprefix("disconnected ") for step in case.steps if step.startswith("disconnected ")}
    whole = case.act_id == case.workspace_id
    records = stores.plane.keys.of(case.workspace_id)
    return sorted(named | {record.id for record in records if whole or record.owner in ended})


def _recomputed(stores: Stores, case: Case, swept: Sequence[Swept]) -> dict[str, Any]:
    published = stores.plane.files.published(case.workspace_id)
    if published is None:
        return {"file": "", "tables": 0}
    tables = next((len(each.rows) for each in swept if each.store == "metrics files"), 0)
    return {"file": published.id, "sha256": published.sha256 or "", "tables": tables}


def _store(each: Swept, case: Case) -> dict[str, Any]:
    return {
        "store": each.store,
        "how": each.how,
        "files": each.files,
        "bytes": each.bytes,
        "cells": each.cells,
        "control_planted": each.planted,
        "control_found": each.recovered,
        "found": 0 if each.store in case.may_stay else each.found.get(case.act_id, 0),
        "numbers_shared_with_others": each.shared.get(case.act_id, 0),
    }


def _not_reached(stores: Stores, case: Case, running: int) -> list[dict[str, Any]]:
    """Where something may be that is not ours to delete, with the reason."""
    platforms = sorted({each.platform for each in stores.plane.datasources.of(case.workspace_id)})
    said: list[dict[str, Any]] = [
        {
            "what": platform(key).title,
            "reason": "The platform's own record is the merchant's there; we only read. Ask the platform itself.",
        }
        for key in platforms
    ]
    taken = _taken_out(stores, case.workspace_id)
    said += [
        {
            "what": f"{name}: {count} times, the last on {last:%Y-%m-%d}",
            "reason": "What was taken out of the metrics holds no personal data, and lies where it was taken to.",
        }
        for name, (count, last) in sorted(taken.items())
    ]
    if running:
        said.append(
            {
                "what": f"{running} passing folders of running processes",
                "reason": "They lie in memory and are wiped as their processes end; what is suppressed is not landed.",
            }
        )
    if case.kind == ERASURE:
        said.append(
            {
                "what": "The request itself",
                "reason": "Whom it is about is sealed under a key of its own, which is destroyed as it is closed.",
            }
        )
        said += _of_others(stores, case)
    return said


def _of_others(stores: Stores, case: Case) -> list[dict[str, Any]]:
    """What can't be looked into, and may name the person beside somebody else."""
    waiting = [each for each in stores.plane.requests.of(case.workspace_id) if each.subject and each.id != case.act_id]
    lying = [each for each in exports(stores, case.workspace_id) if each.place.exists()]
    changed = sum(not each.lies_there for each in lying)
    ends = [each.expires_at for each in lying if each.is_sealed and each.lies_there]
    said = []
    if waiting:
        reason = "Whom each is about is sealed under a key of its own, which is destroyed as it is answered."
        said.append({"what": f"{len(waiting)} other requests of people that wait for an answer", "reason": reason})
    if ends:
        reason = f"They are about others, can't be read here, and are removed by {max(ends):%Y-%m-%d}."
        said.append({"what": f"{len(ends)} exports under a password", "reason": reason})
    if changed:
        reason = "What lies where they were written is not what was written, and is not ours to remove."
        said.append({"what": f"{changed} exports that were changed", "reason": reason})
    return said


def _taken_out(stores: Stores, workspace_id: str) -> Mapping[str, tuple[int, datetime]]:
    """Questions and exports by kind, with the number and the last: nobody's name."""
    counts: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for entry in stores.audit.entries():
        if entry.workspace == workspace_id and entry.verb in _TAKEN_OUT and entry.phase != "outcome":
            name = f"{entry.verb} via {entry.details.get('via') or 'the command line'}"
            counts[name] += 1
            last[name] = max(entry.at, last.get(name, entry.at))
    return {name: (number, last[name]) for name, number in counts.items()}


def _backups(stores: Stores, case: Case, sealed: int) -> dict[str, Any]:
    """Until when backups hold ciphertext that nothing opens any more."""
    standing = [each for each in stores.plane.backups.all(case.workspace_id) if each.state is not BackupState.EXPIRED]
    until = max((each.expires_at for each in standing), default=None)
    return {
        "standing": len(standing),
        "objects_that_nothing_opens": sealed,
        "last_one_removed_by": until.isoformat() if until and sealed else "",
        "files_in_use": len(files_in_use(stores, case.workspace_id)),
    }
