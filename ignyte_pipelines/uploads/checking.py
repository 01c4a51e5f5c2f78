"""The validation summary of an upload: every row with a fault, and what of the file can be taken."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from ignyte_pipelines.uploads.rows import Fault, File, Line

RowT = TypeVar("RowT")
# by what a row is about: what it says, and in which file
Stored: TypeAlias = dict[Hashable, tuple[Hashable, str]]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong with one row."""

    line: int
    kind: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Summary(Generic[RowT]):
    """What was found in a file. `known` counts the rows that are in force already, word for word."""

    file: File
    rows: tuple[RowT, ...]
    findings: tuple[Finding, ...]
    known: int

    @property
    def kinds(self) -> dict[str, int]:
        """How many rows have which fault."""
        return dict(Counter(each.kind for each in self.findings).most_common())


@dataclass(frozen=True, kw_only=True)
class Rules(Generic[RowT]):
    """How a row is read, what makes two rows speak of the same, what says the same, and what is in force already."""

    parse: Callable[[Line], RowT]
    key: Callable[[RowT], Hashable]
    says: Callable[[RowT], Hashable]
    stored: Stored = field(default_factory=dict)


def check(file: File, rules: Rules[RowT]) -> Summary[RowT]:
    """Checks each row by itself, against those before it, and against what is in force."""
    rows: list[RowT] = []
    findings: list[Finding] = []
    seen: dict[Hashable, int] = {}
    known = 0
    for line in file.lines:
        try:
            row = rules.parse(line)
            first = seen.setdefault(rules.key(row), line.number)
            _require_new(line.number, first)
            if _is_stored(rules, row):
                known += 1
            else:
                rows.append(row)
        except Fault as fault:
            findings.append(Finding(line=line.number, kind=fault.kind, what=fault.what))
    return Summary(file=file, rows=tuple(rows), findings=tuple(findings), known=known)


def _require_new(line: int, first: int) -> None:
    if line != first:
        raise Fault("duplicate", f"line {first} is about the same")


def _is_stored(rules: Rules[RowT], row: RowT) -> bool:
    said, file_name = rules.stored.get(rules.key(row), (None, ""))
    if said is None:
        return False
    if said != rules.says(row):
        # what was calculated with it must not change behind people's backs
        raise Fault("contradiction", f"{file_name} says otherwise for the same day; withdraw that upload first")
    return True
