"""What one whole run left behind and showed on the way: files, streams, and what others saw of its processes."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from resources.columns import Kind
from resources.platforms import platform
from resources.settings import Settings
from resources.stores import Stores, open_stores
from resources.warehouse.sources import open_for_reading
from sandbox.serve import Sandbox

CHILD: Final = Path(__file__).with_name("leak_child.py")
ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("tmp", "user", "work", "memory")
_PAUSE: Final = 0.1
_EACH: Final = 30  # values of a column that are looked for
Values = dict[str, set[str | bytes]]


@dataclass(kw_only=True)
class Evidence:
    """`folder` holds the home and all else the child could write to; `seen` is what /proc showed, place → content."""

    folder: Path
    values: Values = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)
    passing: dict[str, bytes] = field(default_factory=dict)  # files of TMPDIR that came and went
    empty: list[str] = field(default_factory=list)  # personal columns without a value that is long enough
    scratch: set[str] = field(default_factory=set)  # folders for passing pages that the run used
    returncode: int | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def hold(self, label: str, value: str | bytes) -> None:
        self.values.setdefault(label, set()).add(value)


class Watcher(threading.Thread):
    """Looks at a process and all that it starts, again and again, as another process of its user could."""

    def __init__(self, evidence: Evidence, pid: int) -> None:
        super().__init__(daemon=True)
        self._evidence, self._pid, self._over = evidence, pid, threading.Event()

    def run(self) -> None:
        while not self._over.wait(_PAUSE):
            for pid in {self._pid, *below(self._pid)}:
                for what in ("environ", "cmdline"):
                    _copy(Path(f"/proc/{pid}/{what}"), self._evidence.seen)
            self._evidence.scratch |= {folder.name for folder in (self._evidence.folder / "memory").iterdir()}
            for file in (self._evidence.folder / "tmp").rglob("*"):
                _copy(file, self._evidence.passing)

    def stop(self) -> None:
        self._over.set()
        self.join()


def _copy(file: Path, into: dict[str, bytes]) -> None:
    try:
        content = file.read_bytes()
    except OSError:  # gone, a folder, a socket, or closed to us, which is the best of all
        return
    into[str(file)] = into.get(str(file), b"") + (content if content not in into.get(str(file), b"") else b"")


def below(pid: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@contextmanager
def child(evidence: Evidence) -> Iterator[subprocess.Popen[str]]:
    """The run as a process whose every stream and folder is under `evidence.folder`."""
    for name in FOLDERS:
        (evidence.folder / name).mkdir(mode=0o700)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(evidence.folder / "user"),
        "TMPDIR": str(evidence.folder / "tmp"),
        "IGNYTE_HOME": str(evidence.home),
        "COLUMNS": "400",
        "LEAK_LOG": str(evidence.folder / "debug.log"),
        "LEAK_SCRATCH": str(evidence.folder / "memory"),
    }
    with (
        (evidence.folder / "stderr").open("w") as errors,
        subprocess.Popen(  # noqa: S603 -- our own interpreter and file
            [sys.executable, str(CHILD)],
            env=env,
            cwd=evidence.folder / "work",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        watcher = Watcher(evidence, process.pid)
        watcher.start()
        try:
            yield process
        finally:
            watcher.stop()
            evidence.returncode = process.poll()
            process.kill()


def until(process: subprocess.Popen[str], phase: str, said: IO[str]) -> None:
    """Copies what the child prints until it tells that a phase is over."""
    assert process.stdout is not None
    for line in process.stdout:
        said.write(line)
        if line.startswith('{"phase"'):
            assert json.loads(line)["phase"] == phase
            return
    raise AssertionError(f"it ended before {phase}")


def gather_secrets(evidence: Evidence, sandbox: Sandbox) -> None:
    """Every secret of the home as it stands now."""
    with open_stores(Settings(home=evidence.home)) as stores:
        for each in stores.plane.datasources.all():
            assert stores.credentials is not None
            grant = stores.credentials.load(each).grant
            evidence.hold("access token", grant.access.reveal())
            if grant.refresh:
                evidence.hold("refresh token", grant.refresh.reveal())
        _data_keys(evidence, stores)
    for file in (evidence.home / "keys").rglob("*.key"):
        evidence.hold(f"{file.parent.name} master key", file.read_bytes())
    _registrations(evidence, sandbox)


def _data_keys(evidence: Evidence, stores: Stores) -> None:
    for workspace in stores.plane.workspaces.all():
        for record in stores.plane.keys.of(workspace.id):
            if record.wrapped is not None:
                with stores.keys.plain(record.id) as key:
                    evidence.hold("data key", bytes(key.view()))


def _registrations(evidence: Evidence, sandbox: Sandbox) -> None:
    for key, app in sandbox.apps.items():
        for label, value in (("client secret", app.client_secret), ("developer token", app.developer_token)):
            if value:
                evidence.hold(label, value)
        if app.keys:
            for value in app.keys.of_epoch(sandbox.state.epoch(key)).values():
                evidence.hold("API key", value)


def gather_people(evidence: Evidence) -> None:
    """Values of every personal column that lie in the encrypted files."""
    with open_stores(Settings(home=evidence.home)) as stores:
        for each in stores.plane.datasources.all():
            if any(column.personal for stream in platform(each.platform).streams for column in stream.columns):
                _from_file(evidence, stores, each.id)


def _from_file(evidence: Evidence, stores: Stores, datasource_id: str) -> None:
    datasource = stores.plane.datasources.get(datasource_id)
    declared = platform(datasource.platform)
    with open_for_reading(stores, datasource) as source:
        for stream in declared.streams:
            for column in (column for column in stream.columns if column.personal):
                table = f'source."{declared.schema}"."{stream.name}"'
                query = f'SELECT DISTINCT "{column.name}"::VARCHAR FROM {table} WHERE "{column.name}" IS NOT NULL'
                found = [value for (value,) in source.connection.execute(query).fetchall()]
                label = f"{declared.key}.{stream.name}.{column.name}"
                long = [value for value in found if len(value) >= (8 if column.kind is not Kind.INTEGER else 7)]
                for value in long[:_EACH]:
                    evidence.hold(label, value)
                if not long:
                    evidence.empty.append(label)
