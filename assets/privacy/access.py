"""Right of access: all that is held about a person, found by the graph that erasure goes by, as files to hand over."""

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyzipper

from assets.privacy.access_page import page
from assets.privacy.finding import Search, searching
from assets.privacy.handed_out import LASTS, MANIFEST, remember
from assets.privacy.purposes import BASIS, PURPOSES
from assets.privacy.requests import close, subject_of
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import Request, RequestState
from resources.errors import Refused
from resources.platform import Stream
from resources.platforms import platform
from resources.register import in_force
from resources.secret import Secret
from resources.stores import Stores

_ADDED: Final = frozenset({"_dlt_id", "_dlt_load_id"})
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the export: why it is held, for how long, who gets it, and the digests of its two files."""

    platform: str
    datasource: str
    table: str
    what: str
    purpose: str
    basis: str
    kept: str
    recipients: tuple[str, ...]
    rows: int
    mentions: int
    files: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written: to `place`, a folder or an archive."""

    place: Path
    tables: tuple[Table, ...]
    expires_at: datetime

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def answer(
    stores: Stores, request: Request, out: Path, *, password: Secret | None = None, tell: Tell = lambda _: None
) -> Exported:
    """Writes all that is held about a request's person to `out`, and closes it; with a password, as an AES-256 zip.

    Raises:
        Refused: `out` is there already, or the request is closed.
        TryLater: the load of a source is not whole.
    """
    if out.exists():
        raise Refused("it is there already.", to=f"{out}", do_next="Name a folder or file that is not there yet.")
    workspace = stores.plane.workspaces.get(request.workspace_id)
    subject = subject_of(stores, request, reason="right of access")
    with stores.audit.act(
        "personal.export", f"request {request.id}", workspace_id=workspace.id, reason="right of access"
    ) as act:
        tell("Looking through every source.")
        expires_at = stores.clock() + LASTS
        folder = stores.scratch / f"access {request.id}"
        try:
            with searching(stores, workspace, [subject]) as search:
                everybody = search.everybody
                tables = tuple(_written(stores, search, folder))
            tell("Writing the manifest and the summary.")
            _sum_up(folder, workspace, request, tables, stores.clock(), expires_at)
            _hand_over(folder, out, password)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        rows = sum(table.rows for table in tables)
        remember(stores, request, out, expires_at, everybody)
        act.found(tables=len(tables), rows=rows)
    close(stores, request, RequestState.DONE, f"{rows} rows of {len(tables)} tables were handed over.")
    return Exported(place=out, tables=tables, expires_at=expires_at)


def _written(stores: Stores, search: Search, folder: Path) -> Iterator[Table]:
    recipients = tuple(in_force(stores.plane.subprocessors.all(), stores.clock()))
    for part, streams in search.marked():
        declared = platform(part.datasource.platform)
        for stream in streams:
            rows, mentions = search.rows(part, stream), search.values(part, stream)
            if not rows.num_rows and not mentions.num_rows:
                continue
            whole = next(each for each in declared.streams if each.name == stream.name)
            stem = f"{declared.key}/{part.datasource.id}/{stream.name}"
            yield Table(
                platform=declared.title,
                datasource=part.datasource.id,
                table=stream.name,
                what=whole.description,
                purpose=PURPOSES[declared.key],
                basis=BASIS,
                kept=_kept(whole),
                recipients=recipients,
                rows=rows.num_rows,
                mentions=mentions.num_rows,
                files=_files(folder, stem, rows, mentions),
            )


def _kept(stream: Stream) -> str:
    at_most = f", and at most {stream.keep.at_most.days} days" if stream.keep.at_most else ""
    return f"{stream.keep.reason}{at_most}"


def _files(folder: Path, stem: str, rows: pa.Table, mentions: pa.Table) -> dict[str, str]:
    found = {"": rows.drop_columns([name for name in rows.column_names if name in _ADDED]), ".mentions": mentions}
    digests = {}
    for suffix, table in found.items():
        if table.num_rows:
            records = table.to_pylist()
            for ending, content in (("json", _json(records)), ("csv", _csv(table.column_names, records))):
                name = f"{stem}{suffix}.{ending}"
                digests[name] = _put(folder / name, content)
    return digests


def _json(records: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(records, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _csv(names: Sequence[str], records: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def _sum_up(
    folder: Path, workspace: Workspace, request: Request, tables: Sequence[Table], now: datetime, expires_at: datetime
) -> None:
    manifest = {
        "request": request.id,
        "received_at": request.received_at,
        "written_at": now,
        "expires_at": expires_at,
        "controller": workspace.name,
        "region": workspace.region,
        "tables": [asdict(table) for table in tables],
    }
    _put(folder / "index.html", page(workspace.name, tables, now, expires_at).encode())
    _put(folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _put(file: Path, content: bytes) -> str:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    return hashlib.sha256(content).hexdigest()


def _hand_over(folder: Path, out: Path, password: Secret | None) -> None:
    """Copies under another name first: what lies at `out` is whole."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    if password is None:
        shutil.copytree(folder, draft)
        draft.chmod(0o700)
    else:
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with pyzipper.AESZipFile(draft, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(password.reveal().encode())
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(folder))
    draft.rename(out)
