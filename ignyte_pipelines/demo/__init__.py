"""The demonstration: pretend platforms up, connected, synced and calculated, and what it all shows."""

from ignyte_pipelines.demo.story import Shown, play
from ignyte_pipelines.demo.telling import documented, told

__all__ = ["Shown", "documented", "play", "told"]
