"""dagster.yaml: how Dagster stores, queues and forgets in this home. It holds no secret, and is written as JSON."""

import json
import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url

from resources.settings import Settings

URL_VARIABLE: Final = "IGNYTE_DAGSTER_POSTGRES_URL"
_AT_ONCE: Final = 4
_ONE_EACH: Final = {"value": {"applyLimitPerUniqueValue": True}, "limit": 1}
_TICKS: Final = {"purge_after_days": {"skipped": 1, "success": 30, "failure": 30, "started": 7}}


def environment(settings: Settings) -> dict[str, str]:
    """What Dagster's processes find in their environment: their home, and on Postgres the way to it."""
    found = {"DAGSTER_HOME": str(settings.dagster_home), "IGNYTE_HOME": str(settings.home)}
    if url := _postgres_url(settings):
        found[URL_VARIABLE] = url
    return found


def write_configuration(settings: Settings) -> Path:
    """Writes <home>/dagster/dagster.yaml and returns its folder."""
    settings.prepare()
    file = settings.dagster_home / "dagster.yaml"
    wanted = json.dumps(configuration(settings), indent=2)
    if not file.exists() or file.read_text(encoding="utf-8") != wanted:
        # other processes may be reading it
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(wanted, encoding="utf-8")
        unfinished.replace(file)
    return settings.dagster_home


def configuration(settings: Settings) -> dict[str, Any]:
    """The content of dagster.yaml."""
    base = str(settings.dagster_home)
    storage: dict[str, Any] = {"sqlite": {"base_dir": f"{base}/storage"}}
    if _postgres_url(settings):
        storage = {"postgres": {"postgres_url": {"env": URL_VARIABLE}}}
    return {
        "storage": storage,
        "local_artifact_storage": {
            "module": "dagster.core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": base},
        },
        # what a step prints is kept nowhere, so nothing personal can be in it
        "compute_logs": {"module": "dagster.core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"},
        "concurrency": {
            "runs": {
                "max_concurrent_runs": _AT_ONCE,
                "tag_concurrency_limits": [
                    {"key": "ignyte/datasource", **_ONE_EACH},
                    {"key": "ignyte/workspace-build", **_ONE_EACH},
                ],
            }
        },
        # the events are stored all the same; this keeps them off the terminal
        "python_logs": {"python_log_level": "WARNING"},
        "run_monitoring": {"enabled": True, "poll_interval_seconds": 60},
        "retention": {"sensor": _TICKS, "schedule": _TICKS},
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
    }


def _postgres_url(settings: Settings) -> str | None:
    """Dagster drives Postgres by psycopg2, whatever the control plane uses."""
    if settings.database_url is None:
        return None
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() != "postgresql":
        return None
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
