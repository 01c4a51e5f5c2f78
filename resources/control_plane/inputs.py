"""What people give a workspace: product costs, rates between currencies, targets; gone when the workspace goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from resources.control_plane.database import Database
from resources.control_plane.input_rows import CostRow, RateRow, TargetRow, UploadRow
from resources.errors import Refused


class UploadKind(StrEnum):
    COSTS = "costs"
    RATES = "rates"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file that was taken: `rows` of it are in force, `rows_left_out` are not. `sha256` is that of the file."""

    id: str
    workspace_id: str
    kind: UploadKind
    file_name: str
    sha256: str
    rows: int
    rows_left_out: int
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one unit costs from a day on, until the next cost of the same product. Exactly one of the ids is set."""

    line: int
    sku: str | None
    product_id: str | None
    cost: Decimal
    currency: str
    effective_from: date


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Units of `to_currency` that one unit of `from_currency` was worth on a day."""

    line: int
    day: date
    from_currency: str
    to_currency: str
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Target:
    """The goal of one metric for one month, given by its first day."""

    metric: str
    month: date
    target: Decimal
    set_by: str
    set_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredCost:
    """A cost with the file it came by."""

    cost: Cost
    upload: Upload


@dataclass(frozen=True, kw_only=True)
class StoredRate:
    """A rate with the file it came by."""

    rate: Rate
    upload: Upload


class Inputs:
    """The inputs of every workspace."""

    def __init__(self, database: Database, new_id: Callable[[str], str]) -> None:
        self._database = database
        self._new_id = new_id

    def add(
        self,
        workspace_id: str,
        kind: UploadKind,
        rows: Sequence[Cost] | Sequence[Rate],
        *,
        file_name: str,
        sha256: str,
        rows_left_out: int,
        uploaded_by: str,
        now: datetime,
    ) -> Upload:
        """Takes the rows of one file, all or none; what was there before stays.

        Raises:
            Stop: a row contradicts one that is stored; nothing was taken.
        """
        upload = UploadRow(
            id=self._new_id("up"),
            workspace_id=workspace_id,
            kind=kind,
            file_name=file_name,
            sha256=sha256,
            rows=len(rows),
            rows_left_out=rows_left_out,
            uploaded_by=uploaded_by,
            uploaded_at=now,
        )
        with self._database.writing() as session:
            session.add(upload)
            session.flush()
            session.add_all([_row(each, upload) for each in rows])
        return _upload(upload)

    def uploads(self, workspace_id: str) -> list[Upload]:
        """The files that were taken, oldest first."""
        mine = select(UploadRow).where(UploadRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(UploadRow.uploaded_at, UploadRow.id)).all()
        return [_upload(row) for row in rows]

    def withdraw(self, workspace_id: str, upload_id: str, kind: UploadKind) -> Upload:
        """Takes a file back with all its rows: the way to correct what was wrong.

        Raises:
            Refused: the workspace has no such upload of this kind.
        """
        with self._database.writing() as session:
            row = session.get(UploadRow, upload_id)
            if row is None or (row.workspace_id, row.kind) != (workspace_id, kind):
                raise Refused("there is none.", to=f"upload {upload_id}", do_next=f"See `ignyte {kind} list`.")
            for table in (CostRow, RateRow):
                session.execute(delete(table).where(table.upload_id == upload_id))
            session.delete(row)
        return _upload(row)

    def costs(self, workspace_id: str) -> list[StoredCost]:
        """All costs, by product and day."""
        joined = select(CostRow, UploadRow).join(UploadRow, UploadRow.id == CostRow.upload_id)
        order = (CostRow.sku, CostRow.product_id, CostRow.effective_from)
        with self._database.reading() as session:
            rows = session.execute(joined.where(CostRow.workspace_id == workspace_id).order_by(*order)).all()
        return [StoredCost(cost=_cost(cost), upload=_upload(upload)) for cost, upload in rows]

    def rates(self, workspace_id: str) -> list[StoredRate]:
        """All rates, by day and currencies."""
        joined = select(RateRow, UploadRow).join(UploadRow, UploadRow.id == RateRow.upload_id)
        order = (RateRow.day, RateRow.from_currency, RateRow.to_currency)
        with self._database.reading() as session:
            rows = session.execute(joined.where(RateRow.workspace_id == workspace_id).order_by(*order)).all()
        return [StoredRate(rate=_rate(rate), upload=_upload(upload)) for rate, upload in rows]

    def set_target(
        self, workspace_id: str, metric: str, month: date, target: Decimal, by: str, now: datetime
    ) -> Target:
        """Sets a month's goal, in place of an earlier one."""
        row = TargetRow(
            workspace_id=workspace_id, metric=metric, month=month.replace(day=1), target=target, set_by=by, set_at=now
        )
        with self._database.writing() as session:
            row = session.merge(row)
        return _target(row)

    def remove_target(self, workspace_id: str, metric: str, month: date) -> None:
        """Takes a goal back.

        Raises:
            Refused: there is none.
        """
        with self._database.writing() as session:
            row = session.get(TargetRow, (workspace_id, metric, month.replace(day=1)))
            if row is None:
                raise Refused("there is none.", to=f"target of {metric}", do_next="See `ignyte targets list`.")
            session.delete(row)

    def targets(self, workspace_id: str) -> list[Target]:
        """All goals, by metric and month."""
        mine = select(TargetRow).where(TargetRow.workspace_id == workspace_id)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(TargetRow.metric, TargetRow.month)).all()
        return [_target(row) for row in rows]


_TABLES: Final = (CostRow, RateRow, TargetRow, UploadRow)


def forget(session: Session, workspace_id: str) -> None:
    """Removes all inputs of a workspace, in the transaction that deletes it."""
    for table in _TABLES:
        session.execute(delete(table).where(table.workspace_id == workspace_id))


def _row(given: Cost | Rate, upload: UploadRow) -> CostRow | RateRow:
    of = {"upload_id": upload.id, "workspace_id": upload.workspace_id}
    return (CostRow if isinstance(given, Cost) else RateRow)(**of, **vars(given))


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=UploadKind(row.kind),
        file_name=row.file_name,
        sha256=row.sha256,
        rows=row.rows,
        rows_left_out=row.rows_left_out,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
    )


def _cost(row: CostRow) -> Cost:
    return Cost(
        line=row.line,
        sku=row.sku,
        product_id=row.product_id,
        cost=row.cost,
        currency=row.currency,
        effective_from=row.effective_from,
    )


def _rate(row: RateRow) -> Rate:
    return Rate(line=row.line, day=row.day, from_currency=row.from_currency, to_currency=row.to_currency, rate=row.rate)


def _target(row: TargetRow) -> Target:
    return Target(metric=row.metric, month=row.month, target=row.target, set_by=row.set_by, set_at=row.set_at)
