"""What the papers are printed from: facts of one workspace and of the home it lies in, read once."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Final

from assets.privacy.ageing_facts import facts_of
from assets.privacy.paper import day
from assets.privacy.plan import Plan, plan
from ignyte_pipelines.cli.findings import Finding
from ignyte_pipelines.cli.guarantees import examine
from ignyte_pipelines.desk.evidence import ROOT, Claim
from ignyte_pipelines.desk.parts_list import Advisories, Piece, advisories, pieces
from resources.audit.entries import Entry, Phase, Result
from resources.control_plane.facts import Datasource, KeyRecord, Workspace
from resources.control_plane.privacy_facts import Backup, Certificate, Request, RequestState, Rule
from resources.platforms import platforms
from resources.register import Subprocessor, in_force
from resources.register import version as register_version
from resources.residency import Site, sites
from resources.stores import Stores

LOCK: Final = ROOT / "requirements.lock"
NAME: Final = "ignyte-pipelines"
DRILL: Final = "backup.drill"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question of the questionnaire, with its answer: yes, partly or no."""

    area: str
    ask: str
    answer: str
    claim: Claim


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything, at one moment."""

    at: datetime
    version: str
    workspace: Workspace
    datasources: tuple[Datasource, ...]
    findings: tuple[Finding, ...]
    keys: tuple[KeyRecord, ...]
    sites: tuple[Site, ...]
    rules: tuple[Rule, ...]
    plan: Plan
    requests: tuple[Request, ...]
    certificates: tuple[Certificate, ...]
    backups: tuple[Backup, ...]
    subprocessors: tuple[Subprocessor, ...]
    register: int
    last_drill: datetime | None
    pieces: tuple[Piece, ...]
    advisories: Advisories
    kms: str

    @property
    def verdicts(self) -> Mapping[str, str]:
        return {each.guarantee: each.verdict for each in self.findings}


def gather(stores: Stores, workspace: Workspace, *, ask_advisories: bool) -> Gathered:
    """Reads all of it; with `ask_advisories` the package index is asked over the network."""
    plane, now = stores.plane, stores.clock()
    changes = plane.subprocessors.all()
    return Gathered(
        at=now,
        version=version(NAME),
        workspace=workspace,
        datasources=tuple(plane.datasources.of(workspace.id)),
        findings=tuple(examine(stores)),
        keys=tuple(plane.keys.of(workspace.id)),
        sites=tuple(sites(stores.settings)),
        rules=tuple(plane.rules.of(workspace.id)),
        plan=plan(facts_of(stores, workspace, count=False), now),
        requests=tuple(plane.requests.of(workspace.id)),
        certificates=tuple(plane.certificates.all(workspace.id)),
        backups=tuple(plane.backups.all(workspace.id)),
        subprocessors=tuple(in_force(changes, now).values()),
        register=register_version(changes, now),
        last_drill=_last(stores.audit.entries(), DRILL, workspace.id),
        pieces=tuple(pieces(LOCK)),
        advisories=advisories(LOCK) if ask_advisories else Advisories(asked=False, known={}, unanswered=0),
        kms="AWS KMS" if stores.settings.kms == "aws" else "files that only their owner reads, on this machine",
    )


def answers(found: Gathered) -> list[Answer]:
    """The questionnaire, with the facts filled in."""
    text = (ROOT / "ignyte_pipelines" / "desk" / "questionnaire.toml").read_text(encoding="utf-8")
    facts = filled_in(found)
    return [
        Answer(
            area=each["area"],
            ask=each["ask"],
            answer=each["answer"],
            claim=Claim(
                text=each["text"].format_map(facts),
                tests=tuple(each.get("tests", ())),
                checks=tuple(each.get("checks", ())),
                commands=tuple(each.get("commands", ())),
            ),
        )
        for each in tomllib.loads(text)["question"]
    ]


def filled_in(found: Gathered) -> dict[str, str]:
    """The facts by the names under which texts ask for them."""
    personal = {
        declared.key: sum(bool(column.personal) for stream in declared.streams for column in stream.columns)
        for declared in platforms()
    }
    files = next((each.found for each in found.findings if each.guarantee == "every data file is encrypted"), "none")
    return {
        "region": found.workspace.region,
        "kms": found.kms,
        "files": files.removesuffix(" files").removesuffix(" file"),
        "personal_columns": str(sum(personal.values())),
        "personal_platforms": str(sum(bool(count) for count in personal.values())),
        "grace": str(found.workspace.grace_days),
        "backup_days": "30",
        "certificates": str(len(found.certificates)),
        "restore_drill": day(found.last_drill) if found.last_drill else "none yet",
        "open_requests": str(
            sum(each.state not in (RequestState.DONE, RequestState.REFUSED) for each in found.requests)
        ),
        "subprocessors": str(len(found.subprocessors)),
        "pieces": str(len(found.pieces)),
        "advisories": told(found.advisories),
    }


def told(found: Advisories) -> str:
    """What was said of the libraries, in words."""
    if not found.asked:
        return "nobody was asked, or nobody answered"
    known = f"{len(found.known)} with known advisories" if found.known else "none with a known advisory"
    return f"{known}; {found.unanswered} without an answer"


def _last(entries: Iterable[Entry], verb: str, workspace_id: str) -> datetime | None:
    done = [
        entry.at
        for entry in entries
        if entry.verb == verb
        and entry.workspace == workspace_id
        and (entry.phase is Phase.EVENT or entry.result == Result.DONE.value)
    ]
    return max(done, default=None)
