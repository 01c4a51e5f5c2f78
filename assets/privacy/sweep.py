"""The sweep: every store is searched for the same needles, and each search first has to find what was hidden."""

import secrets
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from assets.privacy import postgres_swept, stores_swept
from assets.privacy.files_swept import Files, FileSearch
from assets.privacy.needles import Needle, Needles
from assets.privacy.planted import planted_files, planted_table
from assets.privacy.surviving import Stone, suppression_key, survivors
from assets.privacy.tables_swept import Tables, TableSearch
from resources.columns import Personal
from resources.control_plane.facts import FileGeneration, FileKind
from resources.escrow.places import Place
from resources.platforms import platform
from resources.stores import Stores
from resources.vault.datakey import KEY_BYTES, DataKey
from resources.warehouse.opening import attach, digest, memory

CONTROL: Final = "positive control"
_CATALOG: Final = "swept"
_FILE: Final = "file_"  # with which the ids of files begin


@dataclass(frozen=True, kw_only=True)
class Swept:
    """One store: what was read, whether the search found what was planted, and what else it found.

    `found` counts the places per label, `shared` the rows of others with the same phone, `rows` those per table.
    """

    store: str
    how: str
    files: int = 0
    bytes: int = 0
    cells: int = 0
    planted: int
    recovered: int
    found: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        return 0 < self.planted == self.recovered


