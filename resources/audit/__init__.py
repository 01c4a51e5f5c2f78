"""Who did what, when and why: an append-only, hash-chained, signed log with checkpoints in a second place."""

from resources.audit.entries import Actor, Entry, Phase, Result, person, service
from resources.audit.log import Act, AuditLog

__all__ = ["Act", "Actor", "AuditLog", "Entry", "Phase", "Result", "person", "service"]
