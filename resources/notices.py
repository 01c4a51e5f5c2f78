"""Telling workspaces' contacts of changes to the sub-processors: an outbox that tries again until it is sent."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from resources.control_plane.facts import Workspace
from resources.control_plane.subprocessors import Contact, later
from resources.door.redaction import redact
from resources.errors import Problem, Refused
from resources.mail import Mailer
from resources.register import NOTICE, Action, Change, Notice, Subprocessor
from resources.sealed import sealed, unsealed
from resources.stores import Stores

OWNER: Final = "contact"  # of the keys under which addresses are sealed
_VERBS: Final = {
    Action.ADD: "will process personal data for us",
    Action.CHANGE: "will process personal data for us differently",
    Action.REMOVE: "will no longer process personal data for us",
}


@dataclass(frozen=True, kw_only=True)
class Posted:
    """How many notices were sent, and how many are still to be."""

    sent: int
    waiting: int


def add_contact(
    stores: Stores, workspace: Workspace, role: str, address: str, random: Callable[[int], bytes] = os.urandom
) -> Contact:
    """Adds a person to be told; their address lies sealed under a key of its own.

    Raises:
        Refused: it is no e-mail address.
    """
    name, _, host = address.strip().rpartition("@")
    if not name or "." not in host or any(letter.isspace() or not letter.isprintable() for letter in address.strip()):
        raise Refused("it is no e-mail address.", to="contact", do_next="Give it as name@host.")
    with stores.audit.act("contact.add", f"workspace {workspace.id}", workspace_id=workspace.id) as act:
        key_id, blob = sealed(stores, workspace.id, OWNER, address.strip().encode(), random=random)
        made = stores.plane.subprocessors.add_contact(workspace.id, role, blob, key_id, stores.clock())
        act.found(contact=made.id)
    return made


def remove_contact(stores: Stores, contact_id: str) -> Contact:
    """Forgets a contact; the key of the address is destroyed."""
    with stores.audit.act("contact.remove", f"contact {contact_id}"):
        gone = stores.plane.subprocessors.remove_contact(contact_id)
        stores.keys.destroy(gone.key_id, stores.clock())
    return gone


def announce(
    stores: Stores,
    action: Action,
    subprocessor: Subprocessor,
    effective_at: datetime | None = None,
    *,
    reason: str = "",
) -> Change:
    """Announces a change to every contact; it takes effect 30 days after the last was told, at the earliest.

    Without a date it is as early as may be: in 30 days, or at once where there is nobody to tell.

    Raises:
        Refused: the date is too early for those who must be told.
    """
    now = stores.clock()
    earliest = now + NOTICE if stores.plane.subprocessors.contacts() else now
    effective_at = effective_at or earliest
    if effective_at.date() < earliest.date():
        raise Refused(
            f"contacts are told {NOTICE.days} days before.",
            to=f"sub-processor {subprocessor.name}",
            do_next=f"Let it take effect on {earliest:%Y-%m-%d} or later.",
        )
    said = {"action": action.value, "effective": effective_at.date().isoformat()}
    with stores.audit.act(
        "subprocessor.announce", f"sub-processor {subprocessor.name}", reason=reason, details=said
    ) as act:
        change = stores.plane.subprocessors.announce(action, subprocessor, now, effective_at)
        act.found(change=change.id, notices=len(change.notices))
    return change


def send_due(stores: Stores, mailer: Mailer) -> Posted:
    """Sends what the outbox holds; what can't be sent now is tried again later, ever more rarely."""
    register, now = stores.plane.subprocessors, stores.clock()
    contacts = {each.id: each for each in register.contacts()}
    sent = 0
    for notice in register.outbox(now):
        try:
            _send(stores, mailer, notice, contacts[notice.contact_id])
        except Problem as problem:
            register.not_sent(notice, redact(problem.trouble.what), now + later(notice.attempts))
        else:
            register.sent(notice, stores.clock())
            sent += 1
    waiting = sum(each.sent_at is None for change in register.all() for each in change.notices)
    return Posted(sent=sent, waiting=waiting)


def _send(stores: Stores, mailer: Mailer, notice: Notice, contact: Contact) -> None:
    change = stores.plane.subprocessors.get(notice.change_id)
    act = stores.audit.act(
        "notice.send", f"change {change.id}", workspace_id=notice.workspace_id, details={"contact": contact.id}
    )
    with act:
        address = unsealed(stores, contact.key_id, OWNER, contact.address).decode()
        mailer.send(address, f"Sub-processors: {change.subprocessor.name}", letter(change))


def letter(change: Change) -> str:
    """What contacts are told."""
    who = change.subprocessor
    return (
        f"{who.name} {_VERBS[change.action]}, from {change.effective_at:%B %d, %Y} at the earliest.\n\n"
        f"Category: {who.category}\nPurpose: {who.purpose}\nData: {who.data}\nLocation: {who.location}\n"
        f"Safeguard: {who.safeguard}\n\n"
        f"You may object until then: answer this message and name change {change.id}. While an objection is open, the "
        "change does not take effect.\n"
    )
