"""Requests of people: written down with their clock, the person sealed under a key of the request's own."""

import calendar
import json
import os
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from resources.audit.commitments import commitment
from resources.columns import Personal
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Regime, Request, RequestKind, RequestState
from resources.errors import Refused
from resources.identity import Identifier, Subject, identifier
from resources.sealed import resealed, sealed, unsealed
from resources.stores import Stores

OWNER: Final = "request"  # of the keys under which subjects are sealed
WATCHED: Final = (timedelta(days=7), timedelta(days=3), timedelta(days=1))  # before the due day somebody is told
OWN_TARGET: Final = timedelta(hours=72)
_DAYS: Final = {Regime.CCPA: 45, Regime.SHOPIFY: 30, Regime.META: 30}
_DECEMBER: Final = 12


def due(regime: Regime, received_at: datetime) -> datetime:
    """The day by which it must be answered: a calendar month under the GDPR, else so many days."""
    if regime is not Regime.GDPR:
        return received_at + timedelta(days=_DAYS[regime])
    year, month = (
        (received_at.year, received_at.month + 1) if received_at.month < _DECEMBER else (received_at.year + 1, 1)
    )
    return received_at.replace(year=year, month=month, day=min(received_at.day, calendar.monthrange(year, month)[1]))


def receive(
    stores: Stores,
    workspace: Workspace,
    kind: RequestKind,
    subject: Subject,
    *,
    channel: str,
    regime: Regime = Regime.GDPR,
    external_id: str = "",
    random: Callable[[int], bytes] = os.urandom,
) -> Request:
    """Writes a request down. Who it is about is sealed, and named in the log by a commitment only.

    Raises:
        Refused: the workspace is deleted.
    """
    if workspace.state is WorkspaceState.DELETED:
        raise Refused("it is deleted: nobody's data is left.", to=f"workspace {workspace.id}", do_next="Say so.")
    plane, now = stores.plane, stores.clock()
    names = sorted(subject.tokens)
    who = commitment(plane, stores.keys, workspace.id, "\n".join(names), now)
    with stores.audit.act(f"privacy.{kind}", f"workspace {workspace.id}", workspace_id=workspace.id) as act:
        key_id, blob = sealed(stores, workspace.id, OWNER, _packed(subject), random=random)
        made = plane.requests.receive(
            workspace_id=workspace.id,
            kind=kind,
            channel=channel,
            regime=regime,
            policy=workspace.erasure,
            subject=blob,
            key_id=key_id,
            commitment=who,
            external_id=external_id,
            due_at=due(regime, now),
            now=now,
        )
        if made.key_id != key_id:
            # the platform had sent it before
            stores.keys.destroy(key_id, now)
        act.found(request=made.id, person=who, channel=channel, regime=regime.value)
    return made


def subject_of(stores: Stores, request: Request, *, reason: str = "answering the request") -> Subject:
    """Who a request is about; opening it is written down beforehand.

    Raises:
        Refused: the request is closed, and has forgotten whom it was about.
    """
    if request.subject is None or request.key_id is None:
        raise Refused("it has forgotten whom it was about.", to=f"request {request.id}", do_next="Make a new one.")
    with stores.audit.act("personal.read", f"request {request.id}", workspace_id=request.workspace_id, reason=reason):
        packed = unsealed(stores, request.key_id, OWNER, request.subject)
    return Subject(
        identifiers=tuple(
            Identifier(kind=Personal(kind), value=value, issuer=issuer) for kind, value, issuer in json.loads(packed)
        )
    )


def widen(
    stores: Stores, request: Request, tokens: Collection[str], *, random: Callable[[int], bytes] = os.urandom
) -> Request:
    """Remembers all that a person was found to be, so that they are found as well once half of it is gone.

    Raises:
        Refused: the request is closed.
    """
    if request.key_id is None:
        raise Refused("it has forgotten whom it was about.", to=f"request {request.id}", do_next="Make a new one.")
    person = Subject(identifiers=tuple(identifier(token) for token in sorted(tokens)))
    blob = resealed(stores, request.key_id, OWNER, _packed(person), random=random)
    return stores.plane.requests.reseal(request.id, blob)


def close(
    stores: Stores, request: Request, state: RequestState, outcome: str, *, certificate_id: str | None = None
) -> Request:
    """Ends a request; the person it was about can't be read back from it any more."""
    if request.key_id is not None:
        stores.keys.destroy(request.key_id, stores.clock())
    return stores.plane.requests.close(request.id, state, outcome, stores.clock(), certificate_id=certificate_id)


def _packed(subject: Subject) -> bytes:
    return json.dumps([[each.kind.value, each.value, each.issuer] for each in subject.identifiers]).encode()
