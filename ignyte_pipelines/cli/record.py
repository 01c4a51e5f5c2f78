"""What lies behind `ignyte audit`: acts put together from their lines, selections, and the export."""

import csv
import dataclasses
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ignyte_pipelines.cli.output import as_json_bytes, fields
from resources.audit import Entry, Phase
from resources.audit import verifier as the_verifier
from resources.audit.entries import canonical
from resources.audit.signing import PUBLIC_NAME
from resources.audit.verifier import Report, examine
from resources.errors import Refused
from resources.stores import Stores

_OPEN: Final = "not finished"
_FORMULA: Final = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, kw_only=True)
class Acted:
    """One act or event, from its intent and its outcome. `result` is "" for an event and for an act without an end."""

    seq: int
    at: datetime
    kind: str
    actor: str
    account: str
    verb: str
    target: str
    workspace: str
    reason: str
    event: bool
    result: str
    details: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which acts are wanted; what is empty does not matter. `verb` may be the first part of one."""

    workspace_id: str = ""
    actor: str = ""
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def wants(self, act: Acted) -> bool:
        return (
            self.workspace_id in ("", act.workspace)
            and self.actor in ("", act.actor)
            and (not self.verb or act.verb == self.verb or act.verb.startswith(f"{self.verb}."))
            and (self.since is None or act.at >= self.since.replace(tzinfo=UTC))
            and (self.until is None or act.at < self.until.replace(tzinfo=UTC))
        )


def acts(entries: Iterable[Entry], wanted: Filter) -> list[Acted]:
    """The wanted acts and events in the order in which they began."""
    found: dict[str, Acted] = {}
    for entry in entries:
        if entry.phase is Phase.OUTCOME and entry.id in found:
            begun = found[entry.id]
            found[entry.id] = dataclasses.replace(
                begun, result=entry.result, details={**begun.details, **dict(entry.details)}
            )
        else:
            found[entry.id or str(entry.seq)] = _begun(entry)
    return [each for each in found.values() if wanted.wants(each)]


def outcome(act: Acted) -> str:
    """How it ended, in a word."""
    return "-" if act.event else act.result or _OPEN


def examined(stores: Stores, log: Path | None, checkpoints: Path | None, public_key: Path | None) -> Report:
    """Runs the verifier on this home's log, or on what is named."""
    for named in (log, checkpoints, public_key):
        if named is not None and not named.exists():
            raise Refused("there is none.", to=str(named), do_next="Name a file or folder that is there.")
    pem = public_key.read_bytes() if public_key else stores.audit.public_pem
    with _fetched(stores) if checkpoints is None else _as_is(checkpoints) as folder:
        return examine(log or stores.settings.audit_dir, folder, pem)


def write_export(stores: Stores, out: Path, wanted: Filter) -> dict[str, int]:
    """Writes everything that somebody else needs to verify the log, and the selection to read; returns counts."""
    if out.exists():
        raise Refused("it is there already.", to=str(out), do_next="Name a folder that is not.")
    (out / "log").mkdir(mode=0o700, parents=True)
    stores.audit.close()
    segments = stores.audit.chain.segments
    with segments.locked():
        for file in segments.files():
            shutil.copyfile(file, out / "log" / file.name)
        selected = acts(stores.audit.entries(), wanted)
    with _fetched(stores) as folder:
        shutil.copytree(folder, out / "checkpoints")
    (out / PUBLIC_NAME).write_bytes(stores.audit.public_pem)
    shutil.copyfile(the_verifier.__file__, out / "verifier.py")
    (out / "selection.json").write_bytes(as_json_bytes([fields(each) for each in selected]))
    _write_csv(out / "selection.csv", selected)
    return {
        "segments": len(list((out / "log").iterdir())),
        "checkpoints": len(list((out / "checkpoints").glob("checkpoint-*"))),
        "selected": len(selected),
    }


def _write_csv(file: Path, selected: list[Acted]) -> None:
    names = [field.name for field in dataclasses.fields(Acted)]
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for each in selected:
            row = fields(each) | {"at": each.at.isoformat(), "details": canonical(each.details).decode()}
            # a spreadsheet takes what begins like this for a formula
            writer.writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in row.values()])


@contextmanager
def _fetched(stores: Stores) -> Iterator[Path]:
    """This home's checkpoints in a folder, wherever they lie."""
    folder = stores.scratch / "checkpoints"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in stores.audit.chain.place.all():
        (folder / Path(name).name).write_bytes(content)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def _as_is(folder: Path) -> Iterator[Path]:
    yield folder


def _begun(entry: Entry) -> Acted:
    return Acted(
        seq=entry.seq,
        at=entry.at,
        kind=entry.actor.kind,
        actor=entry.actor.name,
        account=entry.actor.account,
        verb=entry.verb,
        target=entry.target,
        workspace=entry.workspace,
        reason=entry.reason,
        event=entry.phase is Phase.EVENT,
        result=entry.result,
        details=dict(entry.details),
    )
