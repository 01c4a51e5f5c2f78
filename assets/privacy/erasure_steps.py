"""The steps of an erasure, for all who are erased at once: each can be done twice, and notes what it found."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from assets.privacy.finding import THEIRS, Found, Place, Search, places_in, searching
from assets.privacy.handed_out import remove_about
from assets.privacy.leaving import leaving, stays_blank
from assets.privacy.marking import marked, table_of, taken, theirs
from assets.privacy.remains import has_remains
from assets.privacy.requests import subject_of, widen
from assets.privacy.restricting import end_restrictions
from assets.privacy.typed import forget_typed
from resources.backups.ending import end_unused_keys
from resources.backups.outdated import outdated
from resources.control_plane.facts import Datasource, FileGeneration, FileState, Workspace
from resources.control_plane.privacy_facts import BackupState, ErasurePolicy, Request
from resources.decode.paths import quoted
from resources.errors import TryLater
from resources.identity import identifying
from resources.keyed import key_sql, place_of
from resources.platform import Platform, Stream
from resources.platforms import platform
from resources.stores import Stores
from resources.suppression import suppress_each
from resources.warehouse.published import open_metrics
from resources.warehouse.recalculating import recalculate
from resources.warehouse.rewriting import Rewritten, rewrite
from resources.warehouse.session import Part

Rows = frozenset[tuple[str, str]]  # place and key of each
_LOOKS: Final = 50
_PAUSE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was found of each person, and by which rows they are suppressed beside their tokens.

    `marks` are those of each datasource, together with the digest of the file that they hold for. `stale` are those
    whose file shows nobody, and is written anew all the same: for what may be left in its free places or in a backup.
    """

    found: Found
    rows: tuple[Rows, ...]
    marks: Mapping[str, tuple[str | None, Mapping[str, pa.Table]]]
    stale: tuple[str, ...] = ()

    @property
    def datasources(self) -> tuple[str, ...]:
        """Those whose files are written anew."""
        return (*self.found.datasources, *self.stale)


def look(stores: Stores, workspace: Workspace, requests: Sequence[Request], policy: ErasurePolicy) -> Seen:
    """Finds all of everybody in one go, and has the requests remember who they are about."""
    subjects = [subject_of(stores, each, reason="erasing") for each in requests]
    places: list[Place] = []
    rows: list[set[tuple[str, str]]] = [set() for _ in requests]
    marks = {}
    stale = set(outdated(stores, workspace.id))
    with searching(stores, workspace, subjects) as search:
        for part, streams in search.marked():
            places += places_in(search.connection, part.datasource.id, part.datasource.platform, streams, search.tokens)
            marks[part.datasource.id] = (part.file.sha256, taken(search.connection, streams))
            if has_remains(search.connection, part.catalog, platform(part.datasource.platform)):
                stale.add(part.datasource.id)
            for subject, row in _suppressible(search, part, streams, policy):
                rows[subject].add(row)
    found = Found(tokens=search.tokens, places=tuple(places))
    for number, request in enumerate(requests):
        widen(stores, request, found.tokens[number])
    _note(stores, "found", {each.id: _counted(found.of(number)) for number, each in enumerate(requests)})
    nobody = tuple(sorted(each for each in stale & marks.keys() if each not in found.datasources))
    return Seen(found=found, rows=tuple(map(frozenset, rows)), marks=marks, stale=nobody)


def keep_away(stores: Stores, requests: Sequence[Request], seen: Seen) -> None:
    """From here on nothing of them is loaded any more; before the files are rewritten, or a sync could undo that."""
    acts = {each.id: (seen.found.tokens[number], seen.rows[number]) for number, each in enumerate(requests)}
    counts = suppress_each(stores, requests[0].workspace_id, acts)
    _note(stores, "suppressed", {act_id: {"tombstones": str(count)} for act_id, count in counts.items()})


def end_what_was_made(stores: Stores, requests: Sequence[Request], seen: Seen) -> None:
    """Removes the exports about them and what was typed of them, and ends what restricts them."""
    for number, request in enumerate(requests):
        removed = remove_about(stores, request.workspace_id, seen.found.tokens[number])
        lifted = end_restrictions(stores, request.workspace_id, seen.found.tokens[number])
        lines = forget_typed(stores, seen.found.tokens[number])
        facts = {"removed": str(removed), "restrictions": str(lifted), "typed lines": str(lines)}
        _note(stores, "exports", {request.id: facts})


def rewrite_source(
    stores: Stores, datasource: Datasource, requests: Sequence[Request], seen: Seen, policy: ErasurePolicy
) -> Rewritten:
    """Writes one file anew without any of them."""
    places: list[Place] = []
    sha256, marks = seen.marks[datasource.id]

    def known() -> Mapping[str, pa.Table] | None:
        # a sync may have been quicker, and the rows lie elsewhere since
        file = stores.plane.files.current_source(datasource.id)
        return marks if file and file.sha256 == sha256 else None

    done = rewrite(stores, datasource, leaving(datasource, seen.found.tokens, policy, places.extend, known))
    for number, request in enumerate(requests):
        mine = [place for place in places if place.subject == number]
        if mine or datasource.id in seen.stale:
            taken = stores.plane.requests.steps(request.id)
            again = sum(name.startswith(f"rewritten {datasource.id}") for name in taken)
            name = f"rewritten {datasource.id}{f' {again + 1}' if again else ''}"
            _note(stores, name, {request.id: _exchanged(done.old, done.file) | _sums(mine)})
    return done


