"""The tables of what people give us: uploaded costs and rates, and targets."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, Dialect, ForeignKey, Index, String, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column

from resources.control_plane.models import Model


class Exact(TypeDecorator[Decimal]):
    """A decimal to its last digit, kept as text, since SQLite would make a float of it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value)


class UploadRow(Model):
    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[int]
    rows_left_out: Mapped[int]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]


class CostRow(Model):
    __tablename__ = "product_costs"
    __table_args__ = (
        # one cost for each product and day: a later file never restates the past
        Index("uq_product_costs_sku", "workspace_id", "sku", "effective_from", unique=True),
        Index("uq_product_costs_product_id", "workspace_id", "product_id", "effective_from", unique=True),
    )

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    sku: Mapped[str | None]
    product_id: Mapped[str | None]
    cost: Mapped[Decimal] = mapped_column(Exact)
    currency: Mapped[str]
    effective_from: Mapped[date] = mapped_column(Date)


class RateRow(Model):
    __tablename__ = "fx_rates"
    __table_args__ = (Index("uq_fx_rates_day", "workspace_id", "day", "from_currency", "to_currency", unique=True),)

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    day: Mapped[date] = mapped_column(Date)
    from_currency: Mapped[str]
    to_currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Exact)


class TargetRow(Model):
    __tablename__ = "metric_targets"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    target: Mapped[Decimal] = mapped_column(Exact)
    set_by: Mapped[str]
    set_at: Mapped[datetime]
