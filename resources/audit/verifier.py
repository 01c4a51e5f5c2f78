"""Checks an audit log by itself: a single file, offline, with nothing but Python, `cryptography` and the public key.

    python verifier.py LOG CHECKPOINTS PUBLIC_KEY [--json]

LOG is a folder of log-*.jsonl segments or one such file, CHECKPOINTS the folder with checkpoint-*.json from the second
place, PUBLIC_KEY the PEM file audit.pub, which should come from a third: whoever can replace all three can forge all.

It detects, and names the first bad entry: a changed, inserted, removed, repeated or reordered line; a cut end, as far
as a checkpoint reaches; a signature of another key; an outcome without its intent, or two; an actor without a name.
It can't detect: what was never written; a log cut or rewritten above the newest checkpoint by someone who holds the
signing key; a checkpoint that was deleted in the second place; whether what an entry says was true.
Exit codes: 0 everything holds, 1 something does not, 2 wrong usage.
"""

import base64
import binascii
import hashlib
import json
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Line = dict[str, Any]
NONE = "0" * 64
KEPT_AT_LEAST = timedelta(days=365)
ARGUMENTS = 3


class Bad(Exception):  # noqa: N818 -- reads as what it says
    """Something does not hold."""


@dataclass
class Report:
    """What was found. `first_bad` is the number of the first entry that does not hold; None if all do."""

    entries: int = 0
    first: int = 0
    last: int = 0
    guarded: int = 0  # the newest entry that a checkpoint vouches for
    checkpoints: int = 0
    first_bad: int | None = None
    problem: str = ""
    unfinished: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problem


