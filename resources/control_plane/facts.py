"""What the control plane hands out: frozen facts. Every moment is aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from resources.control_plane.privacy_facts import ErasurePolicy


class WorkspaceState(StrEnum):
    """Whether the account stands. Only an active workspace is read for or built."""

    ACTIVE = "active"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class Connection(StrEnum):
    """Whether the platform lets us in. Independent of `Sync`."""

    CONNECTED = "connected"
    REAUTHORIZE = "reauthorize"
    DISCONNECTED = "disconnected"


class Sync(StrEnum):
    """Whether reading is switched on. Independent of `Connection`."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class FileKind(StrEnum):
    """What a file holds: the raw tables of one datasource, or the metrics of a workspace."""

    SOURCE = "source"
    METRICS = "metrics"


class FileState(StrEnum):
    """Where a file stands in its life."""

    LOADING = "loading"  # the current source file, with a load not yet whole
    CLEAN = "clean"  # the current source file, whole
    BUILDING = "building"  # being made, seen by nobody
    PUBLISHED = "published"  # the metrics that analysts open
    RETIRED = "retired"  # replaced, waiting to be unlinked
    RESTORED = "restored"  # from a backup; opened by nobody before the tombstones were replayed
    DELETED = "deleted"  # gone from disk


class LeaseMode(StrEnum):
    """Shared holders go together; an exclusive one goes alone."""

    SHARED = "shared"
    EXCLUSIVE = "exclusive"


class RunKind(StrEnum):
    """A sync reads one datasource; a build calculates one workspace."""

    SYNC = "sync"
    BUILD = "build"


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    ABANDONED = "abandoned"  # its process never said how it ended


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One brand. `fiscal_year_start` is a month, 1 to 12; `currency` an ISO 4217 code.

    `grace_days` is how long a cancelled one can come back. `hold` says why nothing of it may be deleted, `restricted`
    why nothing of it may be used; both are empty otherwise.
    """

    id: str
    name: str
    region: str
    currency: str
    time_zone: str
    fiscal_year_start: int
    primary_platform: str
    state: WorkspaceState
    created_at: datetime
    state_since: datetime
    grace_days: int
    hold: str
    restricted: str
    erasure: ErasurePolicy


@dataclass(frozen=True, kw_only=True)
class Datasource:
    """One account at one platform, under one grant.

    `fence` rises whenever reading must stop; whoever reads keeps the number it started with. `reason` says why
    access must be given again, and is empty otherwise.
    """

    id: str
    workspace_id: str
    platform: str
    account: str
    account_name: str
    currency: str | None
    time_zone: str | None
    settings: Mapping[str, str]
    scopes: frozenset[str]
    grade: str
    opted_in: frozenset[str]
    connection: Connection
    sync: Sync
    reason: str
    fence: int
    connected_at: datetime
    last_attempt: datetime | None
    last_success: datetime | None
    last_error: str | None


@dataclass(frozen=True, kw_only=True)
class SealedCredential:
    """A credential as it lies: ciphertext, and the name of the master key that can open it."""

    datasource_id: str
    purpose: str
    version: int
    blob: bytes
    key_id: str
    stored_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeyRecord:
    """A wrapped data key. `wrapped` is None once it was destroyed; `owner` is a datasource's id or "metrics"."""

    id: str
    workspace_id: str
    owner: str
    generation: int
    wrapped: bytes | None
    kms_key: str
    created_at: datetime
    destroyed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FileGeneration:
    """One encrypted file. `path` is relative to the data root, `size` in bytes, `sha256` in hex."""

    id: str
    workspace_id: str
    kind: FileKind
    datasource_id: str | None
    generation: int
    path: str
    key_id: str
    state: FileState
    size: int | None
    sha256: str | None
    schema_version: int
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One sync or build; unfinished while `outcome` is None. `error` is already redacted."""

    id: str
    workspace_id: str
    datasource_id: str | None
    kind: RunKind
    dagster_run_id: str | None
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    rows: int
    bytes: int
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to a named thing until `expires_at`. A later holder of the same name has a higher `token`."""

    name: str
    mode: LeaseMode
    owner: str
    token: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class DueSync:
    """A datasource whose next sync is due, with the fence that the sync has to keep."""

    datasource_id: str
    workspace_id: str
    platform: str
    fence: int
    next_sync_at: datetime
