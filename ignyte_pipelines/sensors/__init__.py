"""What starts runs: a queue of due syncs, the builds that follow them, and an ear for runs that died."""

from ignyte_pipelines.sensors.builds import wanted_builds
from ignyte_pipelines.sensors.endings import ended_badly
from ignyte_pipelines.sensors.syncs import wanted_syncs

__all__ = ["ended_badly", "wanted_builds", "wanted_syncs"]
