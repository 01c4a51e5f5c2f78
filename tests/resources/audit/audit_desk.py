"""A place where a log is kept, with a clock that can be set and checkpoints in another folder."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from resources.audit import Actor, AuditLog
from resources.audit.checkpoints import Folder
from resources.audit.signing import Signer
from resources.audit.verifier import Report, examine


@dataclass
class Desk:
    """A place where a log is kept."""

    root: Path
    now: datetime = field(default_factory=lambda: datetime(2026, 3, 14, 9, tzinfo=UTC))
    me: Actor = field(default_factory=lambda: Actor(kind="person", name="ada", account="ada", uid=1000))

    @property
    def log_folder(self) -> Path:
        return self.root / "audit"

    @property
    def checkpoints(self) -> Path:
        return self.root / "elsewhere"

    @property
    def public_pem(self) -> bytes:
        return Signer(self.root / "keys").public_pem

    def open(self) -> AuditLog:
        signer = Signer(self.root / "keys")
        return AuditLog(self.log_folder, signer, Folder(self.checkpoints), lambda: self.now, me=self.me)

    def write(self, *names: str) -> None:
        """Some acts, and a checkpoint after the last."""
        log = self.open()
        for name in names:
            with log.act("datasource.pause", name, reason="it is a test"):
                pass
        log.close()

    def verify(self) -> Report:
        return examine(self.log_folder, self.checkpoints, self.public_pem)

    def segment(self) -> Path:
        (file,) = self.log_folder.glob("log-*.jsonl")
        return file
