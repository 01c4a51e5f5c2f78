"""Life cycle settings of workspaces; requests and their steps, retention rules, certificates, backups."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("workspaces") as table:
        table.add_column(sa.Column("grace_days", sa.BigInteger, nullable=False, server_default="30"))
        table.add_column(sa.Column("hold", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("restricted", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("erasure", sa.String, nullable=False, server_default="delete"))
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("regime", sa.String, nullable=False),
        sa.Column("policy", sa.String, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=True),
        sa.Column("key_id", sa.String, nullable=True),
        sa.Column("commitment", sa.String, nullable=False),
        sa.Column("external_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("certificate_id", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_privacy_requests_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
    )
    op.create_index("ix_privacy_requests_workspace_id", "privacy_requests", ["workspace_id"])
    op.create_index("ix_privacy_requests_state_due_at", "privacy_requests", ["state", "due_at"])
    known = sa.text("external_id <> ''")
    op.create_index(
        "uq_privacy_requests_external_id",
        "privacy_requests",
        ["workspace_id", "external_id"],
        unique=True,
        sqlite_where=known,
        postgresql_where=known,
    )
    op.create_table(
        "steps",
        sa.Column("act_id", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("act_id", "step", name="pk_steps"),
    )
    op.create_table(
        "retention_rules",
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("stream", sa.String, nullable=False),
        sa.Column("days", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_retention_rules_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "platform", "stream", name="pk_retention_rules"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("act_id", sa.String, nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_certificates_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
    )
    op.create_index("ix_certificates_workspace_id", "certificates", ["workspace_id"])
    op.create_index("ix_certificates_act_id", "certificates", ["act_id"])
    op.create_table(
        "backups",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("files", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("verified_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_backups_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )
    op.create_index("ix_backups_workspace_id", "backups", ["workspace_id"])


def downgrade() -> None:
    for name in ("backups", "certificates", "retention_rules", "steps", "privacy_requests"):
        op.drop_table(name)
    with op.batch_alter_table("workspaces") as table:
        for name in ("erasure", "restricted", "hold", "grace_days"):
            table.drop_column(name)
