"""The tables of rights and retention: requests with their steps, rules, certificates, backups."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from resources.control_plane.models import Model, unique_where


class RequestRow(Model):
    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index("ix_privacy_requests_state_due_at", "state", "due_at"),
        # a platform sends the same event again until it is answered
        unique_where("uq_privacy_requests_external_id", "workspace_id", "external_id", where="external_id <> ''"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str]
    target: Mapped[str]
    channel: Mapped[str]
    regime: Mapped[str]
    policy: Mapped[str]
    subject: Mapped[bytes | None]
    key_id: Mapped[str | None]
    commitment: Mapped[str]
    external_id: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    certificate_id: Mapped[str | None]


class StepRow(Model):
    """A step of an act that was done; an act that died goes on behind its last one."""

    __tablename__ = "steps"

    act_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    facts: Mapped[dict[str, str]]


class RuleRow(Model):
    __tablename__ = "retention_rules"

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    reason: Mapped[str]
    set_at: Mapped[datetime]


class CertificateRow(Model):
    __tablename__ = "certificates"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    kind: Mapped[str]
    act_id: Mapped[str] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    document: Mapped[str]


class BackupRow(Model):
    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    key_id: Mapped[str]
    state: Mapped[str]
    place: Mapped[str]
    files: Mapped[int]
    bytes: Mapped[int]
    sha256: Mapped[str]
    generation: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
