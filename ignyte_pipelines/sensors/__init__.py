"""What starts runs: due syncs, the builds that follow, what people asked for and time brings; an ear for dead runs."""

from ignyte_pipelines.sensors.builds import wanted_builds
from ignyte_pipelines.sensors.deadlines import request_deadlines
from ignyte_pipelines.sensors.deletions import due_deletions
from ignyte_pipelines.sensors.endings import ended_badly
from ignyte_pipelines.sensors.erasures import open_erasures
from ignyte_pipelines.sensors.grants import revoked_grants
from ignyte_pipelines.sensors.notices import waiting_notices
from ignyte_pipelines.sensors.syncs import wanted_syncs

__all__ = [
    "due_deletions",
    "ended_badly",
    "open_erasures",
    "request_deadlines",
    "revoked_grants",
    "waiting_notices",
    "wanted_builds",
    "wanted_syncs",
]
