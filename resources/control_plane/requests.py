"""Requests of people for access, erasure or restriction, and the steps of the acts that answer them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from resources.control_plane.database import Database
from resources.control_plane.privacy_facts import (
    ErasurePolicy,
    Regime,
    Request,
    RequestKind,
    RequestState,
    Step,
)
from resources.control_plane.privacy_rows import RequestRow, StepRow
from resources.errors import Refused

OPEN: Final = (RequestState.RECEIVED, RequestState.RUNNING)


class Requests:
    """The requests of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def receive(  # noqa: PLR0913 -- one argument a fact, each named at the call
        self,
        *,
        workspace_id: str,
        kind: RequestKind,
        target: str = "",
        channel: str,
        regime: Regime,
        policy: ErasurePolicy = ErasurePolicy.DELETE,
        subject: bytes | None = None,
        key_id: str | None = None,
        commitment: str = "",
        external_id: str = "",
        due_at: datetime,
        now: datetime,
    ) -> Request:
        """Writes a request down; one with an external id that is known already is the first."""
        with self._database.writing() as session:
            known = select(RequestRow).where(
                RequestRow.workspace_id == workspace_id, RequestRow.external_id == external_id
            )
            row = session.scalar(known) if external_id else None
            if row is None:
                row = RequestRow(
                    id=self._new_id("req"),
                    workspace_id=workspace_id,
                    kind=kind,
                    target=target,
                    channel=channel,
                    regime=regime,
                    policy=policy,
                    subject=subject,
                    key_id=key_id,
                    commitment=commitment,
                    external_id=external_id,
                    state=RequestState.RECEIVED,
                    outcome="",
                    received_at=now,
                    due_at=due_at,
                )
                session.add(row)
        return _fact(row)

    def get(self, request_id: str) -> Request:
        """One request.

        Raises:
            Refused: there is none with this id.
        """
        with self._database.reading() as session:
            row = session.get(RequestRow, request_id)
        if row is None:
            raise _unknown(request_id)
        return _fact(row)

    def of(self, workspace_id: str) -> list[Request]:
        """The workspace's requests, oldest first."""
        query = select(RequestRow).where(RequestRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query.order_by(RequestRow.received_at, RequestRow.id))]

    def known_as(self, beginning: str) -> list[Request]:
        """The requests of all workspaces whose external id begins so."""
        query = select(RequestRow).where(RequestRow.external_id.startswith(beginning, autoescape=True))
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query)]

    def unanswered(self, kind: RequestKind | None = None) -> list[Request]:
        """The requests of all workspaces that are still to be answered, the most urgent first."""
        # a restriction is answered once it stands, and open until it is lifted
        standing = (RequestRow.kind == RequestKind.RESTRICT) & (RequestRow.state == RequestState.RUNNING)
        query = select(RequestRow).where(RequestRow.state.in_(OPEN), ~standing)
        if kind is not None:
            query = query.where(RequestRow.kind == kind)
        with self._database.reading() as session:
            return [_fact(row) for row in session.scalars(query.order_by(RequestRow.due_at, RequestRow.id))]

    def prolong(self, request_id: str, due_at: datetime) -> Request:
        """Moves the day by which it must be answered."""
        return self._change(request_id, {"due_at": due_at})

    def reseal(self, request_id: str, subject: bytes) -> Request:
        """Says anew, sealed under the same key, whom it is about."""
        return self._change(request_id, {"subject": subject})

    def begin(self, request_id: str) -> Request:
        """Work on it has begun."""
        return self._change(request_id, {"state": RequestState.RUNNING})

    def close(
        self,
        request_id: str,
        state: RequestState,
        outcome: str,
        now: datetime,
        *,
        certificate_id: str | None = None,
    ) -> Request:
        """Ends it, and forgets whom it was about; the key of the sealed subject is destroyed by the caller."""
        ending = {"state": state, "outcome": outcome, "finished_at": now, "certificate_id": certificate_id}
        closed = self._change(request_id, {**ending, "subject": None})
        self._database.scrub()
        return closed

    def note_step(self, act_id: str, step: str, now: datetime, facts: Mapping[str, str] | None = None) -> bool:
        """A step is done. Said twice, the first stands, and the answer is False."""
        with self._database.writing() as session:
            if session.get(StepRow, (act_id, step)) is not None:
                return False
            session.add(StepRow(act_id=act_id, step=step, done_at=now, facts=dict(facts or {})))
        return True

    def note_each(self, step: str, now: datetime, acts: Mapping[str, Mapping[str, str]]) -> None:
        """The same step of several acts is done, each with its own facts. Said twice, the first stands."""
        with self._database.writing() as session:
            for act_id, facts in acts.items():
                if session.get(StepRow, (act_id, step)) is None:
                    session.add(StepRow(act_id=act_id, step=step, done_at=now, facts=dict(facts)))

    def steps(self, act_id: str) -> dict[str, Step]:
        """What was done of an act, by the step's name, in its order."""
        query = select(StepRow).where(StepRow.act_id == act_id).order_by(StepRow.done_at, StepRow.step)
        with self._database.reading() as session:
            return {
                row.step: Step(act_id=row.act_id, step=row.step, done_at=row.done_at, facts=dict(row.facts))
                for row in session.scalars(query)
            }

    def forget_steps(self, act_id: str) -> None:
        """Removes an act's steps, so that the same act can be done anew."""
        with self._database.writing() as session:
            session.execute(delete(StepRow).where(StepRow.act_id == act_id))

    def _change(self, request_id: str, values: Mapping[str, object]) -> Request:
        with self._database.writing() as session:
            row = session.get(RequestRow, request_id, with_for_update=True)
            if row is None:
                raise _unknown(request_id)
            if row.state not in OPEN:
                raise Refused(f"it is {row.state}.", to=f"request {request_id}", do_next="Make a new one.")
            for name, value in values.items():
                setattr(row, name, value)
        return _fact(row)


def _unknown(request_id: str) -> Refused:
    return Refused("there is none.", to=f"request {request_id}", do_next="See `ignyte privacy requests`.")


def _fact(row: RequestRow) -> Request:
    return Request(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=RequestKind(row.kind),
        target=row.target,
        channel=row.channel,
        regime=Regime(row.regime),
        policy=ErasurePolicy(row.policy),
        subject=row.subject,
        key_id=row.key_id,
        commitment=row.commitment,
        external_id=row.external_id,
        state=RequestState(row.state),
        outcome=row.outcome,
        received_at=row.received_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        certificate_id=row.certificate_id,
    )
