"""The list of sub-processors as it is handed out: a page marked with its recipient, and an entry in the audit log."""

from dataclasses import dataclass
from typing import Final

from assets.privacy.paper import Paper, day, paragraph, printed, rows
from resources.errors import Refused
from resources.register import NOTICE, Standing, in_force, standing, version
from resources.stores import Stores

_LONGEST: Final = 120


@dataclass(frozen=True, kw_only=True)
class Issued:
    """One copy: the page, the act under which it went out, and the version of the register."""

    html: str
    act_id: str
    version: int


def issued(stores: Stores, to: str) -> Issued:
    """A copy for one company. It is written down before it exists.

    Raises:
        Refused: the recipient has no usable name.
    """
    to = to.strip()
    if not to or len(to) > _LONGEST or not to.isprintable():
        raise Refused("it is no name.", to="recipient", do_next="Name the company that gets the list.")
    changes, now = stores.plane.subprocessors.all(), stores.clock()
    number = version(changes, now)
    with stores.audit.act("subprocessor.issue", "list of sub-processors", details={"to": to, "version": number}) as act:
        current = in_force(changes, now).values()
        coming = [each for each in changes if standing(each, now) in (Standing.ANNOUNCED, Standing.UNTOLD)]
        paper = Paper(
            title="Sub-processors",
            lead=f"Version {number}, as in force on {day(now)}. Confidential: for {to}, under its agreement with us.",
            mark=f"{to} · {now:%Y-%m-%d} · {act.id}",
            parts=(
                rows(
                    "In force",
                    ("Company", "Category", "Purpose", "Data", "Location", "Safeguard"),
                    [(e.name, e.category.value, e.purpose, e.data, e.location, e.safeguard) for e in current],
                    empty="Nobody processes personal data for this installation.",
                ),
                rows(
                    "Announced",
                    ("Company", "Change", "Not before"),
                    [(e.subprocessor.name, e.action.value, day(e.effective_at)) for e in coming],
                    empty="Nothing is announced.",
                ),
                paragraph(
                    "Changes",
                    f"Contacts are told at least {NOTICE.days} days before a change takes effect, and may object until "
                    "then. A change that is objected to does not take effect while the objection is open.",
                ),
            ),
        )
        return Issued(html=printed(paper), act_id=act.id, version=number)
