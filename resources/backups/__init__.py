"""Backups: made, looked at, restored without what was erased since, and ended."""

from resources.backups.creating import create
from resources.backups.expiring import due, expire, forget_workspace
from resources.backups.restoring import restore
from resources.backups.verifying import verify

__all__ = ["create", "due", "expire", "forget_workspace", "restore", "verify"]
