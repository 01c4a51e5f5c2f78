"""The outside: what we reach and did not make."""

import os
from typing import Final

# dlt and Dagster would report home, and dlt logs what it loads; they read this when they are first imported
_QUIET: Final = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DO_NOT_TRACK": "1",
}
os.environ.update(_QUIET)
