"""Restoring: fetched and compared first, then what was destroyed since is done again, and only then is it in use."""

from collections.abc import Callable
from typing import Final

from resources.backups.creating import turn_of
from resources.backups.ending import discard_restored
from resources.backups.fates import Came, Fate, Restored
from resources.backups.manifest import Head, Manifest, head_of, read
from resources.backups.putting_back import fetched, promote, put_back_rows
from resources.backups.replaying import (
    Graves,
    graves,
    is_dead,
    replay_datasources,
    replay_keys,
    replayed,
    require_names,
)
from resources.backups.verifying import named, trusted
from resources.control_plane.facts import FileGeneration, FileKind, FileState, LeaseMode
from resources.errors import Refused
from resources.lifecycle import Event, decide, require
from resources.stores import Stores
from resources.suppression import change
from resources.warehouse.holding import held
from resources.warehouse.opening import digest
from resources.warehouse.recalculating import build_turn, recalculate
from resources.warehouse.rewriting import rewrite
from resources.warehouse.sources import lease_name

Tell = Callable[[str], None]
_METRICS: Final = "metrics"


def restore(stores: Stores, backup_id: str, *, over_newer: bool = False, tell: Tell = lambda _: None) -> Restored:
    """Restores a backup into this home, whether its control plane is the same, an old one or a fresh one.

    Nothing of it can be opened before everything destroyed since was destroyed again. If it fails or its process dies,
    a datasource's file is either as it was or wholly restored; run it again.

    Raises:
        Refused: there is none, its time is over, its workspace is deleted, or it would replace newer files unasked.
        Stop: an object of it, or the journal, was changed; nothing is restored.
        TryLater: a place can't be reached.
    """
    content = read(stores.keeper.target, backup_id)
    head = head_of(content, backup_id)
    if head.expires_at <= stores.clock():
        raise Refused(
            f"its time was over on {head.expires_at:%Y-%m-%d}.", to=f"backup {backup_id}", do_next="Take a newer one."
        )
    with (
        stores.audit.act("backup.restore", f"backup {backup_id}", workspace_id=head.workspace_id) as act,
        held(stores.plane, turn_of(head.workspace_id), LeaseMode.EXCLUSIVE, stores.clock),
    ):
        done = _Restore(stores, head, trusted(stores, content, head), tell).run(over_newer=over_newer)
        fates = tuple(f"{each.datasource_id}: {each.fate}" for each in done.files)
        act.found(files=fates, rows=done.rows, tombstones=done.tombstones, keys=done.keys)
    return done


