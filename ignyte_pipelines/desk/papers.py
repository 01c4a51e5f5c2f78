"""The papers of the pack, each from the facts that were gathered."""

from collections.abc import Iterable

from assets.privacy.cutoffs import CutOff, cut_offs
from assets.privacy.paper import Paper, Part, day, paragraph, rows
from assets.privacy.purposes import BASIS, PURPOSES
from ignyte_pipelines.cli.declared import GUARANTEES
from ignyte_pipelines.desk.evidence import Claim
from ignyte_pipelines.desk.gathered import Gathered, answers, told
from ignyte_pipelines.desk.promises import PROMISES
from resources.control_plane.facts import Connection
from resources.platform import ApiKey, Platform, Stream
from resources.platforms import platform, platforms


def statement(title: str, claim: Claim) -> Part:
    """A sentence with what stands behind it."""
    return paragraph(title, claim.text, evidence=claim.named)


def overview(found: Gathered) -> Paper:
    """The promises, and the guarantees as they were checked just now."""
    return Paper(
        title="Security overview",
        lead=f"{found.workspace.name}, {day(found.at)}, version {found.version}. Printed from the running system.",
        parts=(
            *(statement(f"{each.number}. {each.promise}", each.kept) for each in PROMISES),
            rows(
                "Checked when this was printed",
                ("Guarantee", "Verdict", "Found", "How it was checked"),
                [(each.guarantee, each.verdict, each.found, each.how) for each in found.findings],
                evidence=("ignyte doctor",),
            ),
        ),
    )


def access(found: Gathered) -> Paper:
    """What each platform is asked for, and what the door lets out."""
    mine = {each.platform for each in found.datasources if each.connection is not Connection.DISCONNECTED}
    return Paper(
        title="What is read, and how that is kept to reading",
        lead="From the declarations that the door itself goes by. Platforms of this workspace are marked.",
        parts=(
            rows(
                "Scopes",
                ("Platform", "Here", "Asked for", "Optional", "Refused", "How far it is shown"),
                [
                    (
                        f"{each.title} {each.version}",
                        "yes" if each.key in mine else "-",
                        ("a read-only key: " if isinstance(each.auth, ApiKey) else "")
                        + ", ".join(each.scopes.required),
                        ", ".join(each.scopes.optional) or "-",
                        ", ".join(each.scopes.refused) or "-",
                        GUARANTEES[each.best_grade],
                    )
                    for each in platforms()
                ],
            ),
            *(_operations(each) for each in platforms()),
        ),
    )


def _operations(declared: Platform) -> Part:
    return rows(
        f"The door at {declared.title}",
        ("Operation", "Method", "Path", "For"),
        [(each.name, each.method, each.path, each.purpose.value) for each in declared.operations],
        text=(f"Hosts: {', '.join(declared.hosts)}. Every other request is refused and written down.",),
        evidence=("ignyte door check",),
    )


def encryption(found: Gathered) -> Paper:
    """Where data lies, and under which keys; no key is shown."""
    return Paper(
        title="Encryption and keys",
        lead=f"AES-256-GCM for every file. Master keys: {found.kms}.",
        parts=(
            rows(
                "Places",
                ("What", "Where", "Region", "Known by"),
                [(each.what, each.where, each.region, each.known_by) for each in found.sites],
                text=(f"The workspace's region is {found.workspace.region}; a place elsewhere is refused.",),
                evidence=("tests/resources/test_residency.py::*",),
            ),
            rows(
                "Data keys",
                ("Key", "Of", "Generation", "Wrapped by", "Made", "Destroyed"),
                [
                    (
                        each.id,
                        each.owner,
                        str(each.generation),
                        each.kms_key,
                        day(each.created_at),
                        day(each.destroyed_at) if each.destroyed_at else "-",
                    )
                    for each in found.keys
                ],
                text=("What a destroyed key opened can't be opened by anybody, in no copy.",),
                evidence=("ignyte keys list",),
            ),
        ),
    )