def examine(log: Path, checkpoints: Path, public_pem: bytes) -> Report:
    """Checks everything there is to check; stops at the first thing that does not hold."""
    report = Report()
    try:
        key = load_pem_public_key(public_pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        report.problem = "the public key is not an Ed25519 key in PEM"
        return report
    try:
        marks = read_checkpoints(checkpoints, key, report)
        check_log(log, marks, key, report)
    except Bad as bad:
        report.problem = str(bad)
    return report


def read_checkpoints(folder: Path, key: Ed25519PublicKey, report: Report) -> dict[int, Line]:
    """The checkpoints by the number of their entry."""
    marks: dict[int, Line] = {}
    for file in sorted(folder.glob("checkpoint-*.json")):
        raw = file.read_bytes()
        said = parsed(raw[:-1] if raw.endswith(b"\n") else b"", f"checkpoint {file.name}")
        signature = said.pop("sig", "")
        if said.get("kind") != "checkpoint" or not signed(key, canonical(said), signature):
            raise Bad(f"checkpoint {file.name} is not one that this key signed")
        marks[said["seq"]] = said
    report.checkpoints, report.guarded = len(marks), max(marks, default=0)
    if not marks:
        report.notes.append("there is no checkpoint, so a log cut at its end would look whole")
    return marks


def check_log(log: Path, marks: dict[int, Line], key: Ed25519PublicKey, report: Report) -> None:
    """Walks along the chain."""
    acts: dict[str, str] = {}
    drops: dict[int, Line] = {}
    number, prev, earlier = 0, NONE, ""
    for raw in raw_lines(log):
        expected = number + 1
        report.first_bad = expected
        entry = parsed(raw, f"entry {expected}")
        if not report.entries:
            expected, prev = beginning(entry, marks)
            report.first = expected
        report.first_bad = expected
        check_entry(entry, expected, prev, key)
        check_acts(entry, acts, dropped=report.first > 1)
        if expected in marks and marks[expected]["hash"] != entry["hash"]:
            raise Bad(f"entry {expected} is not the one that its checkpoint vouches for")
        if entry["verb"] == "audit.drop":
            drops[entry["details"]["through"]] = entry
        if entry["at"] < earlier:
            report.notes.append(f"entry {expected} is dated before the one above it")
        number, prev, earlier = expected, entry["hash"], entry["at"]
        report.entries, report.last, report.first_bad = report.entries + 1, expected, None
    check_ends(report, marks, drops)
    report.unfinished = sorted(act for act, phase in acts.items() if phase == "intent")


def raw_lines(log: Path) -> list[bytes]:
    """Every line of every segment, without its end; a last line that has none is marked as broken."""
    files = [log] if log.is_file() else sorted(log.glob("log-*.jsonl"))
    lines: list[bytes] = []
    for file in files:
        *whole, rest = file.read_bytes().split(b"\n")
        lines += whole + ([rest + b"\n"] if rest else [])
    return lines


def parsed(raw: bytes, what: str) -> Line:
    """The object in a line, if the line is the one spelling of it."""
    try:
        found = json.loads(raw)
    except ValueError:
        raise Bad(f"{what} can't be read") from None
    if not isinstance(found, dict) or canonical(found) != raw:
        raise Bad(f"{what} is not spelled as it was written")
    return found


def canonical(content: Line) -> bytes:
    """The one spelling: sorted keys, no spaces, ASCII."""
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()
    except ValueError:
        return b""


def signed(key: Ed25519PublicKey, content: bytes, signature: object) -> bool:
    """Whether this key signed it."""
    try:
        key.verify(base64.b64decode(str(signature), validate=True), content)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    # base64 has several spellings of one signature
    return base64.b64encode(base64.b64decode(str(signature))).decode() == signature


def beginning(entry: Line, marks: dict[int, Line]) -> tuple[int, str]:
    """Where the log begins: with the first entry, or behind what was dropped, whose end a checkpoint vouches for."""
    seq = entry.get("seq")
    if isinstance(seq, int) and seq > 1 and seq - 1 in marks:
        return seq, marks[seq - 1]["hash"]
    return 1, NONE


def check_entry(entry: Line, expected: int, prev: str, key: Ed25519PublicKey) -> None:
    """One entry by itself and in its place."""
    if entry.get("seq") != expected:
        raise Bad(f"entry {expected} is missing: number {entry.get('seq')} stands in its place")
    said = {name: value for name, value in entry.items() if name not in ("hash", "sig")}
    digest = hashlib.sha256(canonical(said)).hexdigest()
    if entry.get("hash") != digest:
        raise Bad(f"entry {expected} was changed")
    if entry.get("prev") != prev:
        raise Bad(f"entry {expected} does not follow from the one before it")
    if not signed(key, f"ignyte audit entry {digest}".encode(), entry.get("sig")):
        raise Bad(f"entry {expected} is not signed by this key")
    actor = entry["actor"]
    if not (actor["name"].strip() and actor["account"].strip()):
        raise Bad(f"entry {expected} names no actor")


def check_acts(entry: Line, acts: dict[str, str], *, dropped: bool) -> None:
    """One intent and at most one outcome for each act."""
    act, phase, before = entry["id"], entry["phase"], acts.get(entry["id"])
    if phase == "event":
        return
    if phase == "intent" and before is not None:
        raise Bad(f"entry {entry['seq']} begins an act that had begun")
    if phase == "outcome" and before != "intent" and not (dropped and before is None):
        raise Bad(f"entry {entry['seq']} ends an act that had not begun, or had ended")
    acts[act] = phase


def check_ends(report: Report, marks: dict[int, Line], drops: dict[int, Line]) -> None:
    """Nothing is missing behind the last entry, and nothing before the first that was not rightly dropped."""
    if report.guarded > report.last:
        report.first_bad = report.last + 1
        raise Bad(f"entry {report.last + 1} is missing: a checkpoint vouches for entries up to {report.guarded}")
    if report.first <= 1:
        return
    drop, mark = drops.get(report.first - 1), marks[report.first - 1]
    if drop is None:
        report.first_bad = 1
        raise Bad(f"entry 1 is missing: nothing says that the entries before {report.first} were dropped")
    age = datetime.fromisoformat(drop["at"]) - datetime.fromisoformat(mark["entry_at"])
    if age < KEPT_AT_LEAST:
        report.first_bad = 1
        raise Bad(f"entry 1 is missing: entries before {report.first} were dropped before twelve months were over")
    report.notes.append(f"entries before {report.first} were dropped by the rule of twelve months")


def told(report: Report) -> list[str]:
    """The report in sentences."""
    lines = [f"{report.entries} entries, numbers {report.first} to {report.last}; {report.checkpoints} checkpoints."]
    lines.append(f"Up to entry {report.guarded} a checkpoint in the second place vouches for the log.")
    if report.last > report.guarded:
        lines.append(f"Of the {report.last - report.guarded} entries behind it the last ones could have been cut off.")
    lines += [f"Note: {note}." for note in report.notes]
    lines += [f"Not finished, or still going on: {act}." for act in report.unfinished]
    bad = f" First bad entry: {report.first_bad}." if report.first_bad else ""
    return [*lines, "Everything holds." if report.holds else f"BROKEN: {report.problem}.{bad}"]


def main(arguments: list[str]) -> int:
    """Runs as a program."""
    names = [each for each in arguments if each != "--json"]
    if len(names) != ARGUMENTS or not all(Path(name).exists() for name in names):
        sys.stderr.write(__doc__ or "")
        return 2
    log, checkpoints, key = map(Path, names)
    report = examine(log, checkpoints, key.read_bytes())
    as_json = "--json" in arguments
    text = json.dumps({"holds": report.holds, **asdict(report)}, indent=2) if as_json else "\n".join(told(report))
    sys.stdout.write(f"{text}\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
