"""Where everything lies: what a run opens at its start and closes at its end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from resources.audit import Actor, AuditLog, person
from resources.audit.checkpoints import place_of
from resources.audit.keeping import AuditedKeys, AuditedVault
from resources.audit.signing import Signer
from resources.control_plane import ControlPlane
from resources.door.redaction import Redacting, guard_logs
from resources.escrow.journal import Journal
from resources.escrow.keeping import Keeper
from resources.escrow.places import Places, places_of
from resources.residency import require_all
from resources.scratch import scratch
from resources.settings import Settings
from resources.shielding import shield
from resources.vault.masters import master

_REDACTING: Final = Redacting()
CARRIED_ON: Final = frozenset(
    {"datasource.disconnect", "datasource.purge", "person.erase", "retention.run", "workspace.delete"}
)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The control plane, the keys, the files and a private scratch folder.

    `credentials` is None in a process that only reads data. Keys and credentials are used through `audit`.
    """

    settings: Settings
    plane: ControlPlane
    audit: AuditLog
    keys: AuditedKeys
    keeper: Keeper
    credentials: AuditedVault | None
    scratch: Path
    clock: Callable[[], datetime]

    @property
    def data_root(self) -> Path:
        return self.settings.data_root


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_stores(
    settings: Settings | None = None, clock: Callable[[], datetime] = now, *, me: Actor | None = None
) -> Iterator[Stores]:
    """Opens all stores; the scratch folder is in memory where the machine has such a place, and is wiped at the end.

    `me` is who acts in the audit log: the person who runs this process, unless it is said.
    """
    settings = settings or Settings()
    settings.prepare()
    shield()
    guard_logs(_REDACTING)
    with (
        scratch() as folder,
        ControlPlane(settings.control_plane_url.get_secret_value()) as plane,
        ExitStack() as later,
    ):
        plane.migrate()
        # before anything is written anywhere
        require_all(settings, plane.workspaces.all())
        audit = later.enter_context(closing(open_log(settings, clock, me)))
        keeper = keeper_of(settings, plane, audit, places_of(settings), clock)
        plane.tombstones.heard = keeper.heard
        everything = settings.vault_access == "all"
        yield Stores(
            settings=settings,
            plane=plane,
            audit=audit,
            keys=AuditedKeys(plane, master(settings, "data"), audit, keeper),
            keeper=keeper,
            credentials=AuditedVault(plane, master(settings, "credentials"), audit) if everything else None,
            scratch=folder,
            clock=clock,
        )


def keeper_of(
    settings: Settings, plane: ControlPlane, audit: AuditLog, places: Places, clock: Callable[[], datetime] = now
) -> Keeper:
    """Who keeps the places of the backups in step with a control plane."""
    journal = Journal(places.target, Signer(settings.keys_dir / "audit"))
    return Keeper(plane, places, journal, audit, clock)


def open_log(settings: Settings, clock: Callable[[], datetime] = now, me: Actor | None = None) -> AuditLog:
    """The audit log alone; what a crash left open in it is closed, but for what is carried on by who may."""
    log = AuditLog(
        settings.audit_dir, Signer(settings.keys_dir / "audit"), place_of(settings), clock, me=me or person()
    )
    log.settle(CARRIED_ON)
    return log
