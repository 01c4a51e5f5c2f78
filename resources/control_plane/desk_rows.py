"""The tables of the reviewer's desk: what workspaces saved, sub-processors and their changes, contacts and notices."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from resources.control_plane.models import Model


class SavedRow(Model):
    """A Report or a Saved View of a workspace."""

    __tablename__ = "saved"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    name: Mapped[str]
    body: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class ChangeRow(Model):
    """One change of the register of sub-processors; what is in force follows from all of them."""

    __tablename__ = "subprocessor_changes"

    id: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    name: Mapped[str] = mapped_column(index=True)
    category: Mapped[str]
    purpose: Mapped[str]
    data: Mapped[str]
    location: Mapped[str]
    safeguard: Mapped[str]
    announced_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ObjectionRow(Model):
    __tablename__ = "objections"

    change_id: Mapped[str] = mapped_column(ForeignKey("subprocessor_changes.id"), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    reason: Mapped[str]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str]


class ContactRow(Model):
    """Who is told of changes; the address is sealed under the workspace's own key."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    role: Mapped[str]
    address: Mapped[bytes]
    key_id: Mapped[str]
    added_at: Mapped[datetime]


class NoticeRow(Model):
    """One message to one contact about one change: an outbox."""

    __tablename__ = "notices"

    change_id: Mapped[str] = mapped_column(ForeignKey("subprocessor_changes.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str]