def note_rewritten(stores: Stores, requests: Iterable[Request]) -> None:
    """Notes the rewrites that were done by a process which died before it could say so."""
    for request in requests:
        steps = stores.plane.requests.steps(request.id)
        for datasource_id, facts in _affected(steps["found"].facts).items():
            if f"rewritten {datasource_id}" not in steps:
                files = [f for f in stores.plane.files.of(request.workspace_id) if f.datasource_id == datasource_id]
                after = [file for file in files if file.state in (FileState.CLEAN, FileState.LOADING)]
                before = [file for file in files if file.state is FileState.DELETED and file.sha256]
                pair = (before[-1] if before else None, after[-1] if after else None)
                _note(stores, f"rewritten {datasource_id}", {request.id: _exchanged(*pair) | facts})


def rebuild(stores: Stores, workspace: Workspace, requests: Sequence[Request], *, changed: bool) -> None:
    """Calculates everything anew from what is left, if anything went since that was done last."""
    steps = {request.id: stores.plane.requests.steps(request.id) for request in requests}
    waiting = [request for request in requests if "rebuilt" not in steps[request.id]]
    changed = changed or _is_behind(stores, workspace)
    if not (changed or any(_affected(steps[request.id]["found"].facts) for request in waiting)):
        facts = {"file": "", "tables": "0"}
    elif file := recalculate(stores, workspace.id):
        facts = {"file": file.id, "tables": str(_tables(stores, workspace))}
    else:
        facts = {"file": "", "tables": "0"}
    _note(stores, "rebuilt", {request.id: facts for request in waiting})


def _is_behind(stores: Stores, workspace: Workspace) -> bool:
    """Whether a source was written anew since the metrics were begun, by whomever: a killed process could not say."""
    published = stores.plane.files.published(workspace.id)
    sources = [stores.plane.files.current_source(each.id) for each in stores.plane.datasources.of(workspace.id)]
    ready = [file.published_at for file in sources if file and file.published_at]
    return published is not None and any(published.created_at < each for each in ready)


def settle_backups(stores: Stores, requests: Sequence[Request]) -> None:
    """Counts what can't be opened any more, and drives the destroyed keys out of the control plane's own files."""
    for request in requests:
        steps = stores.plane.requests.steps(request.id)
        end_unused_keys(stores, request.workspace_id)
        stores.keeper.settle(request.workspace_id)
        keys = [step for name, step in steps.items() if name.startswith("rewritten ")]
        backups = stores.plane.backups.all(request.workspace_id)
        standing = sum(each.state is BackupState.COMPLETE for each in backups)
        _note(stores, "backups", {request.id: {"keys": str(len(keys)), "backups": str(standing)}})
    for _ in range(_LOOKS):
        if stores.plane.scrub():
            return
        time.sleep(_PAUSE)
    raise TryLater("another process still reads an old page of it.", to="control plane", do_next="Erase again.")


def _suppressible(
    search: Search, part: Part, streams: Sequence[Stream], policy: ErasurePolicy
) -> Iterator[tuple[int, tuple[str, str]]]:
    """The rows of each person that go, but for those that follow from a row they belong to."""
    declared = platform(part.datasource.platform)
    for stream in streams:
        if _stands_alone(declared, stream) and not stays_blank(stream, policy):
            key = key_sql(*(f"t.{quoted(name)}" for name in stream.key))
            found = search.connection.execute(
                f"SELECT DISTINCT subject, {key} FROM {table_of(part.catalog, declared.key, stream)} AS t "
                f"JOIN (FROM {marked(stream)} WHERE {theirs(stream)}) AS m ON t.rowid = m.rid "
                f"JOIN {THEIRS} USING (token)"
            )
            yield from ((subject, (place_of(declared, stream.name), text)) for subject, text in found.fetchall())


def _stands_alone(declared: Platform, stream: Stream) -> bool:
    parents = {parent for each in declared.streams for _, parent in each.belongs_to}
    return bool(identifying(stream)) or stream.name in parents or not stream.belongs_to


def _counted(places: Sequence[Place]) -> dict[str, str]:
    """Sums, and what lies where."""
    each = {f"{p.datasource_id} {p.stream}": f"{p.rows} rows, {p.values} values" for p in places}
    return _sums(places) | {"sources": str(len({place.datasource_id for place in places}))} | each


def _affected(found: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The datasources in which there was something, with how much, out of the facts of the step `found`."""
    sums: dict[str, list[int]] = {}
    for name, said in found.items():
        datasource_id, space, _ = name.partition(" ")
        if space:
            rows, values = (int(part.split()[0]) for part in said.split(", "))
            before = sums.get(datasource_id, [0, 0])
            sums[datasource_id] = [before[0] + rows, before[1] + values]
    return {source: {"rows": str(rows), "values": str(values)} for source, (rows, values) in sums.items()}


def _sums(places: Sequence[Place]) -> dict[str, str]:
    return {"rows": str(sum(p.rows for p in places)), "values": str(sum(p.values for p in places))}


def _exchanged(old: FileGeneration | None, new: FileGeneration | None) -> dict[str, str]:
    return {
        "old_file": old.id if old else "",
        "old_sha256": (old.sha256 or "") if old else "",
        "old_key": old.key_id if old else "",
        "new_file": new.id if new else "",
        "new_sha256": (new.sha256 or "") if new else "",
    }


def _tables(stores: Stores, workspace: Workspace) -> int:
    with open_metrics(stores, workspace) as connection:
        found = connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
    return int(found[0]) if found else 0


def _note(stores: Stores, step: str, acts: Mapping[str, Mapping[str, str]]) -> None:
    stores.plane.requests.note_each(step, stores.clock(), acts)
