"""Whether every data file is encrypted: read off the files themselves, known to the control plane or not."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from ignyte_pipelines.cli.findings import Finding, found
from ignyte_pipelines.cli.output import counted
from resources.control_plane.facts import FileGeneration, FileState, LeaseMode
from resources.errors import Problem, Stop
from resources.stores import Stores
from resources.warehouse.opening import attach, digest, memory
from resources.warehouse.sources import lease_name

_MAGIC: Final = slice(8, 12)
_FLAGS: Final = 20  # the first flag byte of DuckDB's main header; its lowest bit says "encrypted"
_HEADER: Final = 4096
_GONE: Final = {FileState.DELETED, FileState.RETIRED, FileState.BUILDING}
_LASTS: Final = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Census:
    """Data files by what their headers say."""

    encrypted: tuple[Path, ...]
    plain: tuple[Path, ...]


def census(data_root: Path) -> Census:
    """Reads the header of every file under the data root."""
    files = sorted(path for path in data_root.rglob("*") if path.is_file() and not path.name.endswith(".wal"))
    encrypted = tuple(path for path in files if _says_encrypted(path))
    return Census(encrypted=encrypted, plain=tuple(path for path in files if path not in encrypted))


def _says_encrypted(path: Path) -> bool:
    with path.open("rb") as stream:
        header = stream.read(_HEADER)
    return header[_MAGIC] == b"DUCK" and bool(header[_FLAGS] & 1)


def encryption(stores: Stores) -> list[Finding]:
    """What the headers say, what DuckDB says of the files it opened with their keys, and which file nobody knows."""
    counted_files = census(stores.data_root)
    names = ", ".join(path.name for path in counted_files.plain[:3])
    headers = found(
        "every data file is encrypted",
        holds=not counted_files.plain,
        what=f"not encrypted: {names}" if names else counted(len(counted_files.encrypted), "file"),
        how="the header of each file under the data root",
    )
    known = [each for workspace in stores.plane.workspaces.all() for each in stores.plane.files.of(workspace.id)]
    live = [each for each in known if each.state not in _GONE]
    paths = {stores.data_root / each.path for each in known if each.state is not FileState.DELETED}
    strangers = [path.name for path in (*counted_files.encrypted, *counted_files.plain) if path not in paths]
    return [headers, _opened(stores, live), _owned(strangers)]


def _opened(stores: Stores, live: list[FileGeneration]) -> Finding:
    broken, busy = [], 0
    for file in live:
        try:
            busy += not _opens(stores, file)
        except Problem as problem:
            broken.append(str(problem))
    waiting = f", {busy} being loaded and left alone" if busy else ""
    return found(
        "each opens with its own key, as AES-256-GCM, unchanged",
        holds=not broken,
        what="; ".join(broken) or f"{counted(len(live) - busy, 'file')}{waiting}",
        how="attached read-only, duckdb_databases() read, sha256 compared with the one kept",
    )


def _opens(stores: Stores, file: FileGeneration) -> bool:
    """Opens a file beside other readers; False if someone is writing it.

    Raises:
        Problem: it can't be opened, or it is not as it was left.
    """
    name = lease_name(file.datasource_id or file.id)
    lease = stores.plane.leases.acquire(name, LeaseMode.SHARED, "doctor", stores.clock(), _LASTS)
    if lease is None:
        return False
    connection = memory(stores.scratch)
    try:
        with stores.keys.plain(file.key_id) as key:
            attach(connection, stores.data_root / file.path, "looked_at", key, read_only=True)
    finally:
        connection.close()
        stores.plane.leases.release(lease)
    _compare(stores, file)
    return True


def _compare(stores: Stores, file: FileGeneration) -> None:
    if file.state is not FileState.LOADING and digest(stores.data_root / file.path) != (file.size, file.sha256):
        raise Stop("it is not as it was left.", to=f"file {Path(file.path).name}", do_next="Find out who changed it.")


def _owned(strangers: list[str]) -> Finding:
    return Finding(
        guarantee="no file that nobody answers for",
        verdict="note" if strangers else "holds",
        found=f"unknown: {', '.join(strangers[:3])}" if strangers else "none",
        how="files under the data root against the control plane",
    )


def keys(stores: Stores) -> Finding:
    """Whether each live file's key is there and opens, and each dead one's is gone."""
    missing, alive = [], 0
    for workspace in stores.plane.workspaces.all():
        records = {record.id: record for record in stores.plane.keys.of(workspace.id)}
        for file in stores.plane.files.of(workspace.id):
            there = records[file.key_id].wrapped is not None
            gone = file.state is FileState.DELETED
            alive += there and not gone
            if there == gone:
                missing.append(f"{Path(file.path).name} ({'kept' if there else 'missing'})")
    return found(
        "each live file has its key, each deleted one has none",
        holds=not missing,
        what=", ".join(missing[:3]) or counted(alive, "key"),
        how="the wrapped keys in the control plane against its files",
    )