class _Restore:
    def __init__(self, stores: Stores, head: Head, manifest: Manifest, tell: Tell) -> None:
        self._stores, self._head, self._manifest, self._tell = stores, head, manifest, tell
        self._id = head.workspace_id
        self._fates: dict[str, Fate] = {}

    def run(self, *, over_newer: bool) -> Restored:
        stores = self._stores
        stores.keeper.settle(self._id)
        found = graves(stores, self._head, self._manifest, stores.keeper.journal.of(self._id))
        wanted = self._wanted(found)
        self._require_nothing_newer(wanted, found, asked=over_newer)
        fresh = put_back_rows(stores, self._head, self._manifest, wanted, found)
        keys = replay_keys(stores, self._id, found)
        behind = stores.plane.restoring.tombstones(self._id, found.tombstones) > 0 and not fresh
        ended = replay_datasources(stores, self._id, found)
        require_names(stores, self._id, found)
        as_it_was = not (found.since or keys or ended or behind)
        missing = [file for file in wanted if self._is_missing(file, behind=behind, as_it_was=as_it_was)]
        files = fetched(stores, self._head, self._manifest, missing, found, self._tell)
        rows = sum(self._put_in_use(file, found) for file in files if file.kind is FileKind.SOURCE)
        if behind:
            self._catch_up()
        self._metrics([file for file in files if file.kind is FileKind.METRICS])
        stores.keeper.settle(self._id)
        return self._told(rows, len(found.since), keys)

    def _wanted(self, found: Graves) -> list[FileGeneration]:
        """The files that may come back; of the others it is noted why not."""
        wanted = []
        for file in self._manifest.files:
            if file.datasource_id in found.datasources:
                self._fate(file, Fate.DISCONNECTED)
            elif is_dead(self._stores, self._head, file, found):
                self._fate(file, Fate.PREDATES)
            else:
                wanted.append(file)
        return wanted

    def _require_nothing_newer(self, wanted: list[FileGeneration], found: Graves, *, asked: bool) -> None:
        newer = {
            named(self._manifest, file)
            for file in wanted
            if file.datasource_id and self._stands(file, found) and not self._is_same(file)
        }
        if not newer:
            return
        require(self._stores.plane.workspaces.get(self._id), Event.DESTROY, self._stores.clock())
        if not asked:
            raise Refused(
                f"newer files would be replaced: {', '.join(sorted(newer))}.",
                to=f"backup {self._head.backup_id}",
                do_next="Add --yes if that is wanted; the next sync loads again what came since.",
            )

    def _stands(self, file: FileGeneration, found: Graves) -> bool:
        """Whether the datasource has a file in use that is whole, or being loaded."""
        current = self._current(file)
        if current is None or current.key_id in found.keys:
            return False
        path = self._stores.data_root / current.path
        if current.state is FileState.LOADING:
            return path.exists()
        return path.exists() and digest(path) == (current.size, current.sha256)

    def _is_same(self, file: FileGeneration) -> bool:
        """Whether the file in use is whole, and the very file that was backed up."""
        current = self._current(file)
        if current is None or current.state is not FileState.CLEAN or current.sha256 != file.sha256:
            return False
        path = self._stores.data_root / current.path
        return path.exists() and digest(path) == (file.size, file.sha256)

    def _is_missing(self, file: FileGeneration, *, behind: bool, as_it_was: bool) -> bool:
        if file.kind is FileKind.METRICS:
            # metrics are calculated anew unless they are those of exactly what comes back
            sources = all(fate is Fate.KEPT for fate in self._fates.values()) and not self._manifest.left_out
            return as_it_was and sources and self._stores.plane.files.published(self._id) is None
        if not behind and self._is_same(file):
            self._fate(file, Fate.KEPT)
            return False
        return True

    def _current(self, file: FileGeneration) -> FileGeneration | None:
        return self._stores.plane.files.current_source(file.datasource_id or "")

    def _put_in_use(self, file: FileGeneration, found: Graves) -> int:
        """Puts a source in use; returns how many rows of erased people it had."""
        stores = self._stores
        datasource = stores.plane.datasources.get(file.datasource_id or "")
        if found.since:
            self._tell(f"{datasource.platform}: written anew without what was erased since.")
            rows = replayed(stores, datasource, file)
            self._fate(file, Fate.REPLAYED)
            return rows
        with held(stores.plane, lease_name(datasource.id), LeaseMode.EXCLUSIVE, stores.clock):
            promote(stores, file)
        self._fate(file, Fate.RESTORED)
        return 0

    def _catch_up(self) -> None:
        """This control plane had missed an erasure: the files that the backup does not have are written anew too."""
        for datasource in self._stores.plane.datasources.of(self._id):
            current = self._stores.plane.files.current_source(datasource.id)
            if current is not None and datasource.id not in self._fates:
                self._tell(f"{datasource.platform}: written anew without what was erased since.")
                rewrite(self._stores, datasource, change(self._stores, datasource))

    def _metrics(self, backed_up: list[FileGeneration]) -> None:
        stores = self._stores
        for file in backed_up:
            with held(stores.plane, build_turn(self._id), LeaseMode.EXCLUSIVE, stores.clock):
                promote(stores, file)
            self._fates[_METRICS] = Fate.RESTORED
            return
        discard_restored(stores, self._id, stores.clock())
        workspace = stores.plane.workspaces.get(self._id)
        if isinstance(decide(workspace, Event.USE, stores.clock()), Refused):
            recalculate(stores, self._id)
            self._fates[_METRICS] = Fate.WITHHELD
            return
        # imported here: dbt takes seconds, and most who restore nothing need none
        from resources.warehouse.metrics import build  # noqa: PLC0415 -- as it says above

        self._tell("Calculating the metrics from what is there.")
        build(stores, workspace)
        self._fates[_METRICS] = Fate.BUILT

    def _fate(self, file: FileGeneration, fate: Fate) -> None:
        self._fates[file.datasource_id or _METRICS] = fate

    def _told(self, rows: int, tombstones: int, keys: int) -> Restored:
        platforms = {each.id: each.platform for each in self._manifest.datasources}
        came = tuple(
            Came(datasource_id=name, platform=platforms.get(name, _METRICS), fate=fate)
            for name, fate in sorted(self._fates.items())
        )
        return Restored(
            backup_id=self._head.backup_id,
            workspace_id=self._id,
            files=came,
            rows=rows,
            tombstones=tombstones,
            keys=keys,
        )
