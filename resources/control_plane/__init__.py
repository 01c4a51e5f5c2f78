"""What we know about workspaces and their datasources: a small relational store, SQLite or Postgres."""

from resources.control_plane.plane import ControlPlane

__all__ = ["ControlPlane"]
