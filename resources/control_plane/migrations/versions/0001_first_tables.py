"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = (
    "lease_names",
    "workspaces",
    "data_keys",
    "datasources",
    "leases",
    "credentials",
    "due_syncs",
    "files",
    "runs",
)


def upgrade() -> None:
    _lease_names()
    _workspaces()
    _data_keys()
    _datasources()
    _leases()
    _credentials()
    _due_syncs()
    _files()
    _runs()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _unique_where(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _lease_names() -> None:
    op.create_table(
        "lease_names",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("last_token", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease_names"),
    )


def _workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("region", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("fiscal_year_start", sa.BigInteger, nullable=False),
        sa.Column("primary_platform", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("state_since", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_index("ix_workspaces_name", "workspaces", ["name"])


def _data_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=True),
        sa.Column("kms_key", sa.String, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("destroyed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_data_keys_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_data_keys"),
    )
    op.create_index("ix_data_keys_workspace_id", "data_keys", ["workspace_id"])


def _datasources() -> None:
    op.create_table(
        "datasources",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("account_name", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=True),
        sa.Column("time_zone", sa.String, nullable=True),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("grade", sa.String, nullable=False),
        sa.Column("opted_in", sa.JSON, nullable=False),
        sa.Column("connection", sa.String, nullable=False),
        sa.Column("sync", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("connected_at", _MOMENT, nullable=False),
        sa.Column("last_attempt", _MOMENT, nullable=True),
        sa.Column("last_success", _MOMENT, nullable=True),
        sa.Column("last_error", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_datasources_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_datasources"),
    )
    op.create_index("ix_datasources_workspace_id", "datasources", ["workspace_id"])
    _unique_where(
        "uq_datasources_live", "datasources", ["workspace_id", "platform", "account"], "connection <> 'disconnected'"
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("token", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["name"], ["lease_names.name"], name="fk_leases_name"),
        sa.PrimaryKeyConstraint("name", "token", name="pk_leases"),
    )


def _credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("datasource_id", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("blob", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("stored_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["datasource_id"], ["datasources.id"], name="fk_credentials_datasource_id"),
        sa.PrimaryKeyConstraint("datasource_id", "purpose", name="pk_credentials"),
    )


def _due_syncs() -> None:
    op.create_table(
        "due_syncs",
        sa.Column("datasource_id", sa.String, nullable=False),
        sa.Column("next_sync_at", _MOMENT, nullable=False),
        sa.Column("every_seconds", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["datasource_id"], ["datasources.id"], name="fk_due_syncs_datasource_id"),
        sa.PrimaryKeyConstraint("datasource_id", name="pk_due_syncs"),
    )
    op.create_index("ix_due_syncs_next_sync_at", "due_syncs", ["next_sync_at"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("datasource_id", sa.String, nullable=True),
        sa.Column("generation", sa.BigInteger, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=True),
        sa.Column("sha256", sa.String, nullable=True),
        sa.Column("schema_version", sa.BigInteger, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["datasource_id"], ["datasources.id"], name="fk_files_datasource_id"),
        sa.ForeignKeyConstraint(["key_id"], ["data_keys.id"], name="fk_files_key_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_files_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("datasource_id", "generation", name="uq_files_datasource_id_generation"),
        sa.UniqueConstraint("path", name="uq_files_path"),
    )
    op.create_index("ix_files_workspace_id", "files", ["workspace_id"])
    _unique_where("uq_files_current", "files", ["datasource_id"], "state IN ('loading', 'clean')")
    _unique_where("uq_files_metrics", "files", ["workspace_id", "generation"], "kind = 'metrics'")
    _unique_where("uq_files_published", "files", ["workspace_id"], "state = 'published'")


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("datasource_id", sa.String, nullable=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("dagster_run_id", sa.String, nullable=True),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String, nullable=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["datasource_id"], ["datasources.id"], name="fk_runs_datasource_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_runs_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_datasource_id", "runs", ["datasource_id"])
    op.create_index("ix_runs_workspace_id_kind", "runs", ["workspace_id", "kind", "started_at"])
