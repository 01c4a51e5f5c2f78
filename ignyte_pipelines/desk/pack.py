"""The security pack: every paper as a page, as Markdown and as JSON; printed only if everything it says holds."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson

from assets.privacy.paper import Paper, day, markdown, paragraph, printed, rows
from ignyte_pipelines.desk.agreement import agreement
from ignyte_pipelines.desk.evidence import Claim, faults, is_command, is_test
from ignyte_pipelines.desk.gathered import NAME, Gathered, answers, filled_in, gather
from ignyte_pipelines.desk.papers import access, encryption, libraries, overview, questionnaire, record, retention
from ignyte_pipelines.desk.parts_list import bill
from ignyte_pipelines.desk.promises import PROMISES
from resources.control_plane.facts import Workspace
from resources.control_plane.privacy_facts import BackupState
from resources.errors import Refused, Stop
from resources.stores import Stores

PAPERS: Final[Mapping[str, Callable[[Gathered], Paper]]] = {
    "overview": overview,
    "access": access,
    "encryption": encryption,
    "retention": retention,
    "record-of-processing": record,
    "agreement": agreement,
    "questionnaire": questionnaire,
    "libraries": libraries,
}
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What was written: files by their names, and how many statements stand behind it."""

    folder: Path
    files: tuple[str, ...]
    statements: int


def build_pack(
    stores: Stores, workspace: Workspace, out: Path, *, ask_advisories: bool = True, tell: Tell = lambda _: None
) -> Pack:
    """Writes the pack of a workspace to a folder that is not there yet.

    Raises:
        Refused: the folder is there already.
        Stop: a statement's evidence is missing, or a guarantee does not hold now; nothing is written.
    """
    if out.exists():
        raise Refused("it is there already.", to=f"folder {out}", do_next="Name one that is not there yet.")
    tell("Checking every guarantee of this home.")
    found = gather(stores, workspace, ask_advisories=ask_advisories)
    tell("Looking up what stands behind each statement.")
    papers = {**{name: make(found) for name, make in PAPERS.items()}, "state": _state(found)}
    claims = [*(each.kept for each in PROMISES), *(each.claim for each in answers(found))]
    require(claims, papers.values(), found)
    tell("Printing.")
    with stores.audit.act("security-pack.print", f"workspace {workspace.id}", workspace_id=workspace.id):
        files = _written(out, papers, found)
    return Pack(folder=out, files=tuple(sorted(files)), statements=len(claims) + _evidence(papers.values()))


def require(claims: Iterable[Claim], papers: Iterable[Paper], found: Gathered) -> None:
    """Stops if one thing that is said has no evidence, or its evidence does not hold.

    Raises:
        Stop: with the faults, the first ten.
    """
    wrong = list(faults(claims, found.verdicts))
    wrong += [f"{each.guarantee}: broken." for each in found.findings if each.verdict == "broken"]
    named = {name for paper in papers for part in paper.parts for name in part.evidence}
    wrong += [f"{name}: there is no such test." for name in named if name.startswith("tests/") and not is_test(name)]
    wrong += [
        f"{name}: there is no such command."
        for name in named
        if name.startswith(("ignyte ", "make ")) and not name.startswith("ignyte doctor: ") and not is_command(name)
    ]
    if wrong:
        listed = " ".join(sorted(set(wrong))[:10])
        raise Stop(f"what it would say does not hold: {listed}", to="security pack", do_next="Nothing was printed.")


def _evidence(papers: Iterable[Paper]) -> int:
    return sum(bool(part.evidence) for paper in papers for part in paper.parts)


def _state(found: Gathered) -> Paper:
    """Drills, certificates, backups and requests: what was done lately."""
    facts = filled_in(found)
    return Paper(
        title="State",
        lead=f"{found.workspace.name}, {day(found.at)}: what was done, and what is open.",
        parts=(
            rows(
                "Deletions",
                ("Certificate", "Of", "Issued"),
                [(each.id, each.kind, day(each.issued_at)) for each in found.certificates],
                empty="Nothing was deleted yet, so there is no certificate.",
                evidence=("ignyte certificate list", "tests/flow/test_erasure_canaries.py::*"),
            ),
            rows(
                "Backups",
                ("Backup", "Made", "Until", "Verified"),
                [
                    (
                        each.id,
                        day(each.created_at),
                        day(each.expires_at),
                        day(each.verified_at) if each.verified_at else "-",
                    )
                    for each in found.backups
                    if each.state is BackupState.COMPLETE
                ],
                text=(f"Last restore drill: {facts['restore_drill']}.",),
                empty="There is none now.",
                evidence=("ignyte backup list", "tests/flow/test_restore_drill.py::*"),
            ),
            rows(
                "Requests of persons",
                ("Request", "For", "Received", "Due", "State"),
                [
                    (each.id, each.kind.value, day(each.received_at), day(each.due_at), each.state.value)
                    for each in found.requests
                ],
                empty="There were none.",
                evidence=("ignyte privacy requests",),
            ),
            rows(
                "Sub-processors",
                ("Company", "Category", "Purpose", "Location"),
                [(each.name, each.category.value, each.purpose, each.location) for each in found.subprocessors],
                text=(f"Version {found.register} of the register.",),
                empty="None are in force.",
                evidence=("ignyte subprocessors list",),
            ),
        ),
    )


def _written(out: Path, papers: Mapping[str, Paper], found: Gathered) -> list[str]:
    """Writes to a draft beside it first: a pack is whole or not there."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    (draft / "markdown").mkdir(mode=0o700, parents=True)
    files = {f"{name}.html": printed(paper) for name, paper in papers.items()}
    files |= {f"markdown/{name}.md": markdown(paper) for name, paper in papers.items()}
    files["index.html"] = printed(_index(papers, found))
    files["facts.json"] = orjson.dumps(
        {"at": found.at, "version": found.version, "papers": {name: asdict(paper) for name, paper in papers.items()}},
        option=orjson.OPT_INDENT_2,
    ).decode()
    files["parts.cdx.json"] = bill(NAME, found.version, list(found.pieces), found.at)
    for name, text in files.items():
        (draft / name).write_text(text, encoding="utf-8")
    draft.rename(out)
    return list(files)


def _index(papers: Mapping[str, Paper], found: Gathered) -> Paper:
    return Paper(
        title="Security pack",
        lead=f"{found.workspace.name}, {day(found.at)}. Each statement names what stands behind it; had one not held, "
        "this pack would not have been printed.",
        parts=(
            rows(
                "Papers",
                ("Paper", "File", "What it says"),
                [(paper.title, f"{name}.html", paper.lead) for name, paper in papers.items()],
            ),
            paragraph(
                "How to check it",
                "A test is named by its file and function in the source; `make test` runs all of them. A guarantee of "
                "ignyte doctor was checked when this was printed. A command shows the same on the running system.",
            ),
            paragraph("For programs", "facts.json has all of it, parts.cdx.json the list of parts (CycloneDX 1.6)."),
        ),
    )
