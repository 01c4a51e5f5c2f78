"""What workspaces saved; sub-processors with their changes, objections, contacts and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("saved_by", sa.String, nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_saved_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved"),
        sa.UniqueConstraint("workspace_id", "kind", "name", name="uq_saved_workspace_id_kind_name"),
    )
    op.create_table(
        "subprocessor_changes",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("data", sa.String, nullable=False),
        sa.Column("location", sa.String, nullable=False),
        sa.Column("safeguard", sa.String, nullable=False),
        sa.Column("announced_at", _MOMENT, nullable=False),
        sa.Column("effective_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subprocessor_changes"),
    )
    op.create_index("ix_subprocessor_changes_name", "subprocessor_changes", ["name"])
    op.create_table(
        "objections",
        sa.Column("change_id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("settlement", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["subprocessor_changes.id"], name="fk_objections_change_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_objections_workspace_id"),
        sa.PrimaryKeyConstraint("change_id", "workspace_id", name="pk_objections"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_contacts_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_workspace_id", "contacts", ["workspace_id"])
    op.create_table(
        "notices",
        sa.Column("change_id", sa.String, nullable=False),
        sa.Column("contact_id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("next_try_at", _MOMENT, nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("error", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["subprocessor_changes.id"], name="fk_notices_change_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_notices_workspace_id"),
        sa.PrimaryKeyConstraint("change_id", "contact_id", name="pk_notices"),
    )
    op.create_index("ix_notices_workspace_id", "notices", ["workspace_id"])


def downgrade() -> None:
    for name in ("notices", "contacts", "objections", "subprocessor_changes", "saved"):
        op.drop_table(name)