class Sweep:
    """One sweep of all stores, for one workspace."""

    def __init__(
        self,
        stores: Stores,
        workspace_id: str,
        needles: Iterable[Needle],
        *,
        gone: Mapping[str, int] | None = None,
        stones: Sequence[Stone] = (),
        caller: Path | None = None,
    ) -> None:
        """What is looked for, and where.

        `gone` are sha256 and size of files that must not exist any more, `stones` keyed names that no row may have,
        `caller` is the scratch folder of the process that asked.
        """
        self._stores, self._workspace_id = stores, workspace_id
        self._stones, self._caller = stones, caller
        self._canary = f"Canary.{secrets.token_hex(8)}@Example.invalid"
        everything = [*needles, Needle(label=CONTROL, kind=Personal.EMAIL, text=self._canary)]
        self._tables = TableSearch(everything)
        self._needles = Needles(everything)
        self._files = FileSearch(self._needles, gone=gone)
        self._connection = memory(stores.scratch)
        self._found_in: dict[str, Counter[str]] = {}
        self.running = 0  # scratch folders of others that still run, which are not looked into
        self.sealed = 0  # objects of backups that nothing opens any more

    def run(self) -> tuple[Swept, ...]:
        """Sweeps one store after the other. The caller keeps writers away from the workspace's files meanwhile."""
        settings = self._stores.settings
        databases = stores_swept.database_files(settings)
        apart = stores_swept.parts_of_the_home(settings)
        rest = {settings.data_root, *databases, *(place for places in apart.values() for place in places)}
        accounted = stores_swept.accounted_for(self._stores, self._workspace_id)
        passing, self.running = stores_swept.scratch_folders(self._caller)
        with closing(self._files), closing(self._connection):
            return (
                self._attached("source files", FileKind.SOURCE),
                self._attached("metrics files", FileKind.METRICS),
                self._folders("left-over files", [settings.data_root], but=accounted),
                self._control_plane(databases),
                *(self._folders(name, places) for name, places in apart.items() if name != stores_swept.BACKUPS),
                self._folders("scratch folders", passing, but=[self._stores.scratch]),
                self._backups(),
                self._folders("rest of the home", [settings.home], but=rest),
            )

    def _attached(self, store: str, kind: FileKind) -> Swept:
        planted, recovered = self._table_control()
        total, size, unread = Tables(), 0, []
        in_use = stores_swept.files_in_use(self._stores, self._workspace_id)
        files = [each for each in in_use if each.kind is kind]
        for file in files:
            path = self._stores.data_root / file.path
            if path.with_name(f"{path.name}.wal").exists():
                unread.append("a write-ahead log beside a file in use")
            size += path.stat().st_size
            self._searched(file, path, total)
        return Swept(
            store=store,
            how="opened with its key; every value of every table",
            files=len(files),
            bytes=size,
            cells=total.cells,
            planted=planted,
            recovered=recovered,
            found=_found(total.found),
            shared=dict(total.shared),
            unread=tuple(unread),
            rows=total.rows,
        )

    def _searched(self, file: FileGeneration, path: Path, total: Tables) -> None:
        source = self._stores.plane.datasources.get(file.datasource_id) if file.datasource_id else None
        declared = platform(source.platform) if source else None
        with self._stores.keys.plain(file.key_id) as key, self._opened(path, key) as connection:
            found = self._tables.search(connection, _CATALOG, declared)
            if declared and self._stones:
                with suppression_key(self._stores, self._workspace_id) as names_key:
                    found.found.update(survivors(connection, _CATALOG, declared, names_key, self._stones))
        self._found_in[file.id] = found.found
        total.cells += found.cells
        total.found.update(found.found)
        total.shared.update(found.shared)
        total.rows |= {f"{source.id} {table}" if source else table: rows for table, rows in found.rows.items()}

    @contextmanager
    def _opened(self, path: Path, key: DataKey, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """One file after the other on one connection, whose making costs more than most searches."""
        attach(self._connection, path, _CATALOG, key, read_only=read_only)
        yield self._connection
        self._connection.execute(f"DETACH {_CATALOG}")

    def _table_control(self) -> tuple[int, int]:
        """A canary in an encrypted file, in a text between others: found by the same way of opening and searching?"""
        path = self._stores.scratch / f"control-{secrets.token_hex(4)}.duckdb"
        with DataKey(secrets.token_bytes(KEY_BYTES)) as key:
            with self._opened(path, key, read_only=False) as connection:
                planted = planted_table(connection, _CATALOG, self._canary)
            with self._opened(path, key) as connection:
                recovered = self._tables.search(connection, _CATALOG).found[CONTROL]
        path.unlink()
        return planted, recovered

    def _folders(self, store: str, folders: Collection[Path], *, but: Collection[Path] = ()) -> Swept:
        seen = Files()
        for folder in folders:
            self._files.folder(folder, seen, but=but)
        return self._result(store, seen, "every file as it lies, by its name, and unpacked", self._file_control())

    def _control_plane(self, databases: Collection[Path]) -> Swept:
        if databases:
            seen = Files()
            for file in databases:
                self._files.file(file, seen, name=file.name)
            how = "the database's bytes with free pages and log, every cell, and what is packed in cells"
            return self._result("control plane", seen, how, self._file_control())
        url = self._stores.settings.control_plane_url.get_secret_value()
        cells, found, control = postgres_swept.search(url, self._needles, self._canary, CONTROL)
        return Swept(
            store="control plane",
            how="every text, binary and JSON value of every table of the database, the orchestrator's too",
            cells=cells,
            planted=control[0],
            recovered=control[1],
            found=_found(found),
        )

    def _backups(self) -> Swept:
        """Objects that are a file of the workspace are read with their key while it lives, and are sealed without."""
        seen, tables = Files(), Tables()
        files = {file.id: file for file in self._stores.plane.files.of(self._workspace_id)}
        for place in (self._stores.keeper.target, self._stores.keeper.key_place):
            for name in [found.name for found in place.found()]:
                seen.files += 1
                file = files.get(name.rpartition("/")[2])
                if file is not None:
                    self._backed_up(file, place, name, tables)
                elif not name.rpartition("/")[2].startswith(_FILE) and (content := place.read(name)):
                    seen.bytes += len(content)
                    seen.found.update(self._files.content(content, seen) | self._needles.within(name.encode()))
        seen.found.update(tables.found)
        how = "every object by its name and as it lies, unpacked; a file whose key lives, every value of every table"
        control = [a + b for a, b in zip(self._file_control(), self._table_control(), strict=True)]
        return self._result(stores_swept.BACKUPS, seen, how, (control[0], control[1]))

    def _backed_up(self, file: FileGeneration, place: Place, name: str, tables: Tables) -> None:
        if self._stores.plane.keys.get(file.key_id).wrapped is None:
            self.sealed += 1
            return
        copy = self._stores.scratch / f"backed-up-{secrets.token_hex(4)}.duckdb"
        place.fetch(name, copy)
        # the very bytes that are in use were searched already
        if digest(copy) != (file.size, file.sha256) or file.state not in stores_swept.IN_USE:
            self._searched(file, copy, tables)
        else:
            tables.found.update(self._found_in.get(file.id, {}))
        copy.unlink()

    def _file_control(self) -> tuple[int, int]:
        folder = self._stores.scratch / f"control-{secrets.token_hex(4)}"
        recovered = 0
        with planted_files(folder, self._canary) as planted:
            for file in planted.values():
                seen = Files()
                self._files.file(file, seen, name="planted")
                recovered += bool(seen.found[CONTROL])
        shutil.rmtree(folder)
        return len(planted), recovered

    def _result(self, store: str, seen: Files, how: str, control: tuple[int, int]) -> Swept:
        return Swept(
            store=store,
            how=how,
            files=seen.files,
            bytes=seen.bytes,
            planted=control[0],
            recovered=control[1],
            found=_found(seen.found),
            unread=tuple(seen.unread),
        )


def _found(counts: Counter[str]) -> dict[str, int]:
    return {label: number for label, number in counts.items() if label != CONTROL and number}
