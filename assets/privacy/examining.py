"""What the verifier looks at beside the sweep: keys, files, tombstones, metrics; each look is one fact."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assets.privacy.stores_swept import IN_USE
from assets.privacy.surviving import PERSON, ROW, Stone, suppression_key
from resources.control_plane.facts import FileGeneration, FileState, KeyRecord
from resources.control_plane.privacy_facts import Step
from resources.control_plane.tombstones import Tombstone
from resources.errors import Stop
from resources.stores import Stores
from resources.warehouse.opening import digest

_METRICS: Final = "metrics"
REWRITTEN: Final = "rewritten "


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must hold, what was seen, and the store it is about; no personal data in any of it."""

    what: str
    store: str
    seen: str
    holds: bool


def surrogates(stores: Stores, workspace_id: str, texts: Iterable[str]) -> list[str]:
    """What stands for these identifiers in the metrics of the workspace; empty where it has no key for that."""
    mine = [record for record in stores.plane.keys.of(workspace_id) if record.owner == "surrogates" and record.wrapped]
    if not mine:
        return []
    with stores.keys.plain(mine[-1].id) as key:
        secret = key.for_duckdb()
    spelled = [f"{len(secret.encode())}:{secret}{len(text.encode())}:{text}" for text in texts]
    return [hashlib.sha256(each.encode()).hexdigest() for each in spelled]


def stones_of(stores: Stores, workspace_id: str, acts: Iterable[str]) -> list[Stone]:
    """The tombstones of people and rows that the acts have set."""
    wanted = frozenset(acts)
    return [
        Stone(kind=stone.kind, name=stone.subject, label=stone.act_id)
        for stone in stores.plane.tombstones.of(workspace_id)
        if stone.kind in (PERSON, ROW) and stone.act_id in wanted
    ]


def suppressed(stores: Stores, workspace_id: str, tokens: Iterable[str], stones: Iterable[Tombstone]) -> Check:
    """Each address and id that was given is on a tombstone; a number alone may be shared, and is not."""
    standing = {stone.subject for stone in stones if stone.kind == PERSON}
    named = sorted(token for token in tokens if not token.startswith("p:"))
    try:
        with suppression_key(stores, workspace_id) as key:
            names = [hmac.new(key.view(), token.encode(), hashlib.sha256).hexdigest() for token in named]
    except Stop:
        return Check(what="nothing of the person can come back", store="control plane", seen="no key", holds=False)
    missing = sum(name not in standing for name in names)
    return Check(
        what="nothing of the person can come back: each identifier is on a tombstone",
        store="control plane",
        seen=f"{len(names) - missing} of {len(names)}",
        holds=not missing,
    )


def generations(stores: Stores, workspace_id: str) -> list[Check]:
    """Every file that is not in use is gone from disk, and every key of one is destroyed and opens nothing."""
    files = stores.plane.files.of(workspace_id)
    old = [file for file in files if file.state not in IN_USE]
    there = [file for file in old if (stores.data_root / file.path).exists()]
    marked = [file for file in old if file.state is not FileState.DELETED]
    in_use = {file.key_id for file in files if file.state in IN_USE}
    owners = {file.datasource_id or _METRICS for file in files}
    keys = [key for key in stores.plane.keys.of(workspace_id) if key.owner in owners and key.id not in in_use]
    return [
        Check(
            what="every replaced file is gone from its place",
            store="left-over files",
            seen=f"{len(old)} replaced, {len(there)} still there, {len(marked)} not ended",
            holds=not there and not marked,
        ),
        keys_dead(stores, keys, "every key of a replaced file is destroyed, and opens nothing"),
        copies_dead(stores, workspace_id),
    ]


def keys_dead(stores: Stores, keys: list[KeyRecord], what: str) -> Check:
    """Each key was destroyed, which is tried by asking for it."""
    alive = sum(_opens(stores, key) for key in keys)
    return Check(what=what, store="data keys", seen=f"{len(keys)} tried, {alive} still open something", holds=not alive)


