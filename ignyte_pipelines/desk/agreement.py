"""The data processing agreement (GDPR art. 28), filled with the workspace's facts: a draft for both sides' lawyers."""

from assets.privacy.paper import Paper, day, paragraph, rows
from assets.privacy.purposes import BASIS, PURPOSES
from ignyte_pipelines.desk.gathered import Gathered
from resources.control_plane.facts import Connection
from resources.platforms import platform
from resources.register import NOTICE


def agreement(found: Gathered) -> Paper:
    """The agreement with its annexes; blanks are what no system can know."""
    space = found.workspace
    mine = sorted({each.platform for each in found.datasources if each.connection is not Connection.DISCONNECTED})
    return Paper(
        title="Data processing agreement",
        lead=f"Draft of {day(found.at)} between {space.name} (controller) and ______________ (processor).",
        parts=(
            paragraph(
                "1. Subject and duration",
                f"The processor processes personal data for the controller's analytics, {BASIS}, for as long as the "
                f"account stands and {space.grace_days} days of grace after its cancellation.",
            ),
            rows(
                "2. Nature and purpose",
                ("Source", "Purpose"),
                [(platform(key).title, PURPOSES[key]) for key in mine],
                empty="No datasource is connected yet.",
            ),
            paragraph(
                "3. Instructions",
                "The processor acts on documented instructions only: the connections that the controller makes and "
                "ends, and its requests. Sources are read and never changed.",
                evidence=("tests/resources/door/test_door_fuzz.py::*",),
            ),
            paragraph(
                "4. Confidentiality", "Persons with access are bound to confidentiality. Each access is recorded."
            ),
            paragraph(
                "5. Security (art. 32)",
                "The measures are those of the security overview and the paper on encryption, which belong to this "
                "agreement as its annex and are printed from the running system.",
            ),
            rows(
                "6. Sub-processors",
                ("Company", "Category", "Location", "Safeguard"),
                [(each.name, each.category.value, each.location, each.safeguard) for each in found.subprocessors],
                text=(
                    f"Changes are announced {NOTICE.days} days before they take effect.",
                    "The controller may object until then; while an objection is open the change does not take effect.",
                ),
                empty="None are in force.",
                evidence=("tests/resources/test_register.py::*", "tests/resources/test_notices.py::*"),
            ),
            paragraph(
                "7. Rights of persons",
                "Requests for access, erasure and restriction are answered within a month, with three days as the aim. "
                "Access lists what erasure would take; an erasure ends with a certificate.",
                evidence=("tests/flow/test_access.py::*", "tests/flow/test_erasure_canaries.py::*"),
            ),
            paragraph(
                "8. Breaches",
                "The processor tells the controller of a breach without undue delay, so that 72 hours can be kept, "
                "with who saw what and when from the audit log.",
                evidence=("ignyte audit export",),
            ),
            paragraph(
                "9. Deletion and return",
                "At the end the controller can export its configuration and metrics. Then everything is deleted, "
                "backups at most 30 days later, and the deletion is certified by a verifier that took no part in it.",
                evidence=("tests/flow/test_purge_everything.py::*",),
            ),
            paragraph(
                "10. Audits",
                "The controller may verify the audit log and every certificate with tools that need nothing of the "
                "processor's, and gets this pack on request.",
                evidence=("ignyte audit verify", "ignyte certificate verify"),
            ),
            paragraph("11. Place", f"Data is stored in {space.region}. A place elsewhere is refused by the software."),
            paragraph("Signatures", "Controller: ______________", "Processor: ______________"),
        ),
    )
