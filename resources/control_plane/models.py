"""The tables of the control plane."""

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC, on SQLite too, which has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of all tables; constraints are named, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Moment,
        int: BigInteger,
        bytes: LargeBinary,
        list[str]: JSON,
        dict[str, str]: JSON,
    }


def unique_where(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class WorkspaceRow(Model):
    __tablename__ = "workspaces"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    region: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    fiscal_year_start: Mapped[int]
    primary_platform: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    state_since: Mapped[datetime]
    grace_days: Mapped[int] = mapped_column(server_default="30")
    hold: Mapped[str] = mapped_column(server_default="")
    restricted: Mapped[str] = mapped_column(server_default="")
    erasure: Mapped[str] = mapped_column(server_default="delete")


class DatasourceRow(Model):
    __tablename__ = "datasources"
    # a disconnected row stays as history beside the one that replaced it
    __table_args__ = (
        unique_where(
            "uq_datasources_live", "workspace_id", "platform", "account", where="connection <> 'disconnected'"
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    platform: Mapped[str]
    account: Mapped[str]
    account_name: Mapped[str]
    currency: Mapped[str | None]
    time_zone: Mapped[str | None]
    settings: Mapped[dict[str, str]]
    scopes: Mapped[list[str]]
    grade: Mapped[str]
    opted_in: Mapped[list[str]]
    connection: Mapped[str]
    sync: Mapped[str]
    reason: Mapped[str]
    fence: Mapped[int]
    connected_at: Mapped[datetime]
    last_attempt: Mapped[datetime | None]
    last_success: Mapped[datetime | None]
    last_error: Mapped[str | None]


class CredentialRow(Model):
    __tablename__ = "credentials"

    datasource_id: Mapped[str] = mapped_column(ForeignKey("datasources.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    blob: Mapped[bytes]
    key_id: Mapped[str]
    stored_at: Mapped[datetime]


class KeyRow(Model):
    __tablename__ = "data_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    owner: Mapped[str]
    generation: Mapped[int]
    wrapped: Mapped[bytes | None]
    kms_key: Mapped[str]
    created_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class FileRow(Model):
    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("datasource_id", "generation"),
        UniqueConstraint("path"),
        unique_where("uq_files_metrics", "workspace_id", "generation", where="kind = 'metrics'"),
        unique_where("uq_files_published", "workspace_id", where="state = 'published'"),
        unique_where("uq_files_current", "datasource_id", where="state IN ('loading', 'clean')"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str]
    datasource_id: Mapped[str | None] = mapped_column(ForeignKey("datasources.id"))
    generation: Mapped[int]
    path: Mapped[str]
    key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"))
    state: Mapped[str]
    size: Mapped[int | None]
    sha256: Mapped[str | None]
    schema_version: Mapped[int]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class RunRow(Model):
    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_workspace_id_kind", "workspace_id", "kind", "started_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    datasource_id: Mapped[str | None] = mapped_column(ForeignKey("datasources.id"), index=True)
    kind: Mapped[str]
    dagster_run_id: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    rows: Mapped[int]
    bytes: Mapped[int]
    error: Mapped[str | None]


class LeaseNameRow(Model):
    """One row a name: what an acquirer locks, and the last token it gave out."""

    __tablename__ = "lease_names"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_token: Mapped[int]


class LeaseRow(Model):
    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(ForeignKey("lease_names.name"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[str]
    owner: Mapped[str]
    expires_at: Mapped[datetime]


class DueRow(Model):
    __tablename__ = "due_syncs"

    datasource_id: Mapped[str] = mapped_column(ForeignKey("datasources.id"), primary_key=True)
    next_sync_at: Mapped[datetime] = mapped_column(index=True)
    every_seconds: Mapped[int]