def _opens(stores: Stores, key: KeyRecord) -> bool:
    if key.wrapped is not None:
        return True
    try:
        stores.keys.plain(key.id).close()
    except Stop:
        return False
    return True


def copies_dead(stores: Stores, workspace_id: str) -> Check:
    """No copy of a destroyed key is left with the backups, and their journal knows of each destruction."""
    behind = stores.keeper.behind(workspace_id)
    return Check(
        what="no backup can be opened by a copy of a destroyed key, and none brings back what is gone",
        store="backups",
        seen=f"{len(behind)} keys and tombstones not noted there",
        holds=not behind,
    )


def rewrites(stores: Stores, steps: Mapping[str, Step]) -> list[Check]:
    """What the eraser says of each file it wrote anew, held against what is there."""
    said = [step for step in steps.values() if step.step.startswith(REWRITTEN)]
    return [_rewritten(stores, step.step.split()[1], step.facts) for step in said]


def _rewritten(stores: Stores, datasource_id: str, facts: Mapping[str, str]) -> Check:
    what = f"the file of {datasource_id} was replaced by a newer one under a new key"
    if not (facts.get("old_file") and facts.get("new_file")):
        return Check(what=what, store="source files", seen="nothing was replaced", holds=False)
    old, new = stores.plane.files.get(facts["old_file"]), stores.plane.files.get(facts["new_file"])
    current = stores.plane.files.current_source(datasource_id)
    holds = (
        old.state is FileState.DELETED
        and not _opens(stores, stores.plane.keys.get(old.key_id))
        and old.datasource_id == new.datasource_id == datasource_id
        and (current is None or current.generation >= new.generation > old.generation)
    )
    seen = f"generation {old.generation} by {new.generation}"
    return Check(what=what, store="source files", seen=seen, holds=holds)


def whole(stores: Stores, workspace_id: str) -> Check:
    """The files in use are those that the control plane knows, byte for byte."""
    files = [file for file in stores.plane.files.of(workspace_id) if file.state in IN_USE and file.sha256]
    # a load that is under way changes the file until it is whole
    settled = [file for file in files if file.state is not FileState.LOADING]
    odd = [file for file in settled if not _is_as_left(stores, file.path, (file.size, file.sha256))]
    return Check(
        what="the files in use are those that were written, by their digests",
        store="source files",
        seen=f"{len(settled)} files, {len(odd)} changed or missing",
        holds=not odd,
    )


def _is_as_left(stores: Stores, path: str, said: tuple[int | None, str | None]) -> bool:
    place = stores.data_root / path
    return place.exists() and digest(place) == said


def recomputed(stores: Stores, workspace_id: str, steps: Iterable[Step], *, everything: bool = False) -> Check:
    """The published metrics were begun after the last source was written anew, or there are none.

    With `everything` it counts whoever wrote a file in use anew, and whether that was noted.
    """
    published = stores.plane.files.published(workspace_id)
    ended = [
        file.published_at
        for step in steps
        if step.step.startswith(REWRITTEN) and step.facts.get("new_file")
        for file in [stores.plane.files.get(step.facts["new_file"])]
        if file.published_at
    ]
    if everything:
        ended += [file.published_at for file in _sources(stores, workspace_id) if file.published_at]
    if published is None or not ended:
        seen = "no metrics are published" if published is None else "no source had to be written anew"
        return Check(what=_RECOMPUTED, store="metrics files", seen=seen, holds=True)
    return Check(
        what=_RECOMPUTED,
        store="metrics files",
        seen=f"begun {published.created_at.isoformat()}, the last source was ready {max(ended).isoformat()}",
        holds=published.created_at >= max(ended),
    )


def _sources(stores: Stores, workspace_id: str) -> list[FileGeneration]:
    found = (stores.plane.files.current_source(each.id) for each in stores.plane.datasources.of(workspace_id))
    return [file for file in found if file]


_RECOMPUTED: Final = "the metrics were calculated from what is left"