def retention(found: Gathered) -> Paper:
    """The rules in force for this workspace's tables, and what they would take today."""
    declared = [platform(key) for key in sorted({each.platform for each in found.datasources})]
    limits = [(each, cut_offs(each, found.rules, found.at)) for each in declared]
    return Paper(
        title="Retention",
        lead="The shortest rule wins. Metrics go with the rows that they were calculated from.",
        parts=(
            rows(
                "Rules for everything",
                ("What", "How long"),
                [
                    ("sources", "while connected and the account is active"),
                    ("metrics, Reports, Saved Views, targets", "while their sources and the workspace are"),
                    ("after cancellation", f"{found.workspace.grace_days} days of grace; at once on request"),
                    ("backups", "at most 30 days; dead earlier if their keys are destroyed"),
                    ("audit log", "at least 12 months"),
                    ("exports of access", "30 days"),
                ],
            ),
            rows(
                "Tables",
                ("Table", "Limit", "Because"),
                [
                    (f"{each.schema}.{stream.name}", *_limit(found_limits.get(stream.name), stream))
                    for each, found_limits in limits
                    for stream in each.streams
                ],
                evidence=("ignyte retention plan", "tests/flow/test_retention.py::*"),
            ),
            rows(
                "Due today",
                ("Plan",),
                [(item.line(done=False),) for item in found.plan.todo],
                empty="Nothing is past its limit.",
            ),
        ),
    )


def _limit(limit: CutOff | None, stream: Stream) -> tuple[str, str]:
    return (f"{limit.days} days", limit.why) if limit else ("no limit of age", stream.keep.reason)


def record(found: Gathered) -> Paper:
    """The record of processing activities (GDPR art. 30)."""
    mine = sorted({each.platform for each in found.datasources if each.connection is not Connection.DISCONNECTED})
    return Paper(
        title="Record of processing",
        lead=f"GDPR art. 30(2), for {found.workspace.name}, who is the controller. We process {BASIS}.",
        parts=(
            rows(
                "Activities",
                ("Source", "Purpose", "Persons", "Classes of personal data", "Recipients"),
                [
                    (
                        platform(key).title,
                        PURPOSES[key],
                        "customers of the shop" if _classes(platform(key)) else "nobody",
                        _classes(platform(key)) or "none",
                        ", ".join(each.name for each in found.subprocessors) or "none",
                    )
                    for key in mine
                ],
                empty="No datasource is connected.",
                evidence=("tests/every_platform/test_every_declaration.py::*",),
            ),
            rows(
                "Personal columns",
                ("Column", "Class", "When its person is erased", "What it is"),
                list(_personal(mine)),
                empty="None.",
            ),
            paragraph("Transfers", f"None by the software: data stays in {found.workspace.region}."),
            paragraph("Measures (art. 32)", "See the security overview and the paper on encryption in this pack."),
        ),
    )


def _classes(declared: Platform) -> str:
    found = {column.personal.value for stream in declared.streams for column in stream.columns if column.personal}
    return ", ".join(sorted(found))


def _personal(keys: Iterable[str]) -> Iterable[tuple[str, ...]]:
    for declared in map(platform, keys):
        for stream in declared.streams:
            for column in stream.columns:
                if column.personal:
                    gone = {"row": "the row goes", "null": "the value goes"}.get(column.erase or "", column.waiver)
                    yield (
                        f"{declared.schema}.{stream.name}.{column.name}",
                        column.personal.value,
                        gone,
                        column.description,
                    )


def questionnaire(found: Gathered) -> Paper:
    """The standard questions, by area."""
    given = answers(found)
    areas = list(dict.fromkeys(each.area for each in given))
    return Paper(
        title="Questionnaire",
        lead=f"{len(given)} questions. A yes or partly names its evidence; a no is a no.",
        parts=tuple(
            rows(
                area,
                ("Question", "Answer", "In words", "Evidence"),
                [
                    (each.ask, each.answer, each.claim.text, "; ".join(each.claim.named) or "-")
                    for each in given
                    if each.area == area
                ],
            )
            for area in areas
        ),
    )


def libraries(found: Gathered) -> Paper:
    """The list of parts, and what is known of them."""
    known = found.advisories.known
    return Paper(
        title="Libraries",
        lead=f"{len(found.pieces)} libraries by exact version and digest; parts.cdx.json has them as CycloneDX 1.6.",
        parts=(
            rows(
                "Known advisories",
                ("Library", "Advisories"),
                [(name, ", ".join(ids)) for name, ids in known.items()],
                text=(f"{told(found.advisories)[0].upper()}{told(found.advisories)[1:]}.",),
                empty="None are known from this." if found.advisories.asked else "So nothing follows from this list.",
            ),
            rows("Libraries", ("Name", "Version"), [(each.name, each.version) for each in found.pieces]),
        ),
    )
