"""Where everything lies: what a run opens at its start and closes at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from resources.control_plane import ControlPlane
from resources.scratch import scratch
from resources.settings import Settings
from resources.vault.credentials import CredentialVault
from resources.vault.datakeys import DataKeys
from resources.vault.masters import master


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The control plane, the keys, the files and a private scratch folder.

    `credentials` is None in a process that only reads data.
    """

    settings: Settings
    plane: ControlPlane
    keys: DataKeys
    credentials: CredentialVault | None
    scratch: Path
    clock: Callable[[], datetime]

    @property
    def data_root(self) -> Path:
        return self.settings.data_root


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_stores(settings: Settings | None = None, clock: Callable[[], datetime] = now) -> Iterator[Stores]:
    """Opens all stores; the scratch folder is in memory where the machine has such a place, and is wiped at the end."""
    settings = settings or Settings()
    settings.prepare()
    with scratch() as folder, ControlPlane(settings.control_plane_url.get_secret_value()) as plane:
        plane.migrate()
        everything = settings.vault_access == "all"
        yield Stores(
            settings=settings,
            plane=plane,
            keys=DataKeys(plane, master(settings, "data")),
            credentials=CredentialVault(plane, master(settings, "credentials")) if everything else None,
            scratch=folder,
            clock=clock,
        )
