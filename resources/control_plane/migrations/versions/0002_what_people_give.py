"""What people give: uploads of costs and rates, and targets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("uploads", "product_costs", "fx_rates", "metric_targets")


def upgrade() -> None:
    _uploads()
    _product_costs()
    _fx_rates()
    _metric_targets()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("rows_left_out", sa.BigInteger, nullable=False),
        sa.Column("uploaded_by", sa.String, nullable=False),
        sa.Column("uploaded_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_uploads_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_workspace_id", "uploads", ["workspace_id"])


def _of_an_upload(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=f"fk_{table}_upload_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=f"fk_{table}_workspace_id"),
        sa.PrimaryKeyConstraint("upload_id", "line", name=f"pk_{table}"),
    ]


def _product_costs() -> None:
    op.create_table(
        "product_costs",
        sa.Column("upload_id", sa.String, nullable=False),
        sa.Column("line", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("sku", sa.String, nullable=True),
        sa.Column("product_id", sa.String, nullable=True),
        sa.Column("cost", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        *_of_an_upload("product_costs"),
    )
    for key in ("sku", "product_id"):
        columns = ["workspace_id", key, "effective_from"]
        op.create_index(f"uq_product_costs_{key}", "product_costs", columns, unique=True)


def _fx_rates() -> None:
    op.create_table(
        "fx_rates",
        sa.Column("upload_id", sa.String, nullable=False),
        sa.Column("line", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("from_currency", sa.String, nullable=False),
        sa.Column("to_currency", sa.String, nullable=False),
        sa.Column("rate", sa.String, nullable=False),
        *_of_an_upload("fx_rates"),
    )
    columns = ["workspace_id", "day", "from_currency", "to_currency"]
    op.create_index("uq_fx_rates_day", "fx_rates", columns, unique=True)


def _metric_targets() -> None:
    op.create_table(
        "metric_targets",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_metric_targets_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "metric", "month", name="pk_metric_targets"),
    )
