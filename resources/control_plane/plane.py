"""The control plane: its tables behind a handful of small repositories."""

import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Self

from resources.control_plane.backups import Backups
from resources.control_plane.certificates import Certificates
from resources.control_plane.credentials import Credentials
from resources.control_plane.database import Database
from resources.control_plane.datasources import Datasources
from resources.control_plane.due import Due
from resources.control_plane.files import Files
from resources.control_plane.inputs import Inputs
from resources.control_plane.keys import Keys
from resources.control_plane.leases import Leases
from resources.control_plane.requests import Requests
from resources.control_plane.restoring import Restoring
from resources.control_plane.rules import Rules
from resources.control_plane.runs import Runs
from resources.control_plane.saved import SavedThings
from resources.control_plane.subprocessors import Subprocessors
from resources.control_plane.tombstones import Tombstones
from resources.control_plane.workspaces import Workspaces


def random_id(prefix: str) -> str:
    """An opaque id: the prefix and 16 random hex characters."""
    return f"{prefix}_{secrets.token_hex(8)}"


class ControlPlane:
    """Opens the store at a SQLAlchemy URL (`sqlite:///…` or `postgresql+psycopg://…`); `migrate()` before first use."""

    def __init__(self, url: str, *, new_id: Callable[[str], str] = random_id) -> None:
        self._database = Database(url)
        self.workspaces = Workspaces(self._database, new_id)
        self.datasources = Datasources(self._database, new_id)
        self.credentials = Credentials(self._database)
        self.keys = Keys(self._database, new_id)
        self.files = Files(self._database, new_id)
        self.runs = Runs(self._database, new_id)
        self.leases = Leases(self._database)
        self.due = Due(self._database)
        self.tombstones = Tombstones(self._database, new_id)
        self.inputs = Inputs(self._database, new_id)
        self.requests = Requests(self._database, new_id)
        self.rules = Rules(self._database)
        self.certificates = Certificates(self._database, new_id)
        self.backups = Backups(self._database, new_id)
        self.restoring = Restoring(self._database)
        self.saved = SavedThings(self._database, new_id)
        self.subprocessors = Subprocessors(self._database, new_id)

    def migrate(self) -> None:
        self._database.migrate()

    def scrub(self) -> bool:
        """Drives destroyed keys and credentials out of the database's files; False if a reader still holds them."""
        return self._database.scrub()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ControlPlane({self._database.dialect})"
