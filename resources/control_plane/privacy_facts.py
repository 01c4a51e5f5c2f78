"""What the control plane hands out about rights and retention: frozen facts, without a person's data in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RequestKind(StrEnum):
    """What a person, or a platform on their behalf, asks for."""

    ERASE = "erase"
    ACCESS = "access"
    RESTRICT = "restrict"
    PURGE = "purge"  # everything of one datasource


class Regime(StrEnum):
    """The law, or the platform's contract, whose clock runs."""

    GDPR = "gdpr"
    CCPA = "ccpa"
    SHOPIFY = "shopify"
    META = "meta"


class RequestState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class ErasurePolicy(StrEnum):
    """What becomes of a person's rows: they go, or they stay without what says whose they are."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


class BackupState(StrEnum):
    """Where a backup stands."""

    WRITING = "writing"
    COMPLETE = "complete"
    EXPIRED = "expired"  # its key is destroyed and its objects are removed


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request: about a person, or about the datasource that `target` names.

    `subject` is sealed under the data key `key_id`, and gone once the request is closed. `commitment` stands for the
    person: a keyed hash that says nothing without the workspace's salt. `outcome` is a sentence without personal data.
    `external_id` is the id a platform gave, or empty.
    """

    id: str
    workspace_id: str
    kind: RequestKind
    target: str
    channel: str
    regime: Regime
    policy: ErasurePolicy
    subject: bytes | None
    key_id: str | None
    commitment: str
    external_id: str
    state: RequestState
    outcome: str
    received_at: datetime
    due_at: datetime
    finished_at: datetime | None
    certificate_id: str | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step that was done, and what it found: counts and ids only."""

    act_id: str
    step: str
    done_at: datetime
    facts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A workspace's own limit of age, in days. An empty platform or stream means every one."""

    workspace_id: str
    platform: str
    stream: str
    days: int
    reason: str
    set_at: datetime


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A signed certificate as it was issued; `document` is the JSON text that `ignyte certificate verify` takes."""

    id: str
    workspace_id: str
    kind: str
    act_id: str
    issued_at: datetime
    document: str


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One backup of a workspace. `generation` is that of the newest tombstone when it was made."""

    id: str
    workspace_id: str
    key_id: str
    state: BackupState
    place: str
    files: int
    bytes: int
    sha256: str
    generation: int
    created_at: datetime
    expires_at: datetime
    verified_at: datetime | None
